import { setTimeout as sleep } from 'node:timers/promises';
import { type Column, tableLines } from '../../cli/text-table';
import { floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { InvocationReport } from '../emulator/lambda/invocation-report';
import { invocationFailureText } from '../emulator/lambda/invoker';
import { type LocalRun, startLocalRun } from '../run/local-run';
import { openTimedExchanges, type SeveralTimedExchanges } from '../run/timed-exchanges';
import { BENCH_START_MS, benchRunOptions } from './bench-run';
import {
  type ExchangeOfMarkets,
  exchangesOfMarkets,
  invocationsOfTick,
} from './exchanges-of-markets';
import { percentiles } from './percentiles';
import { SteadyCandles } from './steady-candles';
import { StoredMarkets } from './stored-markets';

/** A tick of many markets, from its event to their newest minutes stored, over all ticks. */
export interface ManyMarketsFigures {
  readonly markets: number;
  /** Invocations of fetch in a tick. */
  readonly invocations: number;
  readonly ticks: number;
  /** Over the markets of all ticks. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** From a tick's event to its last market stored, the longest. */
  readonly longestMs: number;
  /** From a tick's event to the end of its last invocation of fetch, the longest. */
  readonly longestTickMs: number;
  /** Markets that ticks had no time for, over all ticks. */
  readonly leftOver: number;
  readonly requestsAMarket: number;
  /** Requests that an exchange refused, as they were beyond its limit. */
  readonly requestsRefused: number;
  /** CPU time of the functions for a market and tick. */
  readonly cpuMsAMarket: number;
}

const WARM_UP_TICKS = 2;
const TICKS = 3;
/** A tick ends in its minute; on a slow machine what it has brought is stored minutes later. */
const STORED_LIMIT_MS = 15 * MINUTE_MS;
/** Ticks of a stage are a minute apart: the requests of one are no part of the next one's limit, which is of 10 s. */
const REST_MS = 10_000;
/** Half a minute after the start of a minute, as a rule may fire. */
const IN_MINUTE_MS = MINUTE_MS / 2;

/** Measures a tenth of the markets, and then all of them, each on a run of its own. */
export async function manyMarkets(markets: number): Promise<readonly ManyMarketsFigures[]> {
  const figures: ManyMarketsFigures[] = [];
  for (const count of [Math.ceil(markets / 10), markets]) {
    process.stderr.write(`${count} markets of Gate.io and Binance ...\n`);
    figures.push(await measureRun(count));
  }
  return figures;
}

type MarketsRun = LocalRun<SeveralTimedExchanges>;

async function measureRun(markets: number): Promise<ManyMarketsFigures> {
  const cpu = new FunctionsCpu();
  const followed = exchangesOfMarkets(markets);
  const run = await startRun(followed, cpu);
  try {
    for (let tick = 1; tick <= WARM_UP_TICKS; tick++) await measureTick(run, timeOfTick(tick));
    return await measureTicks(run, followed, cpu);
  } finally {
    await run.stop();
  }
}

async function startRun(
  followed: readonly ExchangeOfMarkets[],
  cpu: FunctionsCpu,
): Promise<MarketsRun> {
  const served = followed.map(({ setting, pairs }) => ({
    exchange: setting.kind,
    source: new SteadyCandles(pairs),
  }));
  return startLocalRun({
    ...(await benchRunOptions()),
    batchingWindows: false,
    exchanges: followed.map(({ setting }) => setting),
    exchange: () => openTimedExchanges(served, 'steady'),
    settings: () => ({}),
    hooks: { onInvocation: (report) => cpu.heard(report) },
  });
}

async function measureTicks(
  run: MarketsRun,
  followed: readonly ExchangeOfMarkets[],
  cpu: FunctionsCpu,
): Promise<ManyMarketsFigures> {
  const before = { cpuMs: cpu.totalMs, ...requestsOf(run) };
  const ticks: MeasuredTick[] = [];
  for (let tick = 1; tick <= TICKS; tick++) {
    ticks.push(await measureTick(run, timeOfTick(WARM_UP_TICKS + tick)));
  }
  const after = requestsOf(run);
  const markets = sumOf(followed, ({ pairs }) => pairs.length);
  const latenciesMs = ticks.flatMap((tick) => tick.latenciesMs);
  const [p50Ms = NaN, p95Ms = NaN, longestMs = NaN] = percentiles(latenciesMs, [0.5, 0.95, 1]);
  const perMarket = (value: number) => value / (TICKS * markets);
  return {
    markets,
    invocations: invocationsOfTick(markets),
    ticks: TICKS,
    p50Ms,
    p95Ms,
    longestMs,
    longestTickMs: Math.max(...ticks.map(({ tickMs }) => tickMs)),
    leftOver: TICKS * markets - latenciesMs.length,
    requestsAMarket: perMarket(after.sent - before.sent),
    requestsRefused: after.refused - before.refused,
    cpuMsAMarket: perMarket(cpu.totalMs - before.cpuMs),
  };
}

function timeOfTick(tick: number): number {
  return BENCH_START_MS + tick * MINUTE_MS + IN_MINUTE_MS;
}

function requestsOf({ exchange, followed }: MarketsRun) {
  const counts = followed.exchanges.map(({ exchange: name }) => exchange.counts(name));
  return {
    sent: sumOf(counts, ({ requests }) => requests),
    refused: sumOf(counts, ({ limited }) => limited),
  };
}

function sumOf<T>(items: readonly T[], valueOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + valueOf(item), 0);
}

