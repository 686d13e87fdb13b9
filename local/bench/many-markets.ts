import { setTimeout as sleep } from 'node:timers/promises';
import { type Column, tableLines } from '../../cli/text-table';
import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { InvocationReport } from '../emulator/lambda/invocation-report';
import { type LocalRun, startLocalRun } from '../run/local-run';
import {
  type NamedExchange,
  openTimedExchanges,
  type SeveralTimedExchanges,
} from '../run/timed-exchanges';
import { BENCH_START_MS, benchRunOptions } from './bench-run';
import { percentiles } from './percentiles';
import { SteadyCandles } from './steady-candles';

/** A tick of many markets, from its event to their newest minutes stored, over all ticks. */
export interface ManyMarketsFigures {
  readonly markets: number;
  readonly ticks: number;
  /** Over the markets of all ticks. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** From a tick's event to its last market stored, the longest. */
  readonly longestMs: number;
  readonly requestsAMarket: number;
  /** CPU time of the functions for a market and tick. */
  readonly cpuMsAMarket: number;
}

/** What Binance admits is several times what Gate.io does: of ten markets seven are Binance's. */
const SHARES: readonly (readonly [ExchangeName, number])[] = [
  ['gate-io', 0.3],
  ['binance', 0.7],
];
const WARM_UP_TICKS = 2;
const TICKS = 3;
const POLL_MS = 100;
/** A tick ends in its minute; what it has brought is stored soon after. */
const TICK_LIMIT_MS = 3 * MINUTE_MS;
/** Half a minute after the start of a minute, as a rule may fire. */
const IN_MINUTE_MS = MINUTE_MS / 2;

/** A run, with the markets that it follows by a pattern, as of a whole exchange. */
interface MeasuredRun {
  readonly run: LocalRun<SeveralTimedExchanges>;
  readonly markets: readonly Market[];
}

const PATTERN = '*_USDT';

/** Measures a tenth of the markets, and then all of them, each on a run of its own. */
export async function manyMarkets(markets: number): Promise<readonly ManyMarketsFigures[]> {
  const figures: ManyMarketsFigures[] = [];
  for (const count of [Math.ceil(markets / 10), markets]) {
    process.stderr.write(`${count} markets of Gate.io and Binance ...\n`);
    figures.push(await ofMarkets(count));
  }
  return figures;
}

async function ofMarkets(count: number): Promise<ManyMarketsFigures> {
  const cpu = new FunctionsCpu();
  const served = SHARES.map(([exchange, share]) => ({
    exchange,
    source: new SteadyCandles(numberedPairs(Math.round(count * share))),
  }));
  const markets = served.flatMap(({ exchange, source }) =>
    source.pairs().map((pair) => ({ exchange, pair })),
  );
  const run = await startRun(served, cpu);
  try {
    return await measured({ run, markets }, cpu);
  } finally {
    await run.stop();
  }
}

async function startRun(
  served: readonly NamedExchange[],
  cpu: FunctionsCpu,
): Promise<MeasuredRun['run']> {
  return startLocalRun({
    ...(await benchRunOptions()),
    exchanges: served.map(({ exchange }) => exchange),
    exchange: () => openTimedExchanges(served, 'steady'),
    // At the rate that each exchange admits: pacing is a part of a tick.
    settings: () => ({
      exchanges: Object.fromEntries(served.map(({ exchange }) => [exchange, { pairs: [PATTERN] }])),
    }),
    hooks: { onInvocation: (report) => cpu.heard(report) },
  });
}

function numberedPairs(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `P${String(index).padStart(4, '0')}_USDT`);
}

async function measured(of: MeasuredRun, cpu: FunctionsCpu): Promise<ManyMarketsFigures> {
  const { run, markets } = of;
  const latencies: number[] = [];
  let longestMs = 0;
  for (let tick = 1; tick <= WARM_UP_TICKS; tick++) await latenciesOf(of, timeOfTick(tick));
  const before = { cpuMs: cpu.totalMs, requests: requestsOf(run) };
  for (let tick = 1; tick <= TICKS; tick++) {
    const ofTick = await latenciesOf(of, timeOfTick(WARM_UP_TICKS + tick));
    latencies.push(...ofTick);
    longestMs = Math.max(longestMs, ...ofTick);
  }
  const [p50Ms = NaN, p95Ms = NaN] = percentiles(latencies, [0.5, 0.95]);
  const perMarket = (value: number) => value / (TICKS * markets.length);
  return {
    markets: markets.length,
    ticks: TICKS,
    p50Ms,
    p95Ms,
    longestMs,
    requestsAMarket: perMarket(requestsOf(run) - before.requests),
    cpuMsAMarket: perMarket(cpu.totalMs - before.cpuMs),
  };
}

