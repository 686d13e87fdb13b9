import pLimit from 'p-limit';
import type { SegmentCodec } from '../shared/codec/segment-codec';
import { HOUR_MS } from '../shared/domain/interval';
import { marketKey } from '../shared/domain/market';
import { type Ask, isDue } from '../shared/domain/progress/pace';
import { isFirstOfHour, planSegments, type PlannedSegment } from '../shared/domain/plan';
import type {
  Exchange,
  Listings,
  ListingStore,
  RecordLog,
  StatusByMarket,
  Telemetry,
  UnreadableStatusError,
} from '../shared/domain/ports';
import type { MarketStatus } from '../shared/domain/progress/progress';
import type { ObservedSegment } from '../shared/domain/segment';
import { noteBan } from '../shared/use-cases/noted-ban';
import type { Shard } from '../shared/domain/followed/shard';
import { followedMarkets, type FollowedMarket, type Listing } from './followed-markets';
import { noteMarketEnd } from './market-end';
import { type MarketOutcome, observeMarket } from './observe-market';
import { reportTick } from './tick-report';

/** The ports of the fetch function. */
export interface ObserveTickPorts {
  readonly exchange: Exchange;
  readonly listings: Pick<Listings, 'pairs'>;
  readonly store: ListingStore;
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly log: RecordLog;
  readonly telemetry: Telemetry;
}

/** The settings of the fetch function for a part of the markets. */
export interface ObserveTickSettings extends Shard {
  /** The name of the exchange. */
  readonly exchange: string;
  /** All pairs that are followed of the exchange: by their names, or by patterns such as `*_USDT`. */
  readonly pairs: readonly string[];
  /** The most markets that patterns are expected to name, over all shards. @default any number */
  readonly expectedMarkets?: number | undefined;
  readonly retentionMs: number;
  /** The time from one tick to the next. */
  readonly scheduleMs: number;
  /** Time after its close in which the exchange may change a minute as a matter of course. */
  readonly settlingMs: number;
  /** Time that the exchange may be silent before its silence is believed. */
  readonly silenceMs: number;
  /** A market whose missing minutes start longer ago than this is behind. */
  readonly behindMs: number;
  /** A market of which no minute has come for longer than this is reported as silent, and counted if it is followed by its name. */
  readonly silentAfterMs: number;
}

/** A firing of the schedule. */
export interface Tick {
  /** The time of the event, never that of a clock: so a recorded day replays exactly. */
  readonly nowMs: number;
  /** Time that the function may still run, in milliseconds. */
  readonly remainingMs: () => number;
}

/** A market with its stored status, and the segments of it that a tick asks for. */
export interface MarketPlan extends FollowedMarket {
  readonly status: MarketStatus;
  readonly segments: readonly PlannedSegment[];
}

/** A tick of which some markets could not be appended; `errors` has the failure of each. */
export class TickNotAppendedError extends AggregateError {
  override readonly name = 'TickNotAppendedError';
  constructor(errors: readonly unknown[], markets: number) {
    super(
      errors,
      `${errors.length} of ${markets} markets could not be appended, the first because of: ${String(errors[0])}`,
    );
  }
}

/** Markets under way at once; the exchange's own limit bounds the requests. */
const CONCURRENT_MARKETS = 16;
/** A market of a pattern that the exchange does not know is asked for so seldom. */
const UNKNOWN_APART_MS = HOUR_MS;
const NOTHING_STORED: MarketStatus = {
  progress: undefined,
  unknownSinceMs: null,
  endedAtMs: null,
  listedSinceMs: null,
};

/**
 * The fetch function's use case: for each market, asks the exchange for what is
 * missing up to the tick's time and appends one record a segment to
 * `candles.observed`. If the exchange fails, that market's later segments wait
 * for the next tick, and the other markets go on.
 *
 * The asks of the process are remembered, so that a market that stands still
 * far behind is asked for less often.
 *
 * @returns a function of a tick; it rejects if the status could not be read or
 *   a record could not be appended
 */
export function createObserveTick(ports: ObserveTickPorts, settings: ObserveTickSettings) {
  const asks = new Map<string, Ask>();
  const unknownAtMs = new Map<string, number>();
  return async (tick: Tick): Promise<void> => {
    const { exchange } = settings;
    const stored = await ports.store.readExchangeStatus(exchange);
    const { status, unreadable } = stored;
    ports.exchange.heedBan(stored.bannedUntilMs);
    const markets = await followedMarkets(ports, settings, status, tick);
    const readable = withoutUnreadable(ports.telemetry, markets, unreadable);
    const plans = plansOf(readable, status, settings, tick);
    const due = plans
      .filter((plan) => !isHeldBack(unknownAtMs, plan, tick) && isItsTurn(asks, plan, tick))
      .sort(shorterFirst);
    const dueNow = new Set(due);
    const limit = pLimit(CONCURRENT_MARKETS);
    const [outcomes, notes] = await Promise.all([
      Promise.allSettled(due.map((plan) => limit(() => observeOne(ports, settings, plan, tick)))),
      Promise.allSettled(
        plans
          .filter((plan) => !dueNow.has(plan))
          .map((plan) =>
            noteMarketEnd(ports, settings, { plan, outcome: undefined, nowMs: tick.nowMs }),
          ),
      ),
    ]);
    const errors = [...outcomes, ...notes].flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    const observed = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value] : [],
    );
    await noteBan(ports, { exchange, nowMs: tick.nowMs });
    remember(asks, plans, observed, tick);
    rememberUnknown(unknownAtMs, observed, tick);
    const unreadableCount = markets.length - readable.length;
    reportTick(ports, settings, { tick, plans, unreadableCount, due: due.length, observed });
    if (errors.length > 0) throw new TickNotAppendedError(errors, due.length);
  };
}