interface MeasuredTick {
  /** From the event to the newest minute of a market stored, for each that was. */
  readonly latenciesMs: readonly number[];
  /** From the event to the end of the last invocation of fetch. */
  readonly tickMs: number;
}

/**
 * Ticks after a rest, until all that the tick has brought is stored and the functions are idle.
 *
 * @throws Error for a tick that failed
 * @throws PipelineStuckError if what a tick has brought is not stored in a quarter of an hour
 */
async function measureTick(run: MarketsRun, nowMs: number): Promise<MeasuredTick> {
  const { exchange, followed, pipeline, store } = run;
  await sleep(REST_MS);
  exchange.setTime(nowMs);
  const exchanges = followed.exchanges.map(({ exchange: name }) => name);
  const stored = new StoredMarkets(store, exchanges, floorTo(nowMs, MINUTE_MS));
  let tickMs = NaN;
  const tickToItsEnd = async (): Promise<void> => {
    const result = await pipeline.tick(nowMs);
    tickMs = stored.elapsedMs();
    if (!result.ok) throw failedTick(run, invocationFailureText(result));
    await pipeline.caughtUp(STORED_LIMIT_MS);
  };
  await stored.lookDuring(tickToItsEnd());
  return { latenciesMs: stored.latenciesMs(), tickMs };
}

function failedTick({ logsDir }: MarketsRun, failure: string): Error {
  return new Error(
    `A tick failed: ${failure}. ${logsDir} has the functions' logs. If the machine is too slow or too busy, choose fewer --markets`,
  );
}

/** CPU time of all processes of functions, as the reports of their invocations say. */
class FunctionsCpu {
  readonly #ofProcess = new Map<number, number>();

  get totalMs(): number {
    return sumOf([...this.#ofProcess.values()], (cpuMs) => cpuMs);
  }

  heard({ pid, usage }: InvocationReport): void {
    if (pid !== null && usage !== null) this.#ofProcess.set(pid, usage.cpuMs);
  }
}

const COLUMNS: readonly Column[] = [
  'markets',
  'invocations',
  'p50 s',
  'p95 s',
  'longest s',
  'fetch s',
  'requests a market',
  'CPU ms a market',
].map((heading) => ({ heading, align: 'right' }));

/** The figures as a table, what ten times the markets cost a market, and what went wrong. */
export function manyMarketsText(figures: readonly ManyMarketsFigures[]): string {
  const table = tableLines(
    COLUMNS,
    figures.map((one) => [
      String(one.markets),
      String(one.invocations),
      ...[one.p50Ms, one.p95Ms, one.longestMs, one.longestTickMs].map(secondsText),
      one.requestsAMarket.toFixed(2),
      one.cpuMsAMarket.toFixed(2),
    ]),
  );
  return [
    'A tick, from its event to the newest minute of a market stored, and to the end of its last invocation of fetch',
    ...table,
    ...growthLines(figures),
    ...figures.flatMap(problemLines),
  ].join('\n');
}

function secondsText(ms: number): string {
  return (ms / 1_000).toFixed(1);
}

function growthLines(figures: readonly ManyMarketsFigures[]): string[] {
  const [few, many] = [figures.at(0), figures.at(-1)];
  if (few === undefined || many === undefined || few === many) return [];
  const cpu = (many.cpuMsAMarket / few.cpuMsAMarket).toFixed(2);
  const requests = (many.requestsAMarket / few.requestsAMarket).toFixed(2);
  return [
    `Ten times the markets cost a market ${cpu} times the CPU of the functions, and ${requests} times the requests.`,
  ];
}

function problemLines({ markets, ticks, leftOver, requestsRefused }: ManyMarketsFigures): string[] {
  const lines: string[] = [];
  if (leftOver > 0) {
    lines.push(
      `${leftOver} of ${ticks * markets} minutes were left to the next tick, with ${markets} markets: the machine is too slow or too busy for them; choose fewer --markets.`,
    );
  }
  if (requestsRefused > 0) {
    lines.push(
      `${requestsRefused} requests were beyond the limit of an exchange, with ${markets} markets.`,
    );
  }
  return lines;
}
