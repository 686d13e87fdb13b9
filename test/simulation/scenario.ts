import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Faults } from './faults';
import type { Stretch } from './exchange';
import type { Random } from './random';

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
  readonly historyStartMs: number;
  /** When candles are traded; nothing is between. */
  readonly trading: readonly Stretch[];
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
const EDGE_HOURS = [1, 4, 8, 12, 13, 20];
const NO_RETENTION_MS = 10_000 * MINUTE_MS;

/**
 * Two or three midnights and some hour edges with a few minutes of trading
 * around each, ticks while it lasts, and outages that end in the middle of it.
 */
export function createScenario(random: Random, faults: Faults): Scenario {
  const firstMidnightMs = Date.parse(random.pick(FIRST_MIDNIGHTS));
  const days = random.int(2, 3);
  const trading = tradingStretches(random, firstMidnightMs, days);
  const firstMs = (trading[0]?.fromMs ?? firstMidnightMs) - random.int(0, 5) * MINUTE_MS;
  const lastMs = (trading.at(-1)?.toMs ?? firstMidnightMs) + random.int(0, 4) * MINUTE_MS;
  const phaseMs = random.int(0, 59) * 1_000;
  const regular = regularTicks(random, trading, lastMs).map((timeMs) => timeMs + phaseMs);
  const outages = chooseOutages(random, regular);
  const final = finalTicks(lastMs + phaseMs);
  const servedMs = random.chance(0.35) ? random.int(5, 30) * 60 * MINUTE_MS : NO_RETENTION_MS;
  return {
    pairs: ['BTC_USDT', 'ETH_USDT', 'SOL_USDT'].slice(0, random.pick([1, 1, 1, 2, 2, 3])),
    partitions: random.int(1, 2),
    mostRecords: random.pick([1, 3, 10, 100]),
    historyStartMs: historyStart(random, firstMs),
    trading,
    ticks: [...faultyTicks(random, faults, regular, outages), ...final],
    servedMs,
    retentionMs: servedMs - random.int(2, 20) * MINUTE_MS,
    startMs: firstMs,
    calmMs: lastMs + phaseMs,
    settledMs: lastMs + phaseMs + 15 * MINUTE_MS,
    lastTickMs: final.at(-1)?.nowMs ?? lastMs,
    replaysAll: random.chance(0.1),
  };
}

function historyStart(random: Random, firstMs: number): number {
  const dayMs = floorTo(firstMs, DAY_MS) - random.pick([0, 0, 1]) * DAY_MS;
  return random.chance(0.7) ? dayMs : floorTo(random.int(dayMs, firstMs), MINUTE_MS);
}

function tradingStretches(random: Random, firstMidnightMs: number, days: number): Stretch[] {
  const around = (edgeMs: number, most: number): Stretch => ({
    fromMs: edgeMs - random.int(1, most) * MINUTE_MS,
    toMs: edgeMs + random.int(1, most) * MINUTE_MS,
  });
  const stretches: Stretch[] = [];
  for (let day = 0; day < days; day++) {
    const midnightMs = firstMidnightMs + day * DAY_MS;
    stretches.push(around(midnightMs, 7));
    if (day === days - 1 || random.chance(0.6)) continue;
    stretches.push(around(midnightMs + random.pick(EDGE_HOURS) * 60 * MINUTE_MS, 4));
  }
  return stretches;
}

/** Every minute while there is trading, for a little longer, and at times in the quiet between. */
function regularTicks(random: Random, trading: readonly Stretch[], lastMs: number): number[] {
  const ticks = new Set<number>();
  for (const { fromMs, toMs } of trading) {
    for (let timeMs = fromMs; timeMs < toMs + 3 * MINUTE_MS; timeMs += MINUTE_MS) ticks.add(timeMs);
    if (random.chance(0.3)) ticks.add(toMs + random.int(10, 600) * MINUTE_MS);
  }
  return [...ticks].filter((timeMs) => timeMs < lastMs).sort((a, b) => a - b);
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
  const late = outages.flatMap(({ toMs }) => lateAfterOutage(random, toMs));
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

/** Ticks as they should be: at once after the faults stop, and again when their traces are gone. */
function finalTicks(calmMs: number): TickPlan[] {
  return [1, 2, 3, 20, 21, 22].map((minutes) => {
    const nowMs = calmMs + minutes * MINUTE_MS;
    return { nowMs, runsAtMs: nowMs + 1_000 };
  });
}
