import { ceilTo, DAY_MS, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Faults } from './faults';
import type { Stretch } from './world/exchange';
import type { Random } from './world/random';

/** A firing of the schedule: the time that it carries, and when the function gets it. */
export interface TickPlan {
  readonly nowMs: number;
  readonly runsAtMs: number;
}

/** What happens in a run, apart from the faults of single calls. */
export interface Scenario {
  readonly pairs: readonly string[];
  readonly partitions: number;
  /** The most records of a batch. */
  readonly mostRecords: number;
  /** When candles are traded before the doubtful stretch; nothing is between. */
  readonly trading: readonly Stretch[];
  /** The last hour or so of trading, for which second looks come after the faults have stopped. */
  readonly doubtful: Stretch;
  /** Trading at the very end, when nothing goes wrong any more. */
  readonly closing: Stretch | undefined;
  readonly ticks: readonly TickPlan[];
  /** How far back the exchange serves minutes, and how far back it is asked for. */
  readonly servedMs: number;
  readonly retentionMs: number;
  readonly startMs: number;
  /** When the faults stop. */
  readonly calmMs: number;
  /** When everything that a fault left behind has happened. */
  readonly settledMs: number;
  /** The last tick's time: all before it is stored in the end. */
  readonly lastTickMs: number;
  /** Everything is delivered once more, from the first record on. */
  readonly replaysAll: boolean;
}

/** Days whose edge is also one of a month, of a year, or of nothing. */
const FIRST_MIDNIGHTS = ['2023-12-31', '2024-02-28', '2024-03-31', '2024-06-11'];
const HOUR_MS = 60 * MINUTE_MS;
const EDGE_HOURS = [1, 4, 8, 12, 13, 20];
/** Far enough from a midnight for its minutes to be out. */
const DOUBTFUL_HOURS = [4, 8, 12, 20];
const NO_RETENTION_MS = 10_000 * MINUTE_MS;

/**
 * Two or three midnights and some hour edges with a few minutes of trading
 * around each, ticks while it lasts, outages that end in the middle of it, and
 * hours of calm behind it.
 */
export function createScenario(random: Random, faults: Faults): Scenario {
  const firstMidnightMs = Date.parse(random.pick(FIRST_MIDNIGHTS));
  const { trading, doubtful } = tradingStretches(random, firstMidnightMs, random.int(2, 3));
  const firstMs = (trading[0] ?? doubtful).fromMs - random.int(0, 5) * MINUTE_MS;
  const lastMs = doubtful.toMs + random.int(0, 4) * MINUTE_MS;
  const phaseMs = random.int(0, 59) * 1_000;
  const step = random.pick([1, 1, 2, 3]);
  const regular = regularTicks(random, [...trading, doubtful], step)
    .filter((timeMs) => timeMs < lastMs)
    .map((timeMs) => timeMs + phaseMs);
  const calmMs = lastMs + phaseMs;
  const closing = random.chance(0.5) ? closingStretch(random, calmMs) : undefined;
  const final = finalTicks(random, calmMs, closing);
  const servedMs = random.chance(0.35) ? random.int(7, 30) * HOUR_MS : NO_RETENTION_MS;
  return {
    pairs: ['BTC_USDT', 'ETH_USDT', 'SOL_USDT'].slice(0, random.pick([1, 1, 1, 2, 2, 3])),
    partitions: random.int(1, 2),
    mostRecords: random.pick([1, 3, 10, 100]),
    trading,
    doubtful,
    closing,
    ticks: [...faultyTicks(random, faults, regular, chooseOutages(random, regular)), ...final],
    servedMs,
    retentionMs: servedMs - random.int(2, 20) * MINUTE_MS,
    startMs: firstMs,
    calmMs,
    settledMs: calmMs + 15 * MINUTE_MS,
    lastTickMs: final.at(-1)?.nowMs ?? lastMs,
    replaysAll: random.chance(0.1),
  };
}

/** Every midnight has trading around it, and some hours have; the last of these is the doubtful stretch. */
function tradingStretches(random: Random, firstMidnightMs: number, days: number) {
  const around = (edgeMs: number, most: number): Stretch => ({
    fromMs: edgeMs - random.int(1, most) * MINUTE_MS,
    toMs: edgeMs + random.int(1, most) * MINUTE_MS,
  });
  const trading: Stretch[] = [];
  for (let day = 0; day < days - 1; day++) {
    const midnightMs = firstMidnightMs + day * DAY_MS;
    trading.push(around(midnightMs, 7));
    if (random.chance(0.4)) {
      trading.push(around(midnightMs + random.pick(EDGE_HOURS) * HOUR_MS, 4));
    }
  }
  const lastMidnightMs = firstMidnightMs + (days - 1) * DAY_MS;
  const most = random.pick([5, 10, 20, 45]);
  if (random.chance(0.7)) return { trading, doubtful: around(lastMidnightMs, most) };
  trading.push(around(lastMidnightMs, 7));
  const edgeMs = lastMidnightMs + random.pick(DOUBTFUL_HOURS) * HOUR_MS;
  return { trading, doubtful: around(edgeMs, most) };
}

