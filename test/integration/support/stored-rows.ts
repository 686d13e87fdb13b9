import { Client, type types } from 'cassandra-driver';
import type { Candle } from '../../../lambdas/shared/domain/candle';
import { type Interval, INTERVALS } from '../../../lambdas/shared/domain/interval';
import { LOCAL_DATA_CENTER } from '../../../local/engines/engine-answers';
import { DECIMALS, unitsOf } from '../../oracle/recordings';
import {
  endMs,
  expectedBucket,
  LENGTH_MS,
  straightWindows,
  units,
} from '../../oracle/straight-roll-up';

/** Rows as lines of text, by what names them: so that a difference can be read. */
export type Rows = ReadonlyMap<string, string>;

/** A pair's progress, in UTC milliseconds. */
export interface StoredProgress {
  readonly pair: string;
  readonly settledToMs: number;
  readonly seenToMs: number;
  readonly observedAtMs: number;
}

/** The parts of a candle's line. */
interface CandleCells {
  readonly bucket: string;
  /** Prices and volumes in units of 10^-8, in the order of {@link candleNumbers}. */
  readonly numbers: readonly bigint[];
  readonly minutes: number;
  readonly closed: boolean;
  readonly source: string;
}

/** Stands for a number that is unknown. */
const UNKNOWN = -1n;

/** What the ledger says of a day. */
export interface StoredDay {
  readonly minutes: number;
  readonly absent: number;
  readonly rejected: number;
  readonly corrected: number;
  readonly audits: number;
  readonly sealed: boolean;
  readonly disputed: boolean;
  readonly source: string;
  readonly refusal: string | null;
}

export function candleKey(pair: string, interval: Interval, openTimeMs: number): string {
  return `${pair} ${interval} ${new Date(openTimeMs).toISOString()}`;
}

/** Open, high, low, close, base volume and quote volume in units of 10^-8; -1 for an unknown one. */
export function candleNumbers(candle: Candle): readonly bigint[] {
  const { open, high, low, close, baseVolume, quoteVolume } = candle;
  const numbers = [open, high, low, close, baseVolume, quoteVolume];
  return numbers.map((number) => (number === null ? UNKNOWN : units(number, DECIMALS)));
}

function candleLine({ bucket, numbers, minutes, closed, source }: CandleCells): string {
  return `${bucket} ${numbers.join(' ')} minutes ${minutes} closed ${closed} of ${source}`;
}

/** The rows of all candles that a pair's minutes of `[fromMs, toMs)` make. */
export function expectedRows(
  pair: string,
  minutes: readonly Candle[],
  {
    fromMs,
    toMs,
    source = 'api',
  }: { readonly fromMs: number; readonly toMs: number; readonly source?: 'api' | 'archive' },
): Rows {
  const within = minutes.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs);
  const rows = INTERVALS.flatMap((interval) =>
    straightWindows(within, LENGTH_MS[interval]).map((candle): [string, string] => {
      const { openTimeMs } = candle;
      const line = candleLine({
        bucket: expectedBucket(interval, openTimeMs),
        numbers: candleNumbers(candle),
        minutes: candle.minuteCount,
        closed: endMs(interval, openTimeMs) <= toMs,
        source,
      });
      return [candleKey(pair, interval, openTimeMs), line];
    }),
  );
  return new Map(rows);
}

/** The first differences between two lots of rows. */
export function differences(stored: Rows, expected: Rows, atMost = 10): string[] {
  const missing = [...expected].filter(([key]) => !stored.has(key));
  const extra = [...stored].filter(([key]) => !expected.has(key));
  const changed = [...expected].filter(([key, line]) => (stored.get(key) ?? line) !== line);
  return [
    ...missing.map(([key, line]) => `missing: ${key}: ${line}`),
    ...extra.map(([key, line]) => `not expected: ${key}: ${line}`),
    ...changed.map(([key, line]) => `${key}: ${stored.get(key) ?? ''} stored, not ${line}`),
  ].slice(0, atMost);
}

/** The tables, read without any of the project's own reading. */
export class StoredTables {
  readonly #client: Client;

  /** Uses the tables of a keyspace at `host:port` for a while. */
  static async use<T>(
    endpoint: string,
    keyspace: string,
    work: (tables: StoredTables) => Promise<T>,
  ): Promise<T> {
    const contactPoints = [endpoint];
    const client = new Client({
      ...{ contactPoints, localDataCenter: LOCAL_DATA_CENTER, keyspace },
      isMetadataSyncEnabled: false,
    });
    try {
      await client.connect();
      return await work(new StoredTables(client));
    } finally {
      await client.shutdown();
    }
  }

  private constructor(client: Client) {
    this.#client = client;
  }

  /**
   * All candles that there are, or those of one exchange, and of those that were not written as
   * of their observation, when they were.
   */
  async candles(exchange?: string): Promise<Rows> {
    const rows = new Map<string, string>();
    for (const row of await this.#all(SELECT_CANDLES)) {
      if (exchange !== undefined && row.get('exchange') !== exchange) continue;
      const key = candleKey(
        row.get('pair') as string,
        row.get('interval') as Interval,
        timeOf(row, 'open_time'),
      );
      // The same candle in two buckets would be one too many.
      rows.set(rows.has(key) ? `${key} again` : key, candleLine(cellsOf(row)) + oddWrites(row));
    }
    return rows;
  }

