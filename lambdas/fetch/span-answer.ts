import { MINUTE_MS } from '../shared/domain/interval';
import type { PlannedSegment } from '../shared/domain/plan';
import type { ExchangeAnswer } from '../shared/domain/ports';

/** A range of minutes, `[fromMs, toMs)`. */
interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A page of any exchange has more minutes. */
const LONGEST_SPAN_MS = 240 * MINUTE_MS;

/**
 * The range that segments are asked for in one go: around midnight, UTC, a tick's
 * few minutes are of two days, and two requests a market would be twice as many
 * as at any other tick. Undefined if they are long, or one.
 */
export function spanOf(segments: readonly PlannedSegment[]): Span | undefined {
  const [first, last] = [segments[0], segments.at(-1)];
  if (first === undefined || last === undefined || first === last) return undefined;
  const span = { fromMs: first.fromMs, toMs: last.toMs };
  return span.toMs - span.fromMs <= LONGEST_SPAN_MS ? span : undefined;
}

/** The part of an answer that is of a range. */
export function answerWithin(answer: ExchangeAnswer, { fromMs, toMs }: Span): ExchangeAnswer {
  const isWithin = ({ openTimeMs }: { readonly openTimeMs: number }): boolean =>
    openTimeMs >= fromMs && openTimeMs < toMs;
  return {
    candles: answer.candles.filter(isWithin),
    rejected: answer.rejected.filter(isWithin),
  };
}
