import { EventSource } from '../../../local/emulator/event-source';
import type { EventSourceProblem } from '../../../local/emulator/event-source-problem';
import type { FailureDestination } from '../../../local/emulator/failure-destination';
import type { EventRecord } from '../../../local/emulator/kafka-event';
import type { BoundedFailures } from '../../../local/emulator/mapping-failures';
import type { MappingTemplate } from '../../../local/emulator/mapping-template';
import {
  done,
  FakeFeed,
  FakeFunction,
  failure,
  MAPPING,
  record,
  settled,
  TOPIC,
} from './event-source-fakes';

/** Keeps what it is sent, and acknowledges it when the test says so, or at once. */
class FakeDestination implements FailureDestination {
  readonly sent: string[] = [];
  errors: Error[] = [];
  atOnce = true;
  stopped = false;
  #acknowledgements: (() => void)[] = [];

  readonly send = (records: readonly EventRecord[]): Promise<void> => {
    this.sent.push(records.map(({ partition, offset }) => `${partition}@${offset}`).join(' '));
    const error = this.errors.shift();
    if (error) return Promise.reject(error);
    if (this.atOnce) return Promise.resolve();
    return new Promise((resolve) => this.#acknowledgements.push(resolve));
  };

  readonly stop = (): Promise<void> => {
    this.stopped = true;
    return Promise.resolve();
  };

  async acknowledge(): Promise<void> {
    const acknowledge = this.#acknowledgements.shift();
    if (!acknowledge) throw new Error('nothing waits for its acknowledgement');
    acknowledge();
    await settled();
  }
}

const running: EventSource[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((source) => source.stop()));
});

async function startedSource(mapping: Partial<MappingTemplate> = {}) {
  const feed = new FakeFeed();
  const target = new FakeFunction();
  const destination = new FakeDestination();
  const problems: EventSourceProblem[] = [];
  const source = new EventSource({
    mapping: { ...MAPPING, ...mapping },
    bootstrapServers: '127.0.0.1:9092',
    feed,
    invoker: target,
    openDestination: (topic) => {
      if (topic !== 'undelivered') throw new Error(`no such destination: ${topic}`);
      return destination;
    },
    onProblem: (problem) => problems.push(problem),
    retryDelaysMs: { first: 1, longest: 2 },
    stopLimitMs: 30,
    now: () => 100_000,
  });
  running.push(source);
  await source.start();
  return { feed, target, destination, problems, source };
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
    {
      kind: 'records-dropped',
      records: [{ topic: TOPIC, partition: 0, offset: 0 }],
      reason: { kind: 'too-large' },
    },
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
  while (target.events.length < 3) await settled(1);
  await source.stop();
  const tried = target.events.length;
  await settled();
  expect(target.events).toHaveLength(tried);
});

const PROVISIONED: BoundedFailures = {
  kind: 'bounded',
  retryAttempts: 1,
  maxRecordAgeMs: Number.POSITIVE_INFINITY,
  bisect: true,
  reportsItemFailures: true,
  destinationTopic: 'undelivered',
};

/** Answers as a function does that fails on one record, whatever stands beside it. */
function poisonedBy(position: string): FakeFunction['answerOf'] {
  return (records) => (records.includes(position) ? failure : done);
}

test('provisioned: a poison record blocks nothing and goes to the destination', async () => {
  const { feed, target, destination, source } = await startedSource({ failures: PROVISIONED });
  target.answerOf = poisonedBy('0@1');
  feed.give(record(0, 0), record(0, 1), record(0, 2), record(0, 3));
  await settled();
  feed.give(record(0, 4));
  await settled();
  expect(target.events).toEqual([
    '0@0 0@1 0@2 0@3',
    '0@0 0@1',
    '0@0',
    '0@1',
    '0@1',
    '0@2 0@3',
    '0@4',
  ]);
  expect(destination.sent).toEqual(['0@1']);
  expect(feed.committed.at(-1)).toBe('0@5');
  expect([source.dropped, source.batches, source.processedTo(TOPIC, 0)]).toEqual([0, 2, 5]);
});

test('provisioned: a transient failure loses nothing', async () => {
  const { feed, target, destination } = await startedSource({ failures: PROVISIONED });
  target.answerOf = () => (target.events.length === 1 ? failure : done);
  feed.give(record(0, 0), record(1, 0), record(0, 1));
  await settled();
  expect(target.events).toEqual(['0@0 0@1 1@0', '0@0 1@0', '0@1']);
  expect([feed.committed.join(' '), destination.sent]).toEqual(['0@1 1@1 0@2', []]);
});

test('provisioned: nothing is committed past a record that is undecided', async () => {
  const { feed, target, destination } = await startedSource({ failures: PROVISIONED });
  target.atOnce = null;
  feed.give(record(0, 0), record(0, 1), record(0, 2), record(1, 0));
  await settled();
  const itemIdentifier = { partition: `${TOPIC}-0`, offset: 1 };
  const partial = { ok: true, payload: { batchItemFailures: [{ itemIdentifier }] } } as const;
  await target.answer(partial);
  expect(target.events.at(-1)).toBe('0@1');
  expect(feed.committed).toEqual(['0@1 1@1']);

  destination.atOnce = false;
  await target.answer(failure);
  expect(destination.sent).toEqual(['0@1']);
  expect(feed.committed).toEqual(['0@1 1@1']);
  await destination.acknowledge();
  expect(feed.committed).toEqual(['0@1 1@1', '0@3']);
});

test('provisioned: a record that no event can hold goes to the destination', async () => {
  const { feed, target, destination, source } = await startedSource({ failures: PROVISIONED });
  feed.give(record(0, 0, 5_000_000), record(0, 1));
  await settled();
  expect([destination.sent, target.events, source.dropped]).toEqual([['0@0'], ['0@1'], 0]);
});

test('provisioned: the stop gives up what is undecided, and commits nothing of it', async () => {
  const { feed, target, destination, source } = await startedSource({ failures: PROVISIONED });
  target.atOnce = failure;
  destination.atOnce = false;
  feed.give(record(0, 0));
  await settled();
  expect(destination.sent).toEqual(['0@0']);
  await source.stop();
  expect([feed.committed, destination.stopped, feed.stopped]).toEqual([[], true, true]);
});

test('provisioned: reading that starts again gives up what is undecided', async () => {
  const { feed, target, destination } = await startedSource({ failures: PROVISIONED });
  target.atOnce = null;
  feed.give(record(0, 0), record(0, 1));
  await settled();
  feed.sink?.restarted();
  await target.answer(failure);
  feed.give(record(0, 0), record(0, 1));
  await settled();
  await target.answer(done);
  expect(target.events).toEqual(['0@0 0@1', '0@0 0@1']);
  expect([feed.committed, destination.sent]).toEqual([['0@2'], []]);
});
