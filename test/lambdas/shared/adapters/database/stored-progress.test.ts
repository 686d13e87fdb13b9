import type { types } from 'cassandra-driver';
import {
  type CassandraDriver,
  createSession,
} from '../../../../../lambdas/shared/adapters/database/cassandra-client';
import {
  isKnown,
  readExchangeStatus,
  readKnownMarkets,
  readPairs,
  readStatus,
} from '../../../../../lambdas/shared/adapters/database/stored-progress';
import { UnreadableStatusError } from '../../../../../lambdas/shared/domain/ports';

const MARKET = { exchange: 'gate-io', pair: 'BTC_USDT' };
const TIME = new Date(Date.UTC(2026, 0, 15));

function rowWith(changes: Record<string, unknown>): types.Row {
  const columns: Record<string, unknown> = {
    ...MARKET,
    ...{ live_since: TIME, settled_to: TIME, seen_to: TIME, newest: TIME, observed_at: TIME },
    ...{ unknown_since: null, ended_at: null, listed_since: null, banned_until: null },
    ...changes,
  };
  return { get: (column: string) => columns[column] } as unknown as types.Row;
}

/** The table `progress` with a row for each of some changes. */
function tableWith(...changes: readonly Record<string, unknown>[]) {
  const driver: CassandraDriver = {
    execute: () => Promise.resolve({ rows: changes.map(rowWith), pageState: null }),
    batch: () => Promise.reject(new Error('unexpected batch')),
    shutdown: () => Promise.reject(new Error('unexpected shutdown')),
  };
  return createSession(driver);
}

test.each(['live_since', 'seen_to', 'observed_at'])(
  'a row of progress without %s is named',
  async (column) => {
    const reading = readStatus(tableWith({ [column]: null }), [MARKET]);

    await expect(reading).rejects.toThrow(UnreadableStatusError);
    await expect(reading).rejects.toThrow(
      `gate-io:BTC_USDT in the table progress cannot be read: its ${column} is null`,
    );
  },
);

test('a row of progress that cannot be read hides no other of its exchange', async () => {
  const read = await readExchangeStatus(
    tableWith({}, { pair: 'ETH_USDT', seen_to: null }),
    'gate-io',
  );

  expect([...read.status.keys()]).toEqual(['gate-io:BTC_USDT']);
  expect(read.unreadable).toEqual([
    new UnreadableStatusError({ exchange: 'gate-io', pair: 'ETH_USDT' }, 'seen_to'),
  ]);
});

test('the pairs of an exchange are read even if a row lacks a time', async () => {
  const pairs = await readPairs(tableWith({ seen_to: null }), 'gate-io');

  expect(pairs).toEqual(['BTC_USDT']);
});

test.each([
  [[{ seen_to: null }], true],
  [[], false],
])('a market of which %j is stored is known: %s', async (rows, known) => {
  expect(await isKnown(tableWith(...rows), MARKET)).toBe(known);
});

test('a row without settled_to is a market without progress', async () => {
  const status = await readStatus(tableWith({ settled_to: null, seen_to: null }), [MARKET]);

  expect(status.get('gate-io:BTC_USDT')?.progress).toBeUndefined();
});

describe('the row of an exchange as a whole', () => {
  const nothing = { live_since: null, settled_to: null, seen_to: null, observed_at: null };
  const whole = { ...nothing, pair: '*', newest: null, banned_until: TIME };

  it('says until when it has banned this address, and is no market', async () => {
    const read = await readExchangeStatus(tableWith(whole, {}), 'gate-io');

    expect(read.bannedUntilMs).toBe(TIME.getTime());
    expect([...read.status.keys()]).toEqual(['gate-io:BTC_USDT']);
    expect(read.unreadable).toEqual([]);
  });

  it('may be absent', async () => {
    expect((await readExchangeStatus(tableWith({}), 'gate-io')).bannedUntilMs).toBeNull();
  });

  it('is no pair, and no market that is known', async () => {
    expect(await readPairs(tableWith(whole, {}), 'gate-io')).toEqual(['BTC_USDT']);
    expect(await readKnownMarkets(tableWith(whole, {}))).toEqual([MARKET]);
  });
});
