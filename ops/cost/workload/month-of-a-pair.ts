import { EXCHANGE_FACTS } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { Candle } from '../../../lambdas/shared/domain/candle';
import { parseDecimal } from '../../../lambdas/shared/domain/decimal';
import {
  bucketsOf,
  DAY_MS,
  floorTo,
  INTERVALS,
  intervalMs,
  HOUR_MS,
  MINUTE_MS,
} from '../../../lambdas/shared/domain/interval';
import { planSegments, type PlannedSegment, settled } from '../../../lambdas/shared/domain/plan';
import { advance, type Progress } from '../../../lambdas/shared/domain/progress/progress';
import {
  childrenToReadFirst,
  childrenToReadThen,
  dueCandles,
  type OpenWindowTimes,
} from '../../../lambdas/shared/domain/due-windows';
import { type ChildrenRange, rollUp } from '../../../lambdas/shared/domain/roll-up';
import { newestOf, type ObservedSegment } from '../../../lambdas/shared/domain/segment';
import { ASSUMED, readUnits } from './assumptions';

/** Usage of one pair in a month. */
export interface MonthOfAPair {
  readonly ticks: bigint;
  /** Each causes a request to the exchange, and a record in both topics. */
  readonly segments: bigint;
  /** Requested one-minute candles, repeated ones included. */
  readonly minutes: bigint;
  /** Candles in rolled-up records: each is a written row. */
  readonly candles: bigint;
  /** Written rows of `candles` and `progress`, repeated ones included: a write unit each. */
  readonly writeUnits: bigint;
  /** Reads of persist and transform: progress, gaps and stored children. Fetch reads the progress of all pairs at once. */
  readonly readUnits: bigint;
  /** Rows that the month adds. */
  readonly newRows: bigint;
}

const MONTH_MS = Number(ASSUMED.hoursPerMonth) * HOUR_MS;
const START_MS = Date.UTC(2026, 0, 1);

/** A month takes half a second to simulate, and is the same each time. */
const simulated = new Map<string, MonthOfAPair>();

/**
 * Simulates the ticks of a month for a pair that trades in every minute, with
 * the plan, the roll-up and the progress of the pipeline itself.
 *
 * @param openWindowMinutes how old windows may be that have not ended
 */
export function monthOfAPair(scheduleMinutes: number, openWindowMinutes = 1): MonthOfAPair {
  const key = `${scheduleMinutes} ${openWindowMinutes}`;
  const month = simulated.get(key) ?? simulateMonth(scheduleMinutes, openWindowMinutes);
  simulated.set(key, month);
  return month;
}

function simulateMonth(scheduleMinutes: number, openWindowMinutes: number): MonthOfAPair {
  const everyMs = scheduleMinutes * MINUTE_MS;
  const { settlingMs } = EXCHANGE_FACTS['gate-io'];
  const times = { everyMs: openWindowMinutes * MINUTE_MS, settlingMs };
  let progress: Progress = {
    liveSinceMs: START_MS,
    settledToMs: START_MS - settlingMs,
    seenToMs: START_MS,
    newestMs: START_MS - MINUTE_MS,
    observedAtMs: START_MS,
  };
  const counts = { ticks: 0n, segments: 0n, minutes: 0n, candles: 0n, writes: 0n, reads: 0n };
  for (let nowMs = START_MS + everyMs; nowMs <= START_MS + MONTH_MS; nowMs += everyMs) {
    counts.ticks += 1n;
    for (const segment of segmentsOf(progress, nowMs, everyMs)) {
      const work = workOf(segment, progress, times);
      counts.segments += 1n;
      counts.minutes += work.minutes;
      counts.candles += work.candles;
      // Persist reads the market's gaps and its status, and writes its progress where it moves.
      counts.reads += work.reads + 2n;
      const next = advance(progress, {
        ...segment,
        newestMs: newestOf(segment.minuteCandles) ?? null,
      });
      counts.writes += work.candles + (next === undefined ? 0n : 1n);
      progress = next ?? progress;
    }
  }
  const { ticks, segments, minutes, candles, writes: writeUnits, reads: readUnits } = counts;
  return { ticks, segments, minutes, candles, writeUnits, readUnits, newRows: newRows() };
}

function segmentsOf(progress: Progress, nowMs: number, scheduleMs: number): ObservedSegment[] {
  const planned = planSegments({
    market: { exchange: EXCHANGE_FACTS['gate-io'].exchange, pair: 'BTC_USDT' },
    progress,
    nowMs,
    scheduleMs,
    retentionMs: DAY_MS,
  });
  let followsMs: number | null = progress.settledToMs;
  return planned.map((one) => {
    const newestMs = floorTo(nowMs, MINUTE_MS) - MINUTE_MS;
    const { settlingMs, silenceMs } = EXCHANGE_FACTS['gate-io'];
    const { seenToMs } = progress;
    const segment = settled(one, { followsMs, newestMs, seenToMs, settlingMs, silenceMs });
    followsMs = segment.settlesMs;
    return { ...segment, minuteCandles: minutesOf(one), rejected: [], unserved: null };
  });
}

/** The usage of a segment: its minutes that are new, the windows that it touches and that are due, and what is read for them. */
function workOf(
  segment: ObservedSegment,
  { seenToMs }: Progress,
  times: OpenWindowTimes,
): { minutes: bigint; candles: bigint; reads: bigint } {
  const { minuteCandles } = segment;
  const stored = minuteCandles.filter(({ openTimeMs }) => openTimeMs < seenToMs);
  const rolled = rollUp(segment, { '1m': stored });
  const due = Object.values(dueCandles(segment, rolled, times));
  const candles = due.reduce((count, list) => count + list.length, 0);
  const reads = [
    ...childrenToReadFirst(segment, times),
    ...childrenToReadThen(segment, stored, times),
  ].reduce((units, range) => units + readUnitsOf(range), 0n);
  return { minutes: BigInt(minuteCandles.length), candles: BigInt(candles), reads };
}

function readUnitsOf({ interval, fromMs, toMs }: ChildrenRange): bigint {
  const units = readUnits((toMs - fromMs) / intervalMs(interval));
  return units * BigInt(bucketsOf(interval, fromMs, toMs).length);
}

const PRICE = parseDecimal('1.00');

function minutesOf({ fromMs, toMs }: PlannedSegment): Candle[] {
  const count = (toMs - fromMs) / MINUTE_MS;
  return Array.from({ length: count }, (_, index) => ({
    openTimeMs: fromMs + index * MINUTE_MS,
    open: PRICE,
    high: PRICE,
    low: PRICE,
    close: PRICE,
    baseVolume: PRICE,
    quoteVolume: PRICE,
    minuteCount: 1,
  }));
}

function newRows(): bigint {
  return INTERVALS.reduce((rows, interval) => {
    return rows + BigInt(Math.ceil(MONTH_MS / intervalMs(interval)));
  }, 0n);
}
