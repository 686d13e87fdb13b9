import { createCandleStore } from '../../../lambdas/shared/adapters/database/candle-store';
import type { CassandraSession } from '../../../lambdas/shared/adapters/database/cassandra-client';
import { longValue, textValue } from '../../../lambdas/shared/adapters/database/cql-values';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { rollUp } from '../../../lambdas/shared/domain/roll-up';
import type { ObservedSegment } from '../../../lambdas/shared/domain/segment';
import { type StatusSources, StatusReader } from '../../../local/watch/status-reader';
import { auditOf, DAY, minutesIn } from '../../fakes/candles';
import { progressTo } from '../../fakes/ledger/ledger';
import type { Calls } from '../../simulation/world/calls';
import { createMemoryCassandra } from '../../simulation/world/memory-cassandra';

const PAIR = 'BTC_USDT';
const MARKET = { exchange: 'gate-io', pair: PAIR };

/** Calls that arrive at once. */
const calls: Calls = {
  ask: (_life, _what, answer) => Promise.resolve(answer()),
  change: (_life, _what, parts) => {
    parts.forEach((part) => part());
    return Promise.resolve();
  },
  isCalm: () => true,
  bounded: (delayMs) => delayMs,
};

function readerOf(session: CassandraSession, sources: Partial<StatusSources> = {}): StatusReader {
  return new StatusReader({
    exchange: 'simulated, seed 1',
    followed: [{ exchange: 'gate-io', pairs: [PAIR] }],
    session,
    history: undefined,
    targets: ['transform', 'persist'],
    lag: () => Promise.resolve([]),
    recordCount: () => Promise.resolve(0),
    throttledRequests: () => null,
    functions: () => Promise.resolve([]),
    ...sources,
  });
}

const session = () => createMemoryCassandra(calls, () => 0).session({ name: 'test', ended: false });

async function store(into: CassandraSession, segment: ObservedSegment): Promise<void> {
  const candles = rollUp(segment, {});
  await createCandleStore(into).writeCandles({
    ...segment,
    candles,
    newestMs: null,
    deleted: {},
    audit: null,
  });
}

const dayOf = (fromMs: number) =>
  auditOf({ fromMs, toMs: fromMs + DAY_MS, minuteCandles: minutesIn(fromMs, fromMs + DAY_MS) });

test('minutes are those that are stored, however often they were written', async () => {
  const cassandra = session();
  for (const fromMs of [DAY, DAY, DAY - DAY_MS]) await store(cassandra, dayOf(fromMs));

  const [pair] = (await readerOf(cassandra).read()).pairs;

  expect(pair).toMatchObject({ pair: PAIR, minutesStored: 2_880, newest: null, seenToMs: null });
});

test('the newest candle is that before the end of the progress; gaps are rows', async () => {
  const cassandra = session();
  const tables = createCandleStore(cassandra);
  const seenToMs = DAY + DAY_MS;
  await store(cassandra, dayOf(DAY));
  const progress = {
    liveSinceMs: DAY,
    settledToMs: DAY,
    seenToMs,
    newestMs: null,
    observedAtMs: seenToMs,
  };
  await tables.writeProgress(MARKET, progress);
  const gap = { fromMs: DAY - DAY_MS, toMs: DAY, reason: 'retention' };
  await tables.writeGap(MARKET, gap, seenToMs);
  await tables.writeGap(MARKET, gap, seenToMs + 1);

  const [pair] = (await readerOf(cassandra).read()).pairs;

  expect(pair).toEqual({
    pair: PAIR,
    newest: { openTimeMs: seenToMs - MINUTE_MS, close: '10.9' },
    seenToMs,
    minutesStored: 1_440,
    gaps: 1,
    history: null,
    problem: null,
  });
});

test('a row of progress that cannot be read hides no other market, and is named', async () => {
  const cassandra = session();
  const progress = progressTo(DAY);
  await createCandleStore(cassandra).writeProgress(MARKET, progress);
  // Rows with a time missing are no work of the stores.
  await cassandra.write([
    {
      query: 'INSERT INTO progress (exchange, pair, settled_to) VALUES (?, ?, ?)',
      params: [textValue('gate-io'), textValue('ETH_USDT'), longValue(DAY)],
    },
  ]);
  const followed = [{ exchange: 'gate-io' as const, pairs: ['*_USDT'] }];

  const { pairs } = await readerOf(cassandra, { followed }).read();

  expect(pairs).toMatchObject([
    { pair: 'BTC_USDT', seenToMs: progress.seenToMs, problem: null },
    { pair: 'ETH_USDT', seenToMs: null },
  ]);
  expect(pairs[1]?.problem).toContain('gate-io:ETH_USDT');
});

test('lag and dead letters come from the topics', async () => {
  const lagOf = (target: 'transform' | 'persist', partition: number, records: number) => ({
    ...{ function: target, topic: 'any', partition, processedTo: 0, end: records, records },
  });
  const rows = [lagOf('transform', 0, 2), lagOf('transform', 1, 3), lagOf('persist', 0, 0)];
  const counts = new Map([['candles.dead-letter', 7]]);
  const reader = readerOf(session(), {
    lag: () => Promise.resolve(rows),
    recordCount: (topic) => Promise.resolve(counts.get(topic) ?? NaN),
    throttledRequests: () => 12,
  });

  expect(await reader.read()).toMatchObject({
    deadLetters: 7,
    throttledRequests: 12,
    mappings: [
      { name: 'transform', lagRecords: 5 },
      { name: 'persist', lagRecords: 0 },
    ],
  });
});