function timeOfTick(tick: number): number {
  return BENCH_START_MS + tick * MINUTE_MS + IN_MINUTE_MS;
}

function requestsOf({ exchange }: MeasuredRun['run']): number {
  return SHARES.reduce((sum, [name]) => sum + exchange.counts(name).requests, 0);
}

/**
 * Ticks, and reads again and again until every market is there; a market's progress is written
 * after its candles. The functions are idle when it ends.
 *
 * @throws Error for markets that are not stored in three minutes
 */
async function latenciesOf({ run, markets }: MeasuredRun, nowMs: number): Promise<number[]> {
  const { exchange, pipeline, store } = run;
  exchange.setTime(nowMs);
  const toMs = floorTo(nowMs, MINUTE_MS);
  const startedMs = performance.now();
  const ticking = pipeline.tick(nowMs);
  const latencies = new Map<string, number>();
  let waiting: readonly Market[] = markets;
  while (waiting.length > 0) {
    const status = await store.readStatus(waiting);
    const readMs = performance.now() - startedMs;
    const isStored = (market: Market) =>
      (status.get(marketKey(market))?.progress?.seenToMs ?? 0) >= toMs;
    for (const market of waiting.filter(isStored)) latencies.set(marketKey(market), readMs);
    waiting = waiting.filter((market) => !isStored(market));
    if (readMs > TICK_LIMIT_MS) throw notStored(waiting);
    if (waiting.length > 0) await sleep(POLL_MS);
  }
  await ticking;
  await pipeline.caughtUp(TICK_LIMIT_MS);
  return [...latencies.values()];
}

function notStored(waiting: readonly Market[]): Error {
  const some = waiting.slice(0, 3).map(marketKey).join(', ');
  return new Error(
    `${waiting.length} markets are not stored ${TICK_LIMIT_MS / MINUTE_MS} minutes after their tick, such as ${some}: the exchange admits fewer requests a minute; choose fewer --markets`,
  );
}

/** CPU time of all processes of functions, as the reports of their invocations say. */
class FunctionsCpu {
  readonly #ofProcess = new Map<number, number>();

  get totalMs(): number {
    return [...this.#ofProcess.values()].reduce((sum, cpuMs) => sum + cpuMs, 0);
  }

  heard({ pid, usage }: InvocationReport): void {
    if (pid !== null && usage !== null) this.#ofProcess.set(pid, usage.cpuMs);
  }
}

const right = (heading: string): Column => ({ heading, align: 'right' });

/** The figures as a table, and what ten times the markets cost a market. */
export function manyMarketsText(figures: readonly ManyMarketsFigures[]): string {
  const [few, many] = [figures.at(0), figures.at(-1)];
  const columns = [
    'markets',
    'p50 s',
    'p95 s',
    'longest s',
    'requests a market',
    'CPU ms a market',
  ];
  const table = tableLines(
    columns.map(right),
    figures.map((one) => [
      String(one.markets),
      ...[one.p50Ms, one.p95Ms, one.longestMs].map((ms) => (ms / 1_000).toFixed(1)),
      one.requestsAMarket.toFixed(2),
      one.cpuMsAMarket.toFixed(2),
    ]),
  );
  if (few === undefined || many === undefined) return table.join('\n');
  const cpu = (many.cpuMsAMarket / few.cpuMsAMarket).toFixed(2);
  const requests = (many.requestsAMarket / few.requestsAMarket).toFixed(2);
  return [
    'A tick, from its event to the newest minute of a market stored',
    ...table,
    `Ten times the markets cost a market ${cpu} times the CPU of the functions, and ${requests} times the requests.`,
  ].join('\n');
}
