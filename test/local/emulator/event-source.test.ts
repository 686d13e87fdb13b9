import { EventSource } from '../../../local/emulator/event-source';
import type {
  EventSourceProblem,
  PartitionOffset,
  RecordFeed,
  RecordSink,
} from '../../../local/emulator/event-source';
import type { InvocationResult, Invoker } from '../../../local/emulator/invoker';
import type { KafkaEvent, SourceRecord } from '../../../local/emulator/kafka-event';
import type { MappingTemplate } from '../../../local/emulator/pipeline-template';

const TOPIC = 'candles.observed';
const MAPPING: MappingTemplate = {
  logicalId: 'M',
  topics: [TOPIC],
  target: 'transform',
  consumerGroupId: 'g',
  eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/c/1',
  batchSize: 100,
  windowMs: 0,
  startingPosition: 'TRIM_HORIZON',
  notPlayed: [],
};

function record(partition: number, offset: number, bytes = 1): SourceRecord {
  return {
    topic: TOPIC,
    partition,
    offset,
    timestampMs: 1,
    timestampType: 'CREATE_TIME',
    key: null,
    value: Buffer.alloc(bytes),
    headers: [],
  };
}

/** Hands on what a test gives it and keeps what is committed. */
class FakeFeed implements RecordFeed {
  sink: RecordSink | undefined;
  readonly commits: (readonly PartitionOffset[])[] = [];
  commitErrors: Error[] = [];
  stopped = false;

  start(sink: RecordSink): Promise<void> {
    this.sink = sink;
    return Promise.resolve();
  }

  commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const error = this.commitErrors.shift();
    if (error) return Promise.reject(error);
    this.commits.push(offsets);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  give(...records: SourceRecord[]): void {
    if (!this.sink) throw new Error('not started');
    this.sink.accept(records);
  }

  get committed(): string[] {
    return this.commits.map((offsets) =>
      offsets.map(({ partition, offset }) => `${partition}@${offset}`).join(' '),
    );
  }
}

/** Keeps its events, and answers each when the test says so, or at once. */
class FakeFunction implements Invoker {
  readonly events: string[] = [];
  #answers: ((result: InvocationResult) => void)[] = [];
  atOnce: InvocationResult | null = { ok: true, payload: null };
  most = 0;

  readonly invoke = (event: unknown): Promise<InvocationResult> => {
    const records = Object.values((event as KafkaEvent).records).flat();
    this.events.push(records.map(({ partition, offset }) => `${partition}@${offset}`).join(' '));
    this.most = Math.max(this.most, this.#answers.length + 1);
    if (this.atOnce) return Promise.resolve(this.atOnce);
    return new Promise((resolve) => this.#answers.push(resolve));
  };

  async answer(result: InvocationResult): Promise<void> {
    const answer = this.#answers.shift();
    if (!answer) throw new Error('no invocation waits');
    answer(result);
    await settled();
  }
}

const done: InvocationResult = { ok: true, payload: null };
const failure: InvocationResult = { ok: false, errorType: 'Error', errorMessage: 'no', trace: [] };
const settled = (delayMs = 25): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs));

const running: EventSource[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((source) => source.stop()));
});

async function startedSource(mapping: Partial<MappingTemplate> = {}) {
  const feed = new FakeFeed();
  const target = new FakeFunction();
  const problems: EventSourceProblem[] = [];
  const source = new EventSource({
    mapping: { ...MAPPING, ...mapping },
    bootstrapServers: '127.0.0.1:9092',
    feed,
    invoker: target,
    onProblem: (problem) => problems.push(problem),
    retryDelaysMs: { first: 1, longest: 2 },
    stopLimitMs: 30,
  });
  running.push(source);
  await source.start();
  return { feed, target, problems, source };
}

test('what all partitions have waiting makes one event, then the offsets are committed', async () => {
  const { feed, target, source } = await startedSource();
  feed.give(record(0, 5), record(0, 6));
  feed.give(record(1, 2));
  await settled();
  expect(target.events).toEqual(['0@5 0@6 1@2']);
  expect(feed.committed).toEqual(['0@7 1@3']);
  expect([source.processedTo(TOPIC, 0), source.processedTo(TOPIC, 2)]).toEqual([7, undefined]);
  expect(source.batches).toBe(1);
});

test('while an event is at work the next waits, and nothing is committed', async () => {
  const { feed, target } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0));
  await settled();
  feed.give(record(0, 1), record(1, 0));
  await settled();
  expect([target.events, feed.committed]).toEqual([['0@0'], []]);
  await target.answer(done);
  expect(target.events).toEqual(['0@0', '0@1 1@0']);
  expect(feed.committed).toEqual(['0@1']);
  expect(target.most).toBe(1);
});

