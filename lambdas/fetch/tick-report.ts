import { isSilent, lagOf, newestAgeMs } from '../shared/domain/progress/lag';
import { later } from '../shared/domain/progress/progress';
import { marketKey } from '../shared/domain/market';
import { isFirstOfHour, liveStart } from '../shared/domain/plan';
import type { Exchange, Telemetry } from '../shared/domain/ports';
import { isMissing } from './market-end';
import type { MarketOutcome } from './observe-market';
import type { MarketPlan, ObserveTickSettings, Tick } from './observe-tick';

/** The result of a tick. */
export interface TickResult {
  readonly tick: Tick;
  readonly plans: readonly MarketPlan[];
  /** The number of markets whose progress could not be read: they have no plan. */
  readonly unreadableCount: number;
  /** The number of markets that were asked for. */
  readonly due: number;
  readonly observed: readonly MarketOutcome[];
}

/** Markets that are followed, and what came of asking for some of them. */
interface FollowedMarkets {
  readonly followed: readonly MarketPlan[];
  readonly outcomes: ReadonlyMap<string, MarketOutcome>;
  readonly nowMs: number;
}

/** Markets that have not ended, those of unknown progress by their number. */
interface Lagging {
  readonly followed: readonly MarketPlan[];
  readonly unreadableCount: number;
  readonly nowMs: number;
}

interface ReportPorts {
  readonly exchange: Exchange;
  readonly telemetry: Telemetry;
}

/** Reports a tick: lag, unknown and silent markets, the exchange's headroom. */
export function reportTick(
  { exchange, telemetry }: ReportPorts,
  settings: ObserveTickSettings,
  { tick: { nowMs }, plans, unreadableCount, due, observed }: TickResult,
): void {
  const outcomes = new Map(observed.map((outcome) => [marketKey(outcome.market), outcome]));
  const missing = new Set(
    plans.filter((plan) =>
      isMissing({ plan, outcome: outcomes.get(marketKey(plan.market)), nowMs }),
    ),
  );
  const going = plans.filter(({ status }) => status.endedAtMs === null);
  // A market that the exchange does not know is not behind: nothing of it is to be had.
  const followed = going.filter((plan) => !missing.has(plan));
  // Markets of a pattern come and go with the exchange's listing: nobody has to mend that.
  const unknown = going.filter((plan) => missing.has(plan) && plan.listing === 'by-answers');
  reportLag(telemetry, settings, { followed, unreadableCount, nowMs });
  const newMinutes = observed.reduce((sum, { newCount }) => sum + newCount, 0);
  if (going.length === 0 && unreadableCount === 0) {
    // Nothing is left to bring a minute: the last value would keep the alarm active for ever.
    telemetry.count('NewestMinuteAge', 0);
  } else {
    reportNewestAge(telemetry, { followed: going, outcomes, nowMs });
  }
  telemetry.count('MarketsUnknown', unknown.length);
  reportSilence(telemetry, settings, { followed, outcomes, nowMs });
  const headroom = exchange.takeHeadroom();
  if (headroom !== undefined) telemetry.count('RateLimitHeadroom', headroom);
  const heldBack = plans.filter(({ segments }) => segments.length > 0).length - due;
  telemetry.info('tick', {
    time: new Date(nowMs).toISOString(),
    exchange: settings.exchange,
    shard: `${settings.shard + 1} of ${settings.shards}`,
    markets: plans.length,
    asked: due,
    heldBack,
    segments: observed.reduce((sum, { segmentCount }) => sum + segmentCount, 0),
    newMinutes,
  });
}

function reportLag(
  telemetry: Telemetry,
  { retentionMs, behindMs }: ObserveTickSettings,
  { followed, unreadableCount, nowMs }: Lagging,
): void {
  const seenToMs = followed.flatMap(({ status }) => status.progress?.seenToMs ?? []);
  const startsAtMs = followed.flatMap(({ status }) => (status.progress ? [] : [liveStart(nowMs)]));
  const lag = lagOf({ seenToMs, startsAtMs }, { nowMs, retentionMs, behindMs });
  // One value a tick: a second one would be a value of its own, and the better of both decides the alarm.
  telemetry.count('MarketsBehind', lag.marketsBehind + unreadableCount);
  telemetry.count('WorstLag', lag.worstMs / 1_000);
  telemetry.count('RetentionLeft', lag.retentionLeftMs / 1_000);
}

/**
 * Reports the age of the newest minute. Markets that the exchange does not know
 * count too: it may say so of all of them by mistake.
 */
function reportNewestAge(
  telemetry: Telemetry,
  { followed, outcomes, nowMs }: FollowedMarkets,
): void {
  // A market that stands still far behind is seldom asked for: what is stored of it says nothing of the exchange.
  const came = followed.flatMap(({ market, status: { progress } }) => {
    const outcome = outcomes.get(marketKey(market));
    return outcome === undefined ? [] : { answeredMs: outcome.newestMs, progress };
  });
  const ageMs = newestAgeMs(came, nowMs);
  if (ageMs !== undefined) telemetry.count('NewestMinuteAge', ageMs / 1_000);
}

function reportSilence(
  telemetry: Telemetry,
  { silentAfterMs, scheduleMs }: ObserveTickSettings,
  { followed, outcomes, nowMs }: FollowedMarkets,
): void {
  const silent = followed.filter(({ market, status: { progress } }) => {
    // A market that has not been asked for yet is not silent.
    if (progress === undefined) return false;
    // A replica that lags answers older minutes than are stored.
    const answeredMs = outcomes.get(marketKey(market))?.newestMs ?? null;
    const newestMs = later(answeredMs, progress.newestMs);
    return isSilent(newestMs, { sinceMs: progress.liveSinceMs, nowMs, silentAfterMs });
  });
  // A listed market may go without a trade for days: somebody has to decide only about one that is named.
  const named = silent.filter(({ listing }) => listing === 'by-answers');
  telemetry.count('MarketsSilent', named.length);
  // Once an hour says enough of what has been so for hours.
  if (!isFirstOfHour(nowMs, scheduleMs)) return;
  for (const { market, status } of silent) {
    const newestMs = status.progress?.newestMs ?? null;
    const newest = newestMs === null ? null : new Date(newestMs).toISOString();
    telemetry.warn('market silent: no candle has come for long', {
      market: marketKey(market),
      newest,
    });
  }
}