/** Nothing is appended for a market whose progress cannot be read; it counts as behind until someone corrects that. */
function withoutUnreadable(
  telemetry: Telemetry,
  markets: readonly FollowedMarket[],
  unreadable: readonly UnreadableStatusError[],
): FollowedMarket[] {
  const causes = new Map(unreadable.map((cause) => [marketKey(cause.market), cause]));
  return markets.filter(({ market }) => {
    const cause = causes.get(marketKey(market));
    if (cause === undefined) return true;
    telemetry.error('market not followed', { market: marketKey(market) }, cause);
    return false;
  });
}

function plansOf(
  markets: readonly FollowedMarket[],
  stored: StatusByMarket,
  settings: ObserveTickSettings,
  { nowMs }: Tick,
): MarketPlan[] {
  return markets.map(({ market, listing }) => {
    const status = stored.get(marketKey(market)) ?? NOTHING_STORED;
    const { progress, endedAtMs } = status;
    const isAsked = isAskedFor(listing, endedAtMs, isFirstOfHour(nowMs, settings.scheduleMs));
    const segments = isAsked ? planSegments({ ...settings, market, progress, nowMs }) : [];
    return { market, listing, status, segments };
  });
}

/** A market that is followed by its name may come back after it has ended: it is asked for once an hour. */
function isAskedFor(listing: Listing, endedAtMs: number | null, isOnceAnHour: boolean): boolean {
  if (listing === 'by-answers') return endedAtMs === null || isOnceAnHour;
  return listing !== 'gone';
}

/** Whether a market is asked for at this tick. */
function isItsTurn(
  asks: ReadonlyMap<string, Ask>,
  { market, status, segments }: MarketPlan,
  { nowMs }: Tick,
): boolean {
  return segments.length > 0 && isDue(asks.get(marketKey(market)), status.progress, nowMs);
}

/** If the exchange lists a market whose candles it does not know, it is asked for them once an hour. */
function isHeldBack(
  unknownAtMs: ReadonlyMap<string, number>,
  { market, listing }: MarketPlan,
  { nowMs }: Tick,
): boolean {
  if (listing === 'by-answers') return false;
  return nowMs - (unknownAtMs.get(marketKey(market)) ?? -Infinity) < UNKNOWN_APART_MS;
}

/** Remembers when the exchange said that it does not know a market, until it does. */
function rememberUnknown(
  unknownAtMs: Map<string, number>,
  observed: readonly MarketOutcome[],
  { nowMs }: Tick,
): void {
  for (const { market, isKnown } of observed) {
    if (isKnown === false) unknownAtMs.set(marketKey(market), nowMs);
    if (isKnown === true) unknownAtMs.delete(marketKey(market));
  }
}

/** Remembers the plans that were appended whole; what a tick had no time for, or got no answer to, is asked for at the next one. */
function remember(
  asks: Map<string, Ask>,
  plans: readonly MarketPlan[],
  observed: readonly MarketOutcome[],
  { nowMs }: Tick,
): void {
  const segmentCounts = new Map(
    observed.map(({ market, segmentCount }) => [marketKey(market), segmentCount]),
  );
  for (const { market, status, segments } of plans) {
    const key = marketKey(market);
    if (segmentCounts.get(key) !== segments.length) continue;
    asks.set(key, { askedAtMs: nowMs, settledToMs: status.progress?.settledToMs });
  }
}

/** Short plans go first, so that a market far behind delays none that is near. */
function shorterFirst(a: MarketPlan, b: MarketPlan): number {
  return lengthMs(a) - lengthMs(b);
}

function lengthMs({ segments }: MarketPlan): number {
  return (segments.at(-1)?.toMs ?? 0) - (segments[0]?.fromMs ?? 0);
}

async function observeOne(
  ports: ObserveTickPorts,
  settings: ObserveTickSettings,
  plan: MarketPlan,
  tick: Tick,
) {
  const outcome = await observeMarket(ports, settings, plan, tick);
  await noteMarketEnd(ports, settings, { plan, outcome, nowMs: tick.nowMs });
  return outcome;
}
