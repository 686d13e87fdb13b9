import { isPattern, pairOrPatternProblem } from '../../domain/followed/pair-patterns';
import type { ExchangeName } from './exchange-facts';

/**
 * The reason why a text is neither a pair as it is written of an exchange,
 * `BASE_QUOTE`, nor a pattern of such pairs; undefined if it is. A pair of
 * another spelling would be answered by some exchanges, and stored as a second
 * market.
 */
export function writtenPairProblem(exchange: ExchangeName, text: string): string | undefined {
  return (
    pairOrPatternProblem(text) ??
    underscoreProblem(exchange, text) ??
    spellingProblem(exchange, text)
  );
}

/** Binance's own names have no separator, so that its adapter takes one underscore away, wherever it is. */
function underscoreProblem(exchange: ExchangeName, text: string): string | undefined {
  const underscores = text.split('_').length - 1;
  if (underscores === 0) return isPattern(text) ? undefined : 'has no underscore';
  if (exchange !== 'binance' || underscores === 1) return undefined;
  return `has ${underscores} underscores`;
}

function spellingProblem(exchange: ExchangeName, text: string): string | undefined {
  if (exchange === 'gate-io') return undefined;
  if (text !== text.toUpperCase()) return 'has lower-case letters';
  return exchange !== 'binance' && text.includes('-') ? 'has a hyphen' : undefined;
}
