import { Client } from 'cassandra-driver';
import { Kafka, logLevel } from 'kafkajs';
import { createDayLedger } from '../../lambdas/shared/adapters/database/day-ledger';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import { LOCAL_DATA_CENTER } from '../../local/engines/engine-answers';
import { marketOf } from '../../local/run/market';
import { MINUTE_MS, RecordedRun } from './support/recorded-run';
import { copyCandles, putCandlesBack } from './support/restored-candles';
import { differences, expectedRows } from './support/stored-rows';
import { total } from './support/topic-records';
import { until } from './support/waiting';

/**
 * What the headings "Losing things" of the runbook say, on real engines: tables
 * and brokers that are gone, and a table that is put back as it was earlier.
 */
const START_MS = Date.parse('2018-01-26T10:00:00Z');
const HISTORY_START = '2018-01-24';
const HISTORY_MS = Date.parse(`${HISTORY_START}T00:00:00Z`);
const LIMIT_MS = 8 * MINUTE_MS;
const PAIRS = ['ETH_BTC', 'POWR_BTC'];

const recorded = new RecordedRun({ fromMs: START_MS, historyStart: HISTORY_START });

beforeAll(async () => {
  await recorded.start();
  await recorded.play(2);
  expect(await recorded.reconcile()).toMatchObject({ ok: true });
  await expectAllStored();
}, LIMIT_MS);

afterAll(() => recorded.stop(), LIMIT_MS);

/** Every row of every interval, from the start of history to the last tick, is that of the recording. */
async function expectAllStored(): Promise<void> {
  const { playedToMs: toMs } = recorded;
  const expected = PAIRS.flatMap((pair) => [
    ...expectedRows(pair, recorded.minutes(pair, HISTORY_MS, toMs), { fromMs: HISTORY_MS, toMs }),
  ]);
  const stored = await recorded.use((tables) => tables.candles());
  expect(differences(stored, new Map(expected))).toEqual([]);
}

/** Does with the tables what no function would. */
async function withTables<T>(work: (client: Client) => Promise<T>): Promise<T> {
  const { engines, template } = recorded.run;
  const client = new Client({
    contactPoints: [engines.cassandra.endpoint],
    localDataCenter: LOCAL_DATA_CENTER,
    keyspace: template.functions.persist.environment['CASSANDRA_KEYSPACE'] ?? '',
    socketOptions: { readTimeout: MINUTE_MS },
  });
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.shutdown();
  }
}

test(
  'the tables are gone: history fills itself again, and the live loop goes on',
  async () => {
    const { CASSANDRA_KEYSPACE: keyspace = '' } =
      recorded.run.template.functions.persist.environment;

    await recorded.deployAgain(() =>
      withTables((client) => client.execute(`DROP KEYSPACE ${keyspace}`)),
    );
    expect(await recorded.use((tables) => tables.candles())).toEqual(new Map());
    await recorded.play(2);
    expect(await recorded.reconcile()).toMatchObject({ ok: true });

    await expectAllStored();
  },
  LIMIT_MS,
);

/** Deletes the topics with all records, and what the event sources know of them. */
async function loseBrokers(): Promise<void> {
  const { engines, template } = recorded.run;
  const brokers = [engines.kafka.endpoint];
  const admin = new Kafka({ clientId: 'loss', brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    const { groups } = await admin.listGroups();
    await admin.deleteGroups(groups.map(({ groupId }) => groupId));
    const topics = template.topics.map(({ name }) => name);
    await admin.deleteTopics({ topics });
    await until('the topics are gone', async () => {
      const left = await admin.listTopics();
      return !topics.some((topic) => left.includes(topic));
    });
  } finally {
    await admin.disconnect();
  }
}

test(
  'the brokers are gone, with records that were not stored yet: the next tick brings them again',
  async () => {
    const rolledBefore = total(await recorded.topics.ends(TOPICS.rolled));
    recorded.signal('persist', 'SIGSTOP');
    await recorded.tickAfter(3);
    await until(
      'the tick is rolled up',
      async () => total(await recorded.topics.ends(TOPICS.rolled)) > rolledBefore + 1,
    );
    recorded.signal('persist', 'SIGKILL');

    await recorded.deployAgain(loseBrokers);
    expect(total(await recorded.topics.ends(TOPICS.rolled))).toBe(0);
    await recorded.play(2);

    await expectAllStored();
  },
  LIMIT_MS,
);

/** Deletes a market's progress, so that its live loop begins at midnight again. */
function forgetProgress(pair: string): string {
  return `DELETE FROM progress USING TIMESTAMP ${recorded.playedToMs * 1_000}
    WHERE exchange = 'gate-io' AND pair = '${pair}'`;
}

test(
  'the candles are put back as they were an hour ago: they are asked for again',
  async () => {
    const earlier = await withTables(copyCandles);
    await recorded.play(60);

    await recorded.deployAgain(() =>
      withTables(async (client) => {
        await client.execute('TRUNCATE candles');
        await putCandlesBack(client, earlier);
        for (const pair of PAIRS) await client.execute(forgetProgress(pair));
      }),
    );
    expect(await recorded.differences()).not.toEqual([]);
    await recorded.play(2);

    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'a past day that was damaged is whole again once it is repaired',
  async () => {
    const partition = `exchange = 'gate-io' AND pair = 'ETH_BTC' AND interval = '1m' AND bucket = '2018-01-25'`;
    await withTables((client) =>
      client.execute(
        `DELETE FROM candles USING TIMESTAMP ${recorded.playedToMs * 1_000} WHERE ${partition}`,
      ),
    );
    const ledger = createDayLedger(recorded.run.session);
    await ledger.reopenDay(marketOf('ETH_BTC'), Date.parse('2018-01-25'), recorded.playedToMs);

    await recorded.play(1);
    expect(await recorded.reconcile()).toMatchObject({ ok: true });

    await expectAllStored();
  },
  LIMIT_MS,
);
