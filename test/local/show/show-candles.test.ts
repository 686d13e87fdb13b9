import { types } from 'cassandra-driver';
import {
  type CassandraSession,
  type Statement,
} from '../../../lambdas/shared/adapters/database/cassandra-client';
import { CassandraError } from '../../../lambdas/shared/adapters/database/cassandra-failures';
import { NotRunningError } from '../../../local/run/run-description';
import { showCandles } from '../../../local/show/show-candles';

const run = {
  pid: 1,
  kafka: '127.0.0.1:9092',
  cassandra: '127.0.0.1:9042',
  localDataCenter: 'datacenter1',
  keyspace: 'candlestream',
  exchange: 'live',
  api: 'http://127.0.0.1:8787',
  startedAt: '2018-01-22T00:00:00.000Z',
  followed: {
    exchanges: [
      {
        exchange: 'gate-io' as const,
        pairs: ['BTC_USDT'],
        retentionMinutes: 9_900,
        url: 'http://127.0.0.1:4570/api/v4',
        archiveUrl: 'http://127.0.0.1:4570',
      },
    ],
    historyStart: '2018-01-01',
  },
};
const openTimeMs = Date.UTC(2018, 0, 22);

/** One day of BTC_USDT with one candle of every interval, at its start; and other pairs without any. */
function answer({ query, params }: Statement): types.Row[] {
  if (query.includes('FROM progress')) {
    return ['BTC_USDT', 'ETH_BTC', 'BTC_USDC'].map((pair) =>
      rowOf({
        exchange: 'gate-io',
        pair,
        settled_to: new Date(0),
        seen_to: new Date(0),
        observed_at: new Date(0),
      }),
    );
  }
  if (!query.includes('FROM candles')) throw new Error(`Unexpected: ${query}`);
  const [, pair, , , from, to] = params;
  const isAfter = from != null && Number(from.readBigInt64BE()) > openTimeMs;
  const isBefore = to != null && Number(to.readBigInt64BE()) <= openTimeMs;
  if (String(pair) !== 'BTC_USDT' || isAfter || isBefore) return [];
  const price = types.BigDecimal.fromString('11512.50');
  const prices = { open: price, high: price, low: price, close: price };
  const volumes = { base_volume: price, quote_volume: price };
  const time = new Date(openTimeMs);
  const rest = { minutes: 1, closed: true, observed_at: time, source: 'api' };
  return [rowOf({ open_time: time, ...prices, ...volumes, ...rest })];
}

function rowOf(columns: Record<string, unknown>): types.Row {
  return { get: (column: string) => columns[column] } as unknown as types.Row;
}

async function show(
  line: string,
  change: { findRun?: () => Promise<typeof run>; rows?: CassandraSession['rows'] } = {},
) {
  const printed = { out: '', err: '', closed: 0 };
  const session: CassandraSession = {
    rows: change.rows ?? (async (statement) => Promise.resolve(answer(statement))),
    write: () => Promise.reject(new Error('The reader only reads.')),
    close: () => {
      printed.closed++;
      return Promise.resolve();
    },
  };
  const exitCode = await showCandles(line.split(' '), {
    print: (text) => (printed.out += text),
    printError: (text) => (printed.err += text),
    findRun: change.findRun ?? (() => Promise.resolve(run)),
    connect: () => session,
  });
  return { exitCode, ...printed };
}

test('prints what is stored', async () => {
  const shown = await show('BTC_USDT 5m --from 2018-01-22 --to 2018-01-23');

  expect(shown).toMatchObject({ exitCode: 0, err: '', closed: 1 });
  expect(shown.out.split('\n')).toHaveLength(3);
  expect(shown.out).toContain('2018-01-22 00:00  11512.50');
});

test('nothing in the range: says what is stored', async () => {
  const shown = await show('BTC_USDT 5m --from 2019-01-01 --to 2019-01-02 --json');

  expect(shown).toMatchObject({
    exitCode: 0,
    out: '[]\n',
    err: 'No 5m candle of BTC_USDT is stored in that range; stored are those from 2018-01-22 00:00 to 2018-01-22 00:05 (UTC).\n',
  });
});

test('a pair of which nothing is stored yet', async () => {
  const shown = await show('ETH_BTC 1m --csv');

  expect(shown).toMatchObject({ exitCode: 0, err: 'No 1m candle of ETH_BTC is stored yet.\n' });
  expect(shown.out).toMatch(/^openTime,.*\r\n$/);
});

test('a pair of two exchanges is ambiguous: it says which, and a key names one', async () => {
  const rows: CassandraSession['rows'] = (statement) => {
    if (!statement.query.includes('FROM progress')) return Promise.resolve(answer(statement));
    const markets = ['gate-io', 'binance'].map((exchange) => rowOf({ exchange, pair: 'BTC_USDT' }));
    return Promise.resolve(markets);
  };

  const ambiguous = await show('BTC_USDT 5m', { rows });
  const named = await show('gate-io:BTC_USDT 5m --csv', { rows });

  expect(ambiguous).toMatchObject({ exitCode: 2, out: '' });
  expect(ambiguous.err).toBe(
    'BTC_USDT is a pair of binance:BTC_USDT and gate-io:BTC_USDT: give one of these\n',
  );
  expect(named).toMatchObject({ exitCode: 0, err: '' });
  expect(named.out.trim().split('\n')).toHaveLength(2);
});

test('an unknown pair: names those that are stored, near ones first', async () => {
  const shown = await show('BTC_USDX 1m');

  expect(shown).toMatchObject({ exitCode: 1, out: '', closed: 1 });
  expect(shown.err).toBe(
    'Nothing is stored of the pair "BTC_USDX". Stored are BTC_USDC, BTC_USDT, ETH_BTC.\n',
  );
});

test('an unknown pair where none is stored', async () => {
  const shown = await show('BTC_USDT 1m', { rows: () => Promise.resolve([]) });

  expect(shown.exitCode).toBe(1);
  expect(shown.err).toContain('No pair is stored yet');
});

test('not running', async () => {
  const findRun = () => Promise.reject(new NotRunningError('there is no file'));

  const shown = await show('BTC_USDT 1m', { findRun });

  expect(shown).toMatchObject({ exitCode: 1, out: '', closed: 0 });
  expect(shown.err).toBe(
    'The local run is not running (there is no file). Start it with "npm start", or "npm run localstack".\n',
  );
});

test('a database that fails is one line, and the session is closed', async () => {
  const rows = () => Promise.reject(new CassandraError('The database failed:\n  no host answers'));

  const shown = await show('BTC_USDT 1m', { rows });

  expect(shown).toMatchObject({ exitCode: 1, closed: 1 });
  expect(shown.err).toBe('The database failed: no host answers\n');
});

test('invalid arguments: exit code 2, before anything is looked for', async () => {
  const findRun = () => Promise.reject(new Error('not looked for'));

  const shown = await show('BTC_USDT 7m', { findRun });

  expect(shown).toMatchObject({ exitCode: 2, out: '' });
  expect(shown.err).toContain('The intervals are 1m, 5m, 15m, 1h, 4h, 1d.');
  expect(shown.err.trimEnd()).not.toContain('\n');
});

test('help is printed, with exit code 0', async () => {
  const shown = await show('--help');

  expect(shown).toMatchObject({ exitCode: 0, err: '' });
  expect(shown.out).toMatch(/^Usage: npm run show --/);
});

test('an error of the program itself is not made a message', async () => {
  const rows = () => Promise.reject(new TypeError('a mistake'));

  await expect(show('BTC_USDT 1m', { rows })).rejects.toThrow(TypeError);
});
