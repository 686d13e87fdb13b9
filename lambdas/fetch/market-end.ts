import { DAY_MS, HOUR_MS } from '../shared/domain/interval';
import { marketKey } from '../shared/domain/market';
import type { MarketOutcome } from './observe-market';
import type { MarketPlan, ObserveTickPorts } from './observe-tick';

/** A market at a tick, with the evidence of whether the exchange has it. */
export interface MarketEvidence {
  readonly plan: MarketPlan;
  /** Undefined if the market was not asked for. */
  readonly outcome: MarketOutcome | undefined;
  readonly nowMs: number;
}

/** A market that the exchange does not know for this long has ended. */
const ENDED_AFTER_MS = DAY_MS;
/** A market is there although its listing lacks it if a candle came within this time. */
const ALIVE_MS = HOUR_MS;

/** If the exchange has a market, by the listing and by what it answered; undefined if neither says. */
function isKnown({ plan, outcome, nowMs }: MarketEvidence): boolean | undefined {
  const { listing, status } = plan;
  if (listing === 'gone') return false;
  if (listing === 'unheard') return undefined;
  if (listing !== 'doubted' || outcome?.isKnown === false) return outcome?.isKnown;
  const newestMs = outcome?.newestMs ?? status.progress?.newestMs ?? -Infinity;
  if (nowMs - newestMs <= ALIVE_MS) return true;
  // Silence is a second witness beside the listing; that a request failed is none.
  return outcome?.isKnown === undefined ? undefined : false;
}

/** If a market is not there, by this tick's evidence, or else by what was noted before. */
export function isMissing(evidence: MarketEvidence): boolean {
  const known = isKnown(evidence);
  return known === undefined ? evidence.plan.status.unknownSinceMs !== null : !known;
}

/**
 * Notes whether the exchange has a market: since when it does not, that it has
 * ended once that is a day ago, and that it is back. Writes only what is new.
 * Ticks that did not hear the listing do not count towards the day.
 *
 * @throws whatever kept it from being noted
 */
export async function noteMarketEnd(
  ports: Pick<ObserveTickPorts, 'store' | 'telemetry'>,
  { scheduleMs }: { readonly scheduleMs: number },
  evidence: MarketEvidence,
): Promise<void> {
  const { store, telemetry } = ports;
  const { plan, nowMs } = evidence;
  const { market, status, listing } = plan;
  const { unknownSinceMs, endedAtMs } = status;
  const known = isKnown(evidence);
  if (known === true && (unknownSinceMs !== null || endedAtMs !== null)) {
    await store.writeListing(market, { unknownSinceMs: null, endedAtMs: null }, nowMs);
    telemetry.info('market known to the exchange again', { market: marketKey(market) });
    return;
  }
  if (endedAtMs !== null) return;
  if (listing === 'unheard' && unknownSinceMs !== null) {
    const laterMs = Math.min(unknownSinceMs + scheduleMs, nowMs);
    await store.writeListing(market, { unknownSinceMs: laterMs, endedAtMs: null }, nowMs);
  }
  if (known === false) await noteUnknown(ports, plan, nowMs);
}

async function noteUnknown(
  { store, telemetry }: Pick<ObserveTickPorts, 'store' | 'telemetry'>,
  { market, status: { unknownSinceMs } }: MarketPlan,
  nowMs: number,
): Promise<void> {
  if (unknownSinceMs === null) {
    await store.writeListing(market, { unknownSinceMs: nowMs, endedAtMs: null }, nowMs);
    return;
  }
  if (nowMs - unknownSinceMs < ENDED_AFTER_MS) return;
  await store.writeListing(market, { unknownSinceMs, endedAtMs: nowMs }, nowMs);
  const unknownSince = new Date(unknownSinceMs).toISOString();
  const details = { market: marketKey(market), unknownSince };
  telemetry.warn('market ended: the exchange no longer knows it', details);
  telemetry.count('MarketsEnded', 1);
}