  /**
   * The candles of a market by interval and open time, such as `1m 2024-06-01T13:00`: their
   * numbers with the digits that are stored, how many minutes they are of, and if they are closed.
   */
  async market(exchange: string, pair: string): Promise<Rows> {
    const rows = await this.#all(SELECT_CANDLES);
    return new Map(
      rows
        .filter((row) => row.get('exchange') === exchange && row.get('pair') === pair)
        .map((row) => {
          const openTime = new Date(timeOf(row, 'open_time')).toISOString().slice(0, 16);
          const numbers = NUMBERS.map((column) => String(row.get(column))).join(' ');
          const state = row.get('closed') === true ? 'closed' : 'open';
          return [
            `${String(row.get('interval'))} ${openTime}`,
            `${numbers} of ${String(row.get('minutes'))}, ${state}`,
          ];
        }),
    );
  }

  /** Of all candles, what was observed when. */
  async observations(): Promise<Rows> {
    const rows = await this.#all(SELECT_CANDLES);
    return new Map(
      rows.map((row) => [
        `${String(row.get('pair'))} ${String(row.get('interval'))} ${timeOf(row, 'open_time')}`,
        `${candleLine(cellsOf(row))} observed at ${timeOf(row, 'observed_at')}${oddWrites(row)}`,
      ]),
    );
  }

  /** The progress of all pairs that were ever seen; one that the exchange does not know has a row without it. */
  async progress(): Promise<StoredProgress[]> {
    const rows = await this.#all('SELECT pair, settled_to, seen_to, observed_at FROM progress');
    return rows
      .filter((row) => row.get('observed_at') !== null)
      .map((row) => ({
        pair: row.get('pair') as string,
        settledToMs: timeOf(row, 'settled_to'),
        seenToMs: timeOf(row, 'seen_to'),
        observedAtMs: timeOf(row, 'observed_at'),
      }))
      .toSorted((a, b) => (a.pair < b.pair ? -1 : 1));
  }

  async gaps(): Promise<number> {
    return (await this.#all('SELECT pair FROM gaps')).length;
  }

  /** The gaps with their reasons, by pair and first minute. */
  async gapReasons(): Promise<Rows> {
    const rows = await this.#all('SELECT pair, from_time, reason FROM gaps');
    return new Map(
      rows.map((row) => [
        `${String(row.get('pair'))} ${new Date(timeOf(row, 'from_time')).toISOString()}`,
        String(row.get('reason')),
      ]),
    );
  }

  /** The ledger by pair and day; undefined for days that were asked for and never stored. */
  async ledger(): Promise<ReadonlyMap<string, StoredDay | undefined>> {
    const rows = await this.#all(SELECT_DAYS);
    return new Map(
      rows
        .map((row) => [`${String(row.get('pair'))} ${String(row.get('day'))}`, dayOf(row)] as const)
        .toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  /** How many minutes of a UTC day are stored, from a time on. */
  async minutesOfDay(pair: string, fromMs: number): Promise<number> {
    const day = new Date(fromMs).toISOString().slice(0, 10);
    const query = `SELECT open_time FROM candles WHERE exchange = 'gate-io' AND pair = '${pair}' AND interval = '1m'
      AND bucket = '${day}' AND open_time >= ${fromMs}`;
    return (await this.#all(query)).length;
  }

  async #all(query: string): Promise<types.Row[]> {
    const rows: types.Row[] = [];
    const result = await this.#client.execute(query, [], { fetchSize: 5_000 });
    for await (const row of result) rows.push(row);
    return rows;
  }
}

const NUMBERS = ['open', 'high', 'low', 'close', 'base_volume', 'quote_volume'];
const WRITTEN = [...NUMBERS, 'minutes', 'closed'];
const SELECT_CANDLES = `SELECT exchange, pair, interval, bucket, open_time, observed_at, source, ${WRITTEN.join(', ')},
  ${WRITTEN.map((column) => `writetime(${column}) AS written_${column}`).join(', ')} FROM candles`;

const SELECT_DAYS = `SELECT pair, day, minutes, absent, rejected, corrected, audits, sealed_at, disputed,
  source, refusal, observed_at FROM days`;

function dayOf(row: types.Row): StoredDay | undefined {
  if (row.get('observed_at') === null) return undefined;
  return {
    minutes: row.get('minutes') as number,
    absent: row.get('absent') as number,
    rejected: row.get('rejected') as number,
    corrected: row.get('corrected') as number,
    audits: row.get('audits') as number,
    sealed: row.get('sealed_at') !== null,
    disputed: row.get('disputed') as boolean,
    source: row.get('source') as string,
    refusal: row.get('refusal') as string | null,
  };
}

function cellsOf(row: types.Row): CandleCells {
  return {
    bucket: String(row.get('bucket')),
    numbers: NUMBERS.map((column) =>
      row.get(column) === null ? UNKNOWN : unitsOf(String(row.get(column))),
    ),
    minutes: row.get('minutes') as number,
    closed: row.get('closed') as boolean,
    source: row.get('source') as string,
  };
}

/** When the cells of a row were written, as Cassandra counts: in microseconds. */
function writes(row: types.Row): string[] {
  return WRITTEN.filter((column) => row.get(column) !== null).map((column) =>
    String(row.get(`written_${column}`)),
  );
}

/** Nothing if every cell bears the same time, within the second of its observation. */
function oddWrites(row: types.Row): string {
  const observedAt = String(timeOf(row, 'observed_at'));
  const times = [...new Set(writes(row))];
  const isOdd =
    times.length > 1 || times.some((written) => written.slice(0, -6) !== observedAt.slice(0, -3));
  return isOdd ? ` written at ${times.join()} us, observed at ${observedAt} ms` : '';
}

function timeOf(row: types.Row, column: string): number {
  return (row.get(column) as Date).getTime();
}
