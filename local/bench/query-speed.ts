import {
  dateValue,
  intValue,
  longValue,
  textValue,
} from '../../lambdas/shared/adapters/database/cql-values';
import { bucketOf, DAY_MS } from '../../lambdas/shared/domain/interval';
import type { LoopbackRequest } from '../../cli/loopback/loopback-answer';
import { functionUrl } from '../emulator/url/function-url';
import type { LocalRun } from '../run/local-run';
import { marketOf } from '../run/market';
import type { TimedExchange } from '../run/run-exchange';
import { BENCH_START_MS } from './bench-run';
import { percentiles } from './percentiles';

/** Requests for the same 1,000 candles, one after another. */
export interface SpeedFigures {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly perSecond: number;
}

const CANDLES = 1_000;
const WARM_UP_REQUESTS = 150;
const REQUESTS = 400;

const SELECT_CANDLES = `SELECT open_time, open, high, low, close, base_volume, quote_volume, minutes, closed, observed_at, source
  FROM candles WHERE exchange = ? AND pair = ? AND interval = ? AND bucket = ? AND open_time >= ? AND open_time < ?
  ORDER BY open_time ASC LIMIT ?`;

/**
 * The speed of one process of the query function, which answers one request at a
 * time, by the form of the answer; and that of the driver alone, in this process,
 * which reads the same rows.
 *
 * @throws Error if an answer is not of 1,000 candles
 */
export async function querySpeed(
  run: LocalRun<TimedExchange>,
): Promise<Readonly<Record<string, SpeedFigures>>> {
  const pair = run.pairs[0] ?? '';
  const from = `from=${BENCH_START_MS}`;
  const candles = `market=gate-io:${pair}&interval=1m&${from}&limit=${CANDLES}`;
  const seconds = BENCH_START_MS / 1_000;
  const bars = `symbol=GATEIO:${pair}&resolution=1&from=${seconds}&to=${seconds + CANDLES * 60}&countback=${CANDLES}`;
  const ask = asking(run);
  const gzip = { 'accept-encoding': 'gzip' };
  return {
    'the driver alone': await measured(() => readRows(run, pair)),
    JSON: await measured(() => ask('/v1/candles', candles)),
    'JSON, compressed': await measured(() => ask('/v1/candles', candles, gzip)),
    'CSV, compressed': await measured(() => ask('/v1/candles', `${candles}&format=csv`, gzip)),
    'UDF, compressed': await measured(() => ask('/udf/history', bars, gzip)),
  };
}

async function measured(request: () => Promise<void>): Promise<SpeedFigures> {
  for (let count = 0; count < WARM_UP_REQUESTS; count++) await request();
  const times: number[] = [];
  const startedMs = performance.now();
  for (let count = 0; count < REQUESTS; count++) {
    const askedMs = performance.now();
    await request();
    times.push(performance.now() - askedMs);
  }
  const perSecond = (1_000 * REQUESTS) / (performance.now() - startedMs);
  const [p50Ms = NaN, p95Ms = NaN] = percentiles(times, [0.5, 0.95]);
  return { p50Ms, p95Ms, perSecond };
}

/** The rows that the function reads for an answer: one more than it has candles. */
async function readRows({ session }: LocalRun<TimedExchange>, pair: string): Promise<void> {
  const { exchange } = marketOf(pair);
  const rows = await session.rows({
    query: SELECT_CANDLES,
    params: [
      ...[textValue(exchange), textValue(pair), textValue('1m')],
      dateValue(bucketOf('1m', BENCH_START_MS)),
      ...[longValue(BENCH_START_MS), longValue(BENCH_START_MS + DAY_MS), intValue(CANDLES + 1)],
    ],
    pageRows: CANDLES + 1,
  });
  if (rows.length !== CANDLES + 1) throw new Error(`${rows.length} rows of ${pair} are stored`);
}

function asking({ pipeline }: LocalRun<TimedExchange>) {
  const { query: invoker } = pipeline;
  if (invoker === undefined) throw new Error('The stage of the benchmarks has no query API');
  const fail = (message: string) => {
    throw new Error(`The function query failed: ${message}`);
  };
  const answer = functionUrl({ invoker, clock: Date.now, onFailure: fail });
  return async (path: string, query: string, headers: LoopbackRequest['headers'] = {}) => {
    const { status, body } = await answer({ method: 'GET', path, query, headers });
    if (status !== 200) throw new Error(`${path}?${query}: ${status} ${String(body)}`);
  };
}