test('a failed batch is tried again, the same, before any other, and told each time', async () => {
  const { feed, target, problems } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0), record(0, 1));
  await settled();
  feed.give(record(0, 2));
  await target.answer(failure);
  await target.answer(failure);
  expect(feed.committed).toEqual([]);
  await target.answer(done);
  expect(target.events).toEqual(['0@0 0@1', '0@0 0@1', '0@0 0@1', '0@2']);
  expect(feed.committed).toEqual(['0@2']);
  expect(problems).toMatchObject([
    { kind: 'batch-failed', attempt: 1, records: 2, failure: { errorMessage: 'no' } },
    { kind: 'batch-failed', attempt: 2 },
  ]);
});

test('an event has no more records than the batch size', async () => {
  const { feed, target } = await startedSource({ batchSize: 2 });
  feed.give(record(0, 0), record(0, 1), record(0, 2));
  await settled();
  expect(target.events).toEqual(['0@0 0@1', '0@2']);
});

test('within the window records are collected; a full event does not wait for its end', async () => {
  const { feed, target } = await startedSource({ windowMs: 60_000, batchSize: 3 });
  feed.give(record(0, 0));
  await settled();
  expect(target.events).toEqual([]);
  feed.give(record(1, 0), record(1, 1), record(1, 2));
  await settled();
  expect(target.events).toEqual(['0@0 1@0 1@1']);
});

test('after the window what has come is sent', async () => {
  const { feed, target } = await startedSource({ windowMs: 40 });
  feed.give(record(0, 0));
  await settled(5);
  feed.give(record(0, 1));
  await settled(80);
  expect(target.events).toEqual(['0@0 0@1']);
});

test('a record that no event can hold is dropped, told and counted', async () => {
  const { feed, target, problems, source } = await startedSource();
  feed.give(record(0, 0, 5_000_000), record(0, 1));
  await settled();
  expect(target.events).toEqual(['0@1']);
  expect(problems).toMatchObject([
    { kind: 'record-dropped', topic: TOPIC, partition: 0, offset: 0 },
  ]);
  expect(source.dropped).toBe(1);
  expect(source.processedTo(TOPIC, 0)).toBe(2);
});

test('reading that starts again forgets what waits and gives up what is retried', async () => {
  const { feed, target } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0));
  await settled();
  feed.give(record(0, 1));
  feed.sink?.restarted();
  await target.answer(failure);
  expect(target.events).toEqual(['0@0']);
  feed.give(record(0, 0), record(0, 1));
  await settled();
  expect(target.events).toEqual(['0@0', '0@0 0@1']);
  await target.answer(done);
});

test('there is room until about an event waits', async () => {
  const { feed, target } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0, 1_000_000));
  await settled();
  expect(await feed.sink?.hasRoom(1)).toBe(true);
  for (let offset = 1; offset < 6; offset += 1) feed.give(record(0, offset, 1_000_000));
  expect(await feed.sink?.hasRoom(1)).toBe(false);
  await target.answer(done);
  expect(await feed.sink?.hasRoom(1)).toBe(true);
});

test('offsets that could not be committed are committed later', async () => {
  const { feed, problems } = await startedSource();
  feed.commitErrors = [new Error('no coordinator')];
  feed.give(record(0, 0));
  await settled(800);
  expect(problems).toMatchObject([{ kind: 'commit-failed' }]);
  expect(feed.committed).toEqual(['0@1']);
});

test('the stop lets the invocation that runs finish and commits it', async () => {
  const { feed, target, source } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0));
  await settled();
  feed.give(record(0, 1));
  const stopping = source.stop();
  await target.answer(done);
  await stopping;
  expect(feed.stopped).toBe(true);
  expect(feed.committed).toEqual(['0@1']);
});

test('the stop does not wait for an invocation for ever, and commits nothing of it', async () => {
  const { feed, target, source } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0));
  await settled();
  await source.stop();
  expect([feed.stopped, feed.committed]).toEqual([true, []]);
});

test('the stop ends endless retries', async () => {
  const { feed, target, source } = await startedSource();
  target.atOnce = failure;
  feed.give(record(0, 0));
  await settled();
  await source.stop();
  const tried = target.events.length;
  expect(tried).toBeGreaterThan(2);
  await settled();
  expect(target.events).toHaveLength(tried);
});
