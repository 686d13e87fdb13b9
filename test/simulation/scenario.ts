import { ceilTo, DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { monthAfter } from '../../lambdas/shared/domain/calendar/months';
import type { Faults } from './faults';
import type { Stretch } from './world/exchange';
import type { Random } from './world/random';

/** A firing of the schedule: the time that it carries, and when the function gets it. */
export interface FiringPlan {
  readonly nowMs: number;
  readonly runsAtMs: number;
}

/** What happens in a run, apart from the faults of single calls. */
export interface Scenario {
  readonly pairs: readonly string[];
  readonly partitions: number;
  /** The most records of a batch. */
  readonly mostRecords: number;
  /** Start of the first UTC day that is wanted. */
  readonly historyStartMs: number;
  /** Since when the exchange says that it has the pairs; null if it does not say. */
  readonly listedSinceMs: number | null;
  /** When candles were traded before the first tick's day. */
  readonly history: readonly Stretch[];
  /** When candles are traded before the doubtful stretch; nothing is between. */
  readonly trading: readonly Stretch[];
  /** The last hour or so of trading, for which second looks come after the faults have stopped. */
  readonly doubtful: Stretch;
  /** Trading at the very end, when nothing goes wrong any more. */
  readonly closing: Stretch | undefined;
  /** Firings of fetch up to the end of the calm hours; those of reconcile meanwhile. */
  readonly ticks: readonly FiringPlan[];
  readonly firings: readonly FiringPlan[];
  /** The days after that, in which days are sealed. */
  readonly later: {
    readonly ticks: readonly FiringPlan[];
    readonly firings: readonly FiringPlan[];
  };
  /** How far back the exchange serves minutes, and how far back it is asked for. */
  readonly servedMs: number;
  readonly retentionMs: number;
  readonly startMs: number;
  /** How long after its end a month is in the archive. */
  readonly archiveLagMs: number;
  /** When the faults stop. */
  readonly calmMs: number;
  /** When everything that a fault left behind has happened. */
  readonly settledMs: number;
  /** The last of the ticks: all before it is stored by then. */
  readonly lastTickMs: number;
  /** The last tick of all. */
  readonly endMs: number;
  /** Everything of the last day is delivered once more. */
  readonly replaysAll: boolean;
}

/** Days whose edge is also one of a month, of a year, or of nothing. */
const FIRST_MIDNIGHTS = ['2023-12-31', '2024-02-28', '2024-03-31', '2024-06-11'];
const HOUR_MS = 60 * MINUTE_MS;
const EDGE_HOURS = [1, 4, 8, 12, 13, 20];
/** Far enough from a midnight for its minutes to be out. */
const DOUBTFUL_HOURS = [4, 8, 12, 20];
/** As Gate.io does: so much that no tick finds a minute gone. */
const WEEK_SERVED_MS = 10_000 * MINUTE_MS;
const MUCH_SERVED_MS = 20 * DAY_MS;

/**
 * Two or three midnights and some hour edges with a few minutes of trading
 * around each, ticks while it lasts, outages that end in the middle of it, and
 * hours of calm behind it; then days in which all of them are sealed.
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
  const tradedMs = lastMs + phaseMs;
  const calmMs = tradedMs + (faults.isBeyondReach ? random.int(0, 3) : 0) * DAY_MS;
  const closing = random.chance(0.5) ? closingStretch(random, tradedMs) : undefined;
  const final = finalTicks(random, tradedMs, closing);
  const lastTickMs = final.at(-1)?.nowMs ?? lastMs;
  const archiveLagMs = random.int(24, 72) * HOUR_MS;
  const endMs = Math.max(lastTickMs, calmMs) + sealingMs(random, lastTickMs, archiveLagMs);
  const servedMs = served(random);
  const faulty: FaultyRun = { random, faults, calmMs };
  return {
    pairs: ['BTC_USDT', 'ETH_USDT', 'SOL_USDT'].slice(0, random.pick([1, 1, 1, 1, 1, 2, 2, 3])),
    partitions: random.int(1, 2),
    mostRecords: random.pick([1, 3, 10, 100]),
    ...historyOf(random, firstMs),
    trading,
    doubtful,
    closing,
    ticks: [...faultyTicks(random, faults, regular, chooseOutages(random, regular)), ...final],
    firings: faultyFirings(faulty, reconciling(random, faults, firstMs, lastTickMs)),
    later: laterFirings(faulty, lastTickMs, endMs),
    servedMs,
    retentionMs: servedMs - random.int(2, 20) * MINUTE_MS,
    archiveLagMs,
    startMs: firstMs,
    calmMs,
    settledMs: calmMs + 15 * MINUTE_MS,
    lastTickMs,
    endMs,
    replaysAll: random.chance(0.1),
  };
}

/** Most exchanges serve a week; some so little that only the archive has a whole day, some enough for a dispute. */
function served(random: Random): number {
  return random.pick([
    () => random.int(7, 30) * HOUR_MS,
    ...[1, 2].map(() => () => WEEK_SERVED_MS),
    () => MUCH_SERVED_MS,
  ])();
}

/** How long it takes until the days of a run are sealed: by the API, as disputed, or by the archive. */
function sealingMs(random: Random, lastTickMs: number, archiveLagMs: number): number {
  const chance = random.next();
  if (chance < 0.05) return monthAfter(lastTickMs) - lastTickMs + archiveLagMs + 5 * DAY_MS;
  return (chance < 0.2 ? 11 : 5.75) * DAY_MS;
}

/** Days before the first tick's, a few of which have minutes. */
function historyOf(random: Random, firstMs: number) {
  const firstDayMs = floorTo(firstMs, DAY_MS);
  const historyStartMs = firstDayMs - random.pick([0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 33]) * DAY_MS;
  const listedSinceMs = historyStartMs + random.int(0, DAY_MS - 1);
  const days = (firstDayMs - historyStartMs) / DAY_MS;
  const history = Array.from({ length: Math.min(days, 2) }, (_, at) => {
    // The first day has none before the listing, which may be late in it.
    const dayMs = historyStartMs + (days - 1 - at) * DAY_MS;
    const fromMs = floorTo(Math.max(dayMs + random.int(0, 23) * HOUR_MS, listedSinceMs), MINUTE_MS);
    return { fromMs, toMs: Math.min(dayMs + DAY_MS, fromMs + random.int(1, 6) * MINUTE_MS) };
  });
  const wanted = random.chance(0.5);
  return {
    history: history.sort((a, b) => a.fromMs - b.fromMs),
    historyStartMs: wanted ? historyStartMs : historyStartMs - random.int(0, 3) * DAY_MS,
    listedSinceMs: wanted ? null : listedSinceMs,
  };
}

/** A run whose firings are on time and once only from some time on. */
interface FaultyRun {
  readonly random: Random;
  readonly faults: Faults;
  readonly calmMs: number;
}

function every(periodMs: number, fromMs: number, toMs: number): number[] {
  const firstMs = ceilTo(fromMs, periodMs);
  const count = Math.max(0, Math.ceil((toMs - firstMs) / periodMs));
  return Array.from({ length: count }, (_, at) => firstMs + at * periodMs);
}

/** In half of the runs within the live loop's reach, audits do not help it out. */
function reconciling(random: Random, faults: Faults, fromMs: number, toMs: number): number[] {
  if (!faults.isBeyondReach && random.chance(0.5)) return [];
  return every(random.pick([1, 1, 3]) * HOUR_MS, fromMs, toMs);
}

/** Sparse firings: they tell the more of each, and the sooner the run is over. */
function laterFirings(run: FaultyRun, fromMs: number, endMs: number): Scenario['later'] {
  const busyMs = Math.min(endMs, Math.max(fromMs, run.calmMs) + 7 * DAY_MS);
  const slowMs = Math.min(endMs, busyMs + 5 * DAY_MS);
  const spread = (hours: number): number[] => [
    ...every(hours * HOUR_MS, fromMs + HOUR_MS, busyMs),
    ...every(2 * hours * HOUR_MS, busyMs, slowMs),
    ...every(4 * hours * HOUR_MS, slowMs, endMs),
  ];
  return {
    ticks: [...faultyFirings(run, spread(8)), { nowMs: endMs, runsAtMs: endMs + 1_000 }],
    firings: faultyFirings(run, spread(4)),
  };
}

function faultyFirings({ random, faults, calmMs }: FaultyRun, timesMs: readonly number[]) {
  return timesMs.flatMap((nowMs) => {
    if (nowMs >= calmMs) return [{ nowMs, runsAtMs: nowMs + 1_000 }];
    return random.chance(faults.tickSkipped) ? [] : arrivals(random, faults, nowMs);
  });
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
): FiringPlan[] {
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
function arrivals(random: Random, faults: Faults, nowMs: number): FiringPlan[] {
  const lateMs = random.chance(faults.tickLate) ? random.spread(3_000, 1_200_000) : 0;
  const once = { nowMs, runsAtMs: nowMs + lateMs + random.int(0, 2_000) };
  if (!random.chance(faults.tickRepeated)) return [once];
  return [once, { nowMs, runsAtMs: once.runsAtMs + random.spread(10, 600_000) }];
}

/** What the scheduler had held back arrives while the newest tick catches up. */
function lateAfterOutage(random: Random, endMs: number): FiringPlan[] {
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
function finalTicks(random: Random, calmMs: number, closing: Stretch | undefined): FiringPlan[] {
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
