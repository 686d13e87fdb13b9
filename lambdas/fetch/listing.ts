import { DAY_MS } from '../shared/domain/interval';
import { marketKey } from '../shared/domain/market';
import type { MarketPlan, ObserveTickPorts, Tick } from './observe-tick';

/** A market that the exchange does not know for this long has ended. */
const ENDED_AFTER_MS = DAY_MS;

/**
 * Notes whether the exchange has a market: since when it does not, that it has
 * ended once that is a day ago, and that it is back. Writes only what is new.
 *
 * @param isKnown undefined if it did not say
 * @throws whatever kept it from being noted
 */
export async function noteListing(
  { store, telemetry }: Pick<ObserveTickPorts, 'store' | 'telemetry'>,
  { market, status }: MarketPlan,
  isKnown: boolean | undefined,
  { nowMs }: Tick,
): Promise<void> {
  const { unknownSinceMs, endedAtMs } = status;
  const details = { market: marketKey(market) };
  if (isKnown === true && (unknownSinceMs !== null || endedAtMs !== null)) {
    await store.writeListing(market, { unknownSinceMs: null, endedAtMs: null }, nowMs);
    telemetry.info('market known to the exchange again', details);
  }
  if (isKnown !== false || endedAtMs !== null) return;
  if (unknownSinceMs === null) {
    await store.writeListing(market, { unknownSinceMs: nowMs, endedAtMs: null }, nowMs);
    return;
  }
  if (nowMs - unknownSinceMs < ENDED_AFTER_MS) return;
  await store.writeListing(market, { unknownSinceMs, endedAtMs: nowMs }, nowMs);
  const unknownSince = new Date(unknownSinceMs).toISOString();
  telemetry.warn('market ended: the exchange no longer knows it', { ...details, unknownSince });
  telemetry.count('MarketsEnded', 1);
}
