import pLimit from 'p-limit';
import type { SegmentCodec } from '../shared/codec/segment-codec';
import { type Market, marketKey } from '../shared/domain/market';
import { type Ask, asked, isDue } from '../shared/domain/pace';
import { isSecondLook, planSegments, type PlannedSegment } from '../shared/domain/plan';
import type {
  Exchange,
  ListingStore,
  RecordLog,
  StatusByMarket,
  Telemetry,
} from '../shared/domain/ports';
import type { MarketStatus } from '../shared/domain/progress';
import type { ObservedSegment } from '../shared/domain/segment';
import { isInShard, type Shard } from '../shared/domain/shard';
import { listed } from './listing';
import { type MarketOutcome, observeMarket } from './observe-market';
import { reportTick } from './tick-report';

/** The ports of the fetch function. */
export interface ObserveTickPorts {
  readonly exchange: Exchange;
  readonly store: ListingStore;
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly log: RecordLog;
  readonly telemetry: Telemetry;
}

/** The settings of the fetch function for a part of the markets. */
export interface ObserveTickSettings extends Shard {
  /** The name of the exchange. */
  readonly exchange: string;
  /** All pairs that are followed of the exchange. */
  readonly pairs: readonly string[];
  readonly retentionMs: number;
  /** The time from one tick to the next. */
  readonly scheduleMs: number;
  /** How long the exchange may change a minute after its close as a matter of course. */
  readonly settlingMs: number;
  /** How long the exchange may be silent before its silence is believed. */
  readonly silenceMs: number;
  /** A market whose missing minutes start longer ago than this is behind. */
  readonly behindMs: number;
  /** A market of which no minute has come for longer than this is reported as silent. */
  readonly silentAfterMs: number;
}

/** A firing of the schedule. */
export interface Tick {
  /** The time of the event, never that of a clock: so a recorded day replays exactly. */
  readonly nowMs: number;
  /** How long the function may still run, in milliseconds. */
  readonly remainingMs: () => number;
}

/** A market with its stored status, and the segments of it that a tick asks for. */
export interface MarketPlan {
  readonly market: Market;
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
  const { exchange, pairs } = settings;
  const markets = pairs
    .filter((pair) => isInShard(pair, settings))
    .map((pair) => ({ exchange, pair }));
  const asks = new Map<string, Ask>();
  return async (tick: Tick): Promise<void> => {
    const status = await ports.store.readExchangeStatus(exchange);
    const plans = plansOf(markets, status, settings, tick);
    const due = plans.filter((plan) => isItsTurn(asks, plan, tick)).sort(shorterFirst);
    const limit = pLimit(CONCURRENT_MARKETS);
    const outcomes = await Promise.allSettled(
      due.map((plan) => limit(() => observeOne(ports, settings, plan, tick))),
    );
    const errors = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as unknown] : [],
    );
    const observed = outcomes.flatMap((outcome) =>
      outcome.status === 'fulfilled' ? [outcome.value] : [],
    );
    remember(asks, plans, observed, tick);
    reportTick(ports, settings, { tick, plans, due: due.length, observed });
    if (errors.length > 0) throw new TickNotAppendedError(errors, due.length);
  };
}

function plansOf(
  markets: readonly Market[],
  stored: StatusByMarket,
  settings: ObserveTickSettings,
  { nowMs }: Tick,
): MarketPlan[] {
  return markets.map((market) => {
    const status = stored.get(marketKey(market)) ?? NOTHING_STORED;
    const { progress, endedAtMs } = status;
    // An ended market may come back: it is asked for once an hour.
    const isFollowed = endedAtMs === null || isSecondLook(nowMs, settings.scheduleMs);
    const segments = isFollowed ? planSegments({ ...settings, market, progress, nowMs }) : [];
    return { market, status, segments };
  });
}

/** Whether a market is asked for at this tick. */
function isItsTurn(
  asks: ReadonlyMap<string, Ask>,
  { market, status, segments }: MarketPlan,
  { nowMs }: Tick,
): boolean {
  return segments.length > 0 && isDue(asks.get(marketKey(market)), status.progress, nowMs);
}

/** Remembers the asks that were appended; what a tick had no time for is asked for at the next one. */
function remember(
  asks: Map<string, Ask>,
  plans: readonly MarketPlan[],
  observed: readonly MarketOutcome[],
  { nowMs }: Tick,
): void {
  const statuses = new Map(plans.map(({ market, status }) => [marketKey(market), status]));
  for (const { market, segmentCount } of observed) {
    const key = marketKey(market);
    if (segmentCount > 0) asks.set(key, asked(asks.get(key), statuses.get(key)?.progress, nowMs));
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
  await listed(ports, plan, outcome, tick);
  return outcome;
}
