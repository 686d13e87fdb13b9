import { readProgress } from '../../local/run/market';
import { readFile } from 'node:fs/promises';
import { type Schema, Type } from 'avsc';
import deadLetterSchema from '../../schemas/candles.dead-letter.v2.json';
import observedSchema from '../../schemas/candles.observed.v3.json';
import rolledSchema from '../../schemas/candles.rolled.v3.json';
import { MINUTE_MS, RecordedRun, UNKNOWN_PAIR } from './support/recorded-run';
import { differences } from './support/stored-rows';
import { areThere } from './support/test-engines';
import { type TopicEnds, type TopicRecord, total } from './support/topic-records';
import { until } from './support/waiting';

/**
 * One run for all of the file: each case plays on from where the one before it
 * ended, and everything that was ever stored is held against the recording again.
 */
const OBSERVED = 'candles.observed';
const ROLLED = 'candles.rolled';
const DEAD_LETTER = 'candles.dead-letter';

const START_MS = Date.parse('2018-01-22T00:00:00Z');
const DAY_MINUTES = 1_440;
const LIMIT_MS = 10 * MINUTE_MS;
/** Of Glue's wire format: two bytes and the schema version's id. */
const HEADER_BYTES = 18;

const recorded = new RecordedRun({ fromMs: START_MS });
/** The topics as they were before the catch-up. */
let beforeCatchUp: Readonly<Record<string, TopicEnds>>;

beforeAll(() => recorded.start(), LIMIT_MS);

afterAll(() => recorded.stop(), LIMIT_MS);

afterEach(() => {
  recorded.faults.clear();
});

async function expectAllStored(): Promise<void> {
  await recorded.caughtUp();
  await recorded.expectStoredEqualsRecorded();
  await recorded.expectProgressAtTheEnd();
}

async function ends(...topics: string[]): Promise<Record<string, TopicEnds>> {
  const lists = await Promise.all(
    topics.map(async (topic) => [topic, await recorded.topics.ends(topic)] as const),
  );
  return Object.fromEntries(lists);
}

/** Adds records to a topic again, as they are, and waits until all that follows is done. */
async function repeat(topic: string, records: readonly TopicRecord[]): Promise<void> {
  await recorded.topics.append(topic, records);
  await recorded.caughtUp();
}

test(
  'a recorded day, tick by tick and over its end, equals the recording and the exchange',
  async () => {
    await recorded.play(DAY_MINUTES + 10);

    await expectAllStored();
    await recorded.expectFiveMinutesEqualExchange();
  },
  LIMIT_MS,
);

