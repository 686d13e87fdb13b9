import { type QueryOptions, types } from 'cassandra-driver';
import {
  type CassandraDriver,
  createSession,
  type ResultPage,
} from '../../../../../lambdas/shared/adapters/database/cassandra-client';
import {
  bucketOf,
  DAY_MS,
  type Interval,
  intervalMs,
} from '../../../../../lambdas/shared/domain/interval';

/** The open times of the candles of a table. */
export type OpenTimes = Partial<Record<Interval, readonly number[]>>;

/** A query for a page as the driver is sent it. */
interface PageRequest {
  readonly query: string;
  readonly params: (Buffer | null)[];
  readonly pageState: string | undefined;
  readonly fetchSize: number | undefined;
}

/**
 * The table `candles` of `gate-io:BTC_USDT` behind the driver, with a candle for each open time;
 * the other tables are empty.
 *
 * @param pageRows how many rows the pages of a query hold in turn, from the first again after the last
 * @param dayColumns what the rows of days have beside what all rows have
 */
export function tableOf(
  openTimes: OpenTimes,
  pageRows: readonly number[] = [100],
  dayColumns: (dayMs: number) => Record<string, unknown> = () => ({}),
) {
  const requests: PageRequest[] = [];
  let rows: readonly types.Row[] = [];
  const refuse = () => Promise.reject(new Error('The reader only reads.'));
  const driver: CassandraDriver = {
    execute(query, params, options) {
      const pageState = pageStateOf(options);
      const request = { query, params, pageState, fetchSize: options.fetchSize };
      requests.push(request);
      if (request.pageState === undefined) rows = rowsOf(openTimes, request, dayColumns);
      return Promise.resolve(pageOf(rows, request, pageRows));
    },
    batch: refuse,
    shutdown: refuse,
  };
  const queries = () => requests.filter(({ pageState }) => pageState === undefined);
  return { session: createSession(driver), requests, queries };
}

function pageStateOf({ fetchSize, autoPage, pageState }: QueryOptions): string | undefined {
  if (fetchSize === undefined || autoPage !== false) throw new Error('Pages are to be bounded.');
  if (typeof pageState === 'string' || pageState === undefined) return pageState;
  throw new Error('A page state is handed back as it came.');
}

/** The page state is where the page starts and how many pages came before: `1500/2`. */
function pageOf(
  rows: readonly types.Row[],
  request: PageRequest,
  pageRows: readonly number[],
): ResultPage {
  const [start = 0, page = 0] = (request.pageState ?? '0/0').split('/').map(Number);
  const end = start + (pageRows[page % pageRows.length] ?? NaN);
  // As Cassandra does, a page that is full is followed by one more, which may be empty.
  const pageState = end <= rows.length ? `${end}/${page + 1}` : null;
  return { rows: rows.slice(start, end), pageState };
}

function rowsOf(
  openTimes: OpenTimes,
  { query, params }: PageRequest,
  dayColumns: (dayMs: number) => Record<string, unknown>,
): types.Row[] {
  const [exchange, pair, interval, bucket, from, to, bound] = params;
  if (
    !query.includes(' FROM candles') ||
    String(exchange) !== 'gate-io' ||
    String(pair) !== 'BTC_USDT'
  )
    return [];
  const name = String(interval) as Interval;
  const bucketDays = (bucket?.readUInt32BE() ?? 0) - 0x8000_0000;
  const date = new Date(bucketDays * DAY_MS).toISOString().slice(0, 10);
  const limit = bound?.readInt32BE() ?? (query.endsWith('LIMIT 1') ? 1 : Infinity);
  const isAscending = query.includes('ORDER BY open_time ASC');
  return [...(openTimes[name] ?? [])]
    .filter((time) => bucketOf(name, time) === date)
    .filter((time) => from == null || time >= Number(from.readBigInt64BE()))
    .filter((time) => to == null || time < Number(to.readBigInt64BE()))
    .sort((a, b) => (isAscending ? a - b : b - a))
    .slice(0, limit)
    .map((time) => rowOf(time, name === '1d' ? dayColumns(time) : {}));
}

const PRICE = types.BigDecimal.fromString('11512.50');
const BASE_VOLUME = types.BigDecimal.fromString('0.00000010');
const QUOTE_VOLUME = types.BigDecimal.fromString('123456789012345678901234567890.5');

/** A row of the table. */
export function rowOf(openTimeMs: number, changes: Record<string, unknown> = {}): types.Row {
  const columns: Record<string, unknown> = {
    open_time: new Date(openTimeMs),
    ...{ open: PRICE, high: PRICE, low: PRICE, close: PRICE },
    base_volume: BASE_VOLUME,
    quote_volume: QUOTE_VOLUME,
    ...{ minutes: 1, closed: true, observed_at: new Date(openTimeMs + 90_000), source: 'api' },
    ...changes,
  };
  return { get: (column: string) => columns[column] } as unknown as types.Row;
}

/** Page sizes of a database that ends its pages early, as Keyspaces does after 1 MB, or without a row. */
export const EARLY_ENDS = [7, 0, 300, 0, 0, 1];

/** The open times of a number of candles, one after the other. */
export function times(interval: Interval, count: number, fromMs: number): number[] {
  return Array.from({ length: count }, (_, at) => fromMs + at * intervalMs(interval));
}