/** Every few minutes while there is trading, for a little longer, at full hours, and at times in the quiet between. */
function regularTicks(random: Random, trading: readonly Stretch[], step: number): number[] {
  const ticks = new Set<number>();
  for (const { fromMs, toMs } of trading) {
    for (let timeMs = fromMs; timeMs < toMs + 3 * MINUTE_MS; timeMs += MINUTE_MS) {
      if (timeMs % (step * MINUTE_MS) === 0 || timeMs % HOUR_MS === 0) ticks.add(timeMs);
    }
    if (random.chance(0.3)) ticks.add(toMs + random.int(10, 600) * MINUTE_MS);
  }
  return [...ticks].sort((a, b) => a - b);
}

/** From some tick to some later one nothing fires: minutes, or days, that are then caught up with. */
function chooseOutages(random: Random, ticks: readonly number[]): Stretch[] {
  return Array.from({ length: random.pick([0, 1, 1, 2]) }, () => {
    const [fromMs, toMs] = [random.pick(ticks), random.pick(ticks)];
    return { fromMs: Math.min(fromMs, toMs), toMs: Math.max(fromMs, toMs) };
  });
}

function faultyTicks(
  random: Random,
  faults: Faults,
  regular: readonly number[],
  outages: readonly Stretch[],
): TickPlan[] {
  const fired = regular.filter(
    (timeMs) =>
      !outages.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs) &&
      !random.chance(faults.tickSkipped),
  );
  const late = faults.doubtsFromStart
    ? []
    : outages.flatMap(({ toMs }) => lateAfterOutage(random, toMs));
  return [...fired.flatMap((nowMs) => arrivals(random, faults, nowMs)), ...late];
}

/** A tick gets to the function within seconds, or late, or twice. */
function arrivals(random: Random, faults: Faults, nowMs: number): TickPlan[] {
  const lateMs = random.chance(faults.tickLate) ? random.spread(3_000, 1_200_000) : 0;
  const once = { nowMs, runsAtMs: nowMs + lateMs + random.int(0, 2_000) };
  if (!random.chance(faults.tickRepeated)) return [once];
  return [once, { nowMs, runsAtMs: once.runsAtMs + random.spread(10, 600_000) }];
}

/** What the scheduler had held back arrives while the newest tick catches up. */
function lateAfterOutage(random: Random, endMs: number): TickPlan[] {
  return Array.from({ length: random.int(0, 4) }, () => ({
    nowMs: endMs - random.spread(1, 60) * MINUTE_MS,
    runsAtMs: endMs + random.spread(1_000, 180_000),
  }));
}

/** Calm hours: every second look that reaches back to the doubtful stretch is among them. */
const CALM_HOURS = 4;

/** The full hours of the calm, once the traces of the faults are gone. */
function calmHours(calmMs: number): number[] {
  const firstMs = ceilTo(calmMs + 23 * MINUTE_MS, HOUR_MS);
  return Array.from({ length: CALM_HOURS }, (_, at) => firstMs + at * HOUR_MS);
}

/** A few minutes of trading behind the calm hours. */
function closingStretch(random: Random, calmMs: number): Stretch {
  const fromMs = (calmHours(calmMs).at(-1) ?? calmMs) + 5 * MINUTE_MS;
  return { fromMs, toMs: fromMs + random.int(1, 10) * MINUTE_MS };
}

/**
 * Ticks as they should be: at once after the faults stop, again when their
 * traces are gone, at each full hour of the calm, and at last at any time.
 */
function finalTicks(random: Random, calmMs: number, closing: Stretch | undefined): TickPlan[] {
  const phaseMs = calmMs % MINUTE_MS;
  const soon = [1, 2, 3, 20, 21, 22].map((minutes) => calmMs + minutes * MINUTE_MS);
  const hours = calmHours(calmMs).flatMap((hourMs) => [hourMs, hourMs + MINUTE_MS]);
  const lastMs = (hours.at(-1) ?? calmMs) + random.int(1, 100) * MINUTE_MS;
  const atClosing = closing === undefined ? [] : [closing.fromMs + MINUTE_MS, closing.toMs];
  const atLast = [lastMs, lastMs + MINUTE_MS];
  const timesMs = new Set([...hours, ...atClosing, ...atLast].map((timeMs) => timeMs + phaseMs));
  return [...new Set([...soon, ...timesMs])]
    .sort((a, b) => a - b)
    .map((nowMs) => ({ nowMs, runsAtMs: nowMs + 1_000 }));
}
