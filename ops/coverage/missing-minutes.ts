import { durationText } from '../../cli/utc-time';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { marketKey } from '../../lambdas/shared/domain/market';
import { gapsText } from './coverage-texts';
import type { MarketCoverage } from './read-coverage';

/**
 * The missing parts of a market, in words; empty if nothing is. A day that is not
 * sealed yet is not missing, nor is a disputed one: what is stored of it is kept.
 */
function missingMinutes(
  { coverage }: MarketCoverage,
  { behindMinutes }: { readonly behindMinutes: number },
): string[] {
  const { gapCount, history, behindMs, storedToMs } = coverage;
  return [
    ...(storedToMs === null ? ['nothing is stored'] : []),
    ...(gapCount > 0 ? [`gaps: ${gapsText(coverage)}`] : []),
    ...(history.days > 0 ? [`${history.days} d of history are not stored`] : []),
    ...(behindMs > behindMinutes * MINUTE_MS ? [`${durationText(behindMs)} behind`] : []),
  ];
}

/** A line for each market of which something is missing. */
export function missingLines(
  markets: readonly MarketCoverage[],
  limits: { readonly behindMinutes: number },
): string[] {
  return markets.flatMap((one) => {
    const missing = missingMinutes(one, limits);
    return missing.length === 0 ? [] : [`${marketKey(one.market)}: ${missing.join('; ')}`];
  });
}