test(
  'one tick brings all of more than a day without ticks',
  async () => {
    beforeCatchUp = await ends(OBSERVED, ROLLED);

    await recorded.catchUp(DAY_MINUTES + 197);

    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'the same records again, and in reverse order, change nothing',
  async () => {
    await recorded.play(10);
    await expectAllStored();
    const before = await recorded.use((tables) => tables.observations());
    const stretch = await recordsSince(beforeCatchUp);
    expect(Math.min(stretch.observed.length, stretch.rolled.length)).toBeGreaterThan(20);

    await repeat(OBSERVED, stretch.observed);
    await repeat(ROLLED, stretch.rolled);
    await repeat(OBSERVED, stretch.observed.toReversed());
    await repeat(ROLLED, stretch.rolled.toReversed());

    await expectAllStored();
    const after = await recorded.use((tables) => tables.observations());
    expect(differences(after, before)).toEqual([]);
  },
  LIMIT_MS,
);

async function recordsSince(marks: Readonly<Record<string, TopicEnds>>) {
  const { topics } = recorded;
  return {
    observed: await topics.since(OBSERVED, marks[OBSERVED] ?? new Map()),
    rolled: await topics.since(ROLLED, marks[ROLLED] ?? new Map()),
  };
}

/** Records that make much work: those of the longest segments, each as often as is said. */
async function copiesOfLongest(topic: string, times: number): Promise<TopicRecord[]> {
  const records = await recorded.topics.since(topic, beforeCatchUp[topic] ?? new Map());
  const longest = records.toSorted((a, b) => b.value.length - a.value.length).slice(0, 2);
  return longest.flatMap((record) => Array.from({ length: times }, () => record));
}

function deaths(name: string) {
  return recorded.reports.filter(
    ({ function: of, result }) =>
      of === name && !result.ok && result.errorType === 'Runtime.ExitError',
  );
}

test(
  'persist killed in the middle of a batch',
  async () => {
    const fromMs = recorded.playedToMs;
    const { persist } = recorded.run.pipeline.functions;
    const [startsBefore, pidBefore] = [persist.starts, persist.pid];
    // What is to be stored waits, so that it makes one long batch: a day, work, two days.
    recorded.signal('persist', 'SIGSTOP');
    await recorded.tickAfter(DAY_MINUTES);
    await rolledUp();
    await recorded.topics.append(ROLLED, await copiesOfLongest(ROLLED, 8));
    await recorded.tickAfter(DAY_MINUTES);
    await rolledUp();
    recorded.signal('persist', 'SIGCONT');

    const atTheKill = await recorded.use(async (tables) => {
      const stored = (pair: string) => tables.minutesOfDay(pair, fromMs);
      const isSeen = async (pair: string) => (await stored(pair)) > 0;
      await until('some of it is stored', async () =>
        (await Promise.all(['ETH_BTC', 'POWR_BTC'].map(isSeen))).every(Boolean),
      );
      recorded.signal('persist', 'SIGSTOP');
      return { rows: (await tables.candles()).size, progress: await tables.progress() };
    });
    recorded.signal('persist', 'SIGKILL');
    await until('the death is reported', () => deaths('persist').length > 0);

    await expectAllStored();
    const all = await recorded.use((tables) => tables.candles());
    expect(atTheKill.rows).toBeLessThan(all.size);
    expect(atTheKill.progress.map(({ seenToMs }) => seenToMs)).not.toContain(recorded.playedToMs);
    expect(deaths('persist')).toMatchObject([
      { pid: pidBefore, result: { errorMessage: expect.stringContaining('SIGKILL') as string } },
    ]);
    expect(persist.starts).toBe(startsBefore + 1);
  },
  LIMIT_MS,
);

/** Waits until transform has answered for all that was observed. */
async function rolledUp(): Promise<void> {
  await until('all is rolled up', async () => {
    const lags = await recorded.run.pipeline.lag();
    return lags.every(({ topic, records }) => topic !== OBSERVED || records === 0);
  });
}

test(
  'transform killed in the middle of an invocation',
  async () => {
    const { transform } = recorded.run.pipeline.functions;
    const pidBefore = transform.pid;
    const before = await ends(OBSERVED, ROLLED);
    recorded.signal('transform', 'SIGSTOP');
    await recorded.tickAfter(DAY_MINUTES + 30);
    const fresh = total(await recorded.topics.ends(OBSERVED)) - totalOf(before, OBSERVED);
    const copies = await copiesOfLongest(OBSERVED, 14);
    await recorded.topics.append(OBSERVED, copies);
    recorded.signal('transform', 'SIGCONT');

    // The first batch holds fresh records at most; what it writes later comes from a batch of all.
    const written = await recorded.topics.watch(ROLLED, async (rolledEnds) => {
      const count = async () => total(await rolledEnds()) - totalOf(before, ROLLED);
      await until('a part of it is rolled up', async () => (await count()) > fresh);
      recorded.signal('transform', 'SIGSTOP');
      return count();
    });
    recorded.signal('transform', 'SIGKILL');
    await until('the death is reported', () => deaths('transform').length > 0);

    await expectAllStored();
    expect(written).toBeLessThan(fresh + copies.length);
    expect(deaths('transform')).toMatchObject([
      { pid: pidBefore, result: { errorMessage: expect.stringContaining('SIGKILL') as string } },
    ]);
  },
  LIMIT_MS,
);

function totalOf(marks: Readonly<Record<string, TopicEnds>>, topic: string): number {
  return total(marks[topic] ?? new Map());
}

/** How often an event source had a failed batch. */
function failedBatches(target: string): number {
  return recorded.problems.filter((one) => one.target === target && one.kind === 'batch-failed')
    .length;
}

test(
  'Cassandra killed for some ticks, and started again',
  async () => {
    const marks = await ends(OBSERVED, ROLLED);
    await recorded.play(5);
    const { observed, rolled } = await recordsSince(marks);
    const [transformFailed, persistFailed] = ['transform', 'persist'].map(failedBatches);

    await recorded.run.engines.cassandra.kill();
    const answers = [await recorded.tickAfter(1), await recorded.tickAfter(1)];
    await recorded.topics.append(OBSERVED, observed);
    await recorded.topics.append(ROLLED, rolled);
    await until('transform has failed', () => failedBatches('transform') > (transformFailed ?? 0));
    await until('persist has failed', () => failedBatches('persist') > (persistFailed ?? 0));
    await recorded.run.engines.cassandra.start();
    await recorded.play(10);

    expect(answers.map(({ ok }) => ok)).toEqual([false, false]);
    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'Kafka killed for a tick, and started again',
  async () => {
    await recorded.play(5);

    await recorded.run.engines.kafka.kill();
    // One only: fetch waits for the brokers as long as its time allows.
    const { ok } = await recorded.tickAfter(1);
    await recorded.run.engines.kafka.start();
    await recorded.play(10);

    expect(ok).toBe(false);
    await expectAllStored();
  },
  LIMIT_MS,
);

/** A value in a topic, read and written with the schema alone, without any check of the project's. */
function valueType(schema: object): Type {
  return Type.forSchema(schema as Schema);
}

interface Prices {
  high: string;
  low: string;
}

function withBody(value: Buffer, body: Buffer): Buffer {
  return Buffer.concat([value.subarray(0, HEADER_BYTES), body]);
}

/** Bytes of any kind; a broken body behind a good header; and a first candle whose low is above its high. */
function corruptions(value: Buffer, schema: object, firstCandle: (segment: unknown) => Prices) {
  const type = valueType(schema);
  const segment: unknown = type.fromBuffer(value.subarray(HEADER_BYTES));
  const candle = firstCandle(segment);
  candle.low = `9${candle.high}`;
  return [
    Buffer.from('these bytes are none of the wire format'),
    withBody(value, Buffer.alloc(40, 0xff)),
    withBody(value, type.toBuffer(segment)),
  ];
}

test(
  'corrupt records become dead letters, and those after them are processed',
  async () => {
    const marks = await ends(OBSERVED, ROLLED, DEAD_LETTER);
    await recorded.play(5);
    await recorded.caughtUp();
    const { observed, rolled } = await recordsSince(marks);
    const [ofObserved, ofRolled] = [withCandles(observed), withCandles(rolled)];

    const bad = [
      ...(await appendCorrupt(OBSERVED, ofObserved, observedSchema, firstMinute)),
      ...(await appendCorrupt(ROLLED, ofRolled, rolledSchema, firstWindow)),
    ];
    await recorded.play(5);

    await expectAllStored();
    const letters = await recorded.topics.since(DEAD_LETTER, marks[DEAD_LETTER] ?? new Map());
    const type = valueType(deadLetterSchema);
    const read = letters.map(
      ({ value }) =>
        type.fromBuffer(value.subarray(HEADER_BYTES)) as { topic: string; offset: number },
    );
    expect(read.toSorted((a, b) => order(a) - order(b))).toMatchObject(bad);
  },
  LIMIT_MS,
);

/** Observed before rolled, and then in the order in which they were written. */
function order({ topic, offset }: { topic: string; offset: number }): number {
  return (topic === OBSERVED ? 0 : 1e12) + offset;
}

const REASONS = [/WireFormatError: .*header/, /WireFormatError: .*schema/, /InvalidCandleError: /];

/** Appends corrupt versions of a record; gives the dead letters that must come of them. */
async function appendCorrupt(
  topic: string,
  { key, partition, value }: TopicRecord,
  schema: object,
  firstCandle: (segment: unknown) => Prices,
) {
  const values = corruptions(value, schema, firstCandle);
  const records = values.map((corrupt) => ({ key, partition, value: corrupt }));
  const written = await recorded.topics.append(topic, records);
  return written.map((record, index) => ({
    ...record,
    topic,
    function: topic === OBSERVED ? 'transform' : 'persist',
    reason: expect.stringMatching(REASONS[index] ?? /$^/) as string,
  }));
}

/** A record of the liquid pair: there is a candle in it. */
function withCandles(records: readonly TopicRecord[]): TopicRecord {
  const [record] = records.filter(({ key }) => key === 'gate-io:ETH_BTC');
  if (record === undefined) throw new Error('No record of ETH_BTC was written');
  return record;
}

function firstMinute(segment: unknown): Prices {
  return first((segment as { minutes: Prices[] }).minutes);
}

function firstWindow(segment: unknown): Prices {
  return first(first((segment as { candles: { candles: Prices[] }[] }).candles.slice(1)).candles);
}

function first<T>(list: readonly T[]): T {
  const [one] = list;
  if (one === undefined) throw new Error('The list is empty');
  return one;
}

test(
  'an exchange that limits and fails is asked again within the tick',
  async () => {
    recorded.faults.failNext('rate-limited', { pair: 'ETH_BTC' });
    recorded.faults.failNext('server-error', { pair: 'ETH_BTC', times: 2 });
    recorded.faults.failNext('bad-gateway', { pair: 'POWR_BTC' });

    const answer = await recorded.tickAfter(1);

    expect(recorded.faults.pendingAnswers()).toBe(0);
    expect(answer.ok).toBe(true);
    await expectAllStored();
  },
  LIMIT_MS,
);

test.each(['malformed-json', 'html'] as const)(
  'while one pair is answered garbage (%s), the other goes on',
  async (garbage) => {
    const stoppedAtMs = recorded.playedToMs;
    recorded.faults.failNext(garbage, { pair: 'ETH_BTC', times: Infinity });

    // Few ticks: at each of them fetch asks again as long as its time allows.
    await recorded.play(2, ['POWR_BTC']);
    const meanwhile = await recorded.use((tables) => tables.progress());
    recorded.faults.clear();
    await recorded.play(2);

    expect(meanwhile).toMatchObject([
      { pair: 'ETH_BTC', seenToMs: stoppedAtMs },
      { pair: 'POWR_BTC', seenToMs: stoppedAtMs + 2 * MINUTE_MS },
    ]);
    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'while one pair waits for an answer that hangs, the other is stored',
  async () => {
    const stoppedAtMs = recorded.playedToMs;
    recorded.faults.failNext('hang', { pair: 'ETH_BTC' });
    let isAnswered = false;

    const tick = recorded.tickAfter(1).finally(() => (isAnswered = true));
    await seen('POWR_BTC', stoppedAtMs + MINUTE_MS);
    const whileItHangs = { isAnswered, progress: await recorded.use((all) => all.progress()) };
    const answer = await tick;

    expect(whileItHangs).toMatchObject({
      isAnswered: false,
      progress: [{ seenToMs: stoppedAtMs }, { seenToMs: stoppedAtMs + MINUTE_MS }],
    });
    expect(answer.ok).toBe(true);
    await expectAllStored();
  },
  LIMIT_MS,
);

async function seen(pair: string, toMs: number): Promise<void> {
  const { store } = recorded.run;
  await until(`${pair} is stored`, async () => {
    const progress = await readProgress(store, [pair]);
    return progress.get(pair)?.seenToMs === toMs;
  });
}

test(
  'a minute that the exchange publishes late is stored',
  async () => {
    const lateMs = recorded.playedToMs;
    const published = recorded.minutes('ETH_BTC', lateMs, lateMs + 3 * MINUTE_MS);
    expect(published).toHaveLength(3);
    recorded.faults.hideMinute('ETH_BTC', lateMs, lateMs + 3 * MINUTE_MS);

    await recorded.play(2);
    const before = await recorded.use((tables) => tables.minutesOfDay('ETH_BTC', lateMs));
    await recorded.play(1);
    await expectAllStored();

    const after = await recorded.use((tables) => tables.minutesOfDay('ETH_BTC', lateMs));
    expect([before, after]).toEqual([1, 3]);
  },
  LIMIT_MS,
);

test(
  'a candle that the exchange corrects is stored as corrected',
  async () => {
    const openTimeMs = recorded.playedToMs;
    expect(recorded.minutes('ETH_BTC', openTimeMs, openTimeMs + MINUTE_MS)).toHaveLength(1);
    const prices = { open: '2', high: '4', low: '1', close: '3' };
    const wrong = { openTimeMs, ...prices, baseVolume: '5000', quoteVolume: '6000' };
    recorded.faults.answerInstead('ETH_BTC', wrong, openTimeMs + 3 * MINUTE_MS);

    await recorded.play(2);
    const before = await recorded.use((tables) => tables.candles());
    await recorded.play(1);

    const at = new Date(openTimeMs).toISOString();
    expect(before.get(`ETH_BTC 1m ${at}`)).toContain(' 200000000 400000000 100000000 300000000 ');
    await expectAllStored();
  },
  LIMIT_MS,
);

test(
  'a pair that the exchange does not know has held nobody up',
  async () => {
    await recorded.play(1);

    await expectAllStored();
    const log = await readFile(recorded.logFile('fetch'), 'utf8');
    const told = log.split('\n').filter((line) => line.includes('market unknown to the exchange'));
    // At every tick of its first hour, and less and less often from then on.
    expect(told.filter((line) => line.includes(UNKNOWN_PAIR)).length).toBeGreaterThan(60);
    const progress = await readProgress(recorded.run.store, [UNKNOWN_PAIR]);
    expect(progress.size).toBe(0);
  },
  LIMIT_MS,
);

test(
  'at the end nothing is left running',
  async () => {
    const parts = recorded.parts();
    expect(await areThere(parts)).toEqual([true, true, true, true, true, true]);

    await recorded.stop();

    expect(await areThere(parts)).toEqual([false, false, false, false, false, false]);
  },
  LIMIT_MS,
);
