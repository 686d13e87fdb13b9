import { createQuery } from '../../lambdas/query/answer-request';
import type {
  CassandraSession,
  Statement,
} from '../../lambdas/shared/adapters/database/cassandra-client';
import { createQueryStore } from '../../lambdas/shared/adapters/database/query-store';
import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Telemetry } from '../../lambdas/shared/domain/ports';
import type { LocalRun } from '../run/local-run';
import { marketOf } from '../run/market';
import type { TimedExchange } from '../run/run-exchange';
import { BENCH_START_MS } from './bench-run';

/** Read units of Keyspaces that a reader costs in an hour, counted by the reads of the function's own code. */
export interface UnitFigures {
  /** A charting tool that follows one market by UDF. */
  readonly chart: number;
  /** The page in sight, with a chart, and a number of markets in its list. */
  readonly page: number;
  readonly markets: number;
}

const SECOND_MS = 1_000;
const CHART_POLL_MS = 10 * SECOND_MS;
const PAGE_POLL_MS = 5 * SECOND_MS;
/** Of the page's refresh. */
const TAIL_CANDLES = 4;
const MARKETS = 10;
/** A row as Keyspaces counts it, and a unit at LOCAL_QUORUM. */
const ROW_BYTES = 300;
const UNIT_BYTES = 4_096;

const MINUTES_OF_HOUR = 60;
/** The first minutes of a run are no chart yet. */
const STARTED_MS = BENCH_START_MS + 10 * MINUTE_MS;

/** An hour of each reader, of the minutes of a run that are stored. */
export async function queryUnits(run: LocalRun<TimedExchange>): Promise<UnitFigures> {
  const [pair = ''] = run.pairs;
  const chart = await unitsOfHour(run, CHART_POLL_MS, (nowMs) => {
    const [from, to] = [nowMs - 10 * MINUTE_MS, nowMs + MINUTE_MS].map((timeMs) =>
      Math.floor(timeMs / SECOND_MS),
    );
    const range = `from=${from}&to=${to}&countback=2`;
    return [['/udf/history', `symbol=GATEIO:${pair}&resolution=1&${range}`]];
  });
  const page = await unitsOfHour(run, PAGE_POLL_MS, (nowMs) => {
    const market = `market=gate-io:${pair}`;
    const endMs = floorTo(nowMs, MINUTE_MS) + MINUTE_MS;
    const range = `from=${endMs - TAIL_CANDLES * MINUTE_MS}&to=${endMs}`;
    const polled = [
      ['/v1/markets', ''],
      ['/v1/candles', `${market}&interval=1m&${range}&limit=1500`],
    ] as const;
    if (nowMs > STARTED_MS) return polled;
    return [...polled, ['/v1/coverage', market], ['/v1/gaps', market], ['/v1/days', market]];
  });
  return { chart, page, markets: MARKETS };
}

type Request = readonly [path: string, query: string];

async function unitsOfHour(
  { session, pairs }: LocalRun<TimedExchange>,
  pollMs: number,
  requests: (nowMs: number) => readonly Request[],
): Promise<number> {
  const counted = new CountedSession(session);
  const ports = { store: createQueryStore(counted), pageFiles: new Map(), telemetry: FAILING };
  const query = createQuery(
    { ...ports, isUnavailable: () => false },
    {
      stage: 'bench',
      exchanges: [
        {
          exchange: marketOf('').exchange,
          pairs: pairs.slice(0, MARKETS),
          retentionMs: DAY_MS,
        },
      ],
      historyStartMs: floorTo(BENCH_START_MS, DAY_MS),
    },
  );
  for (let atMs = STARTED_MS; atMs < STARTED_MS + MINUTES_OF_HOUR * MINUTE_MS; atMs += pollMs) {
    for (const [path, parameters] of requests(atMs)) {
      const asked = { method: 'GET', path, query: parameters, headers: {}, atMs };
      const { statusCode, body } = await query(asked);
      if (statusCode !== 200) throw new Error(`${path}?${parameters}: ${statusCode} ${body}`);
    }
  }
  return counted.units;
}

/** A session that counts what its reads would cost on Keyspaces: all bytes of a read, rounded up to units. */
class CountedSession implements CassandraSession {
  units = 0;
  readonly #session: CassandraSession;

  constructor(session: CassandraSession) {
    this.#session = session;
  }

  async rows(statement: Statement) {
    const rows = await this.#session.rows(statement);
    // A range also reads the row at its end.
    this.units += Math.ceil(((rows.length + 1) * ROW_BYTES) / UNIT_BYTES);
    return rows;
  }

  write(): Promise<void> {
    return Promise.reject(new Error('The query function does not write'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const FAILING: Telemetry = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  count: () => undefined,
  error: (message, _details, cause) => {
    throw new Error(message, { cause });
  },
};
