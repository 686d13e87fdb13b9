import { BoundedRetries } from '../../../../../local/emulator/event-source/delivery/bounded-retries';
import type { DeliveryRun } from '../../../../../local/emulator/event-source/delivery/delivery';
import type { EventSourceProblem } from '../../../../../local/emulator/event-source/event-source-problem';
import type { InvocationResult } from '../../../../../local/emulator/lambda/invoker';
import type { EventRecord } from '../../../../../local/emulator/event-source/kafka-event';
import type { BoundedFailures } from '../../../../../local/emulator/template/mapping-failures';
import { eventRecord, eventRecords, positionsOf } from '../event-records';

const DONE: InvocationResult = { ok: true, payload: null };
const FAILED: InvocationResult = { ok: false, errorType: 'E', errorMessage: 'no', trace: [] };
const FAILURES: BoundedFailures = {
  kind: 'bounded',
  retryAttempts: 2,
  maxRecordAgeMs: Number.POSITIVE_INFINITY,
  bisect: false,
  reportsItemFailures: false,
  destinationTopic: 'undelivered',
};

/** One delivery: what was invoked, sent, settled and reported, in that order. */
class Scene {
  readonly steps: string[] = [];
  readonly problems: EventSourceProblem[] = [];
  readonly ending = new AbortController();
  answer: (positions: string) => InvocationResult = () => DONE;
  sendErrors: Error[] = [];
  nowMs = 1_000;
  isWanted = true;

  run(): DeliveryRun {
    return {
      invoke: (records) => {
        this.steps.push(`invoke ${positionsOf(records)}`);
        return Promise.resolve(this.answer(positionsOf(records)));
      },
      settle: (records) => {
        if (records.length > 0) this.steps.push(`settle ${positionsOf(records)}`);
      },
      isWanted: () => this.isWanted,
      waitFor: (work) => work,
      ending: this.ending.signal,
    };
  }

  delivery(failures: Partial<BoundedFailures>): BoundedRetries {
    const send = (records: readonly EventRecord[]): Promise<void> => {
      this.steps.push(`send ${positionsOf(records)}`);
      const error = this.sendErrors.shift();
      return error ? Promise.reject(error) : Promise.resolve();
    };
    const port = { send, stop: () => Promise.reject(new Error('not the delivery to stop it')) };
    const all = { ...FAILURES, ...failures };
    return new BoundedRetries({
      failures: all,
      destination: all.destinationTopic === null ? null : { name: all.destinationTopic, port },
      delays: { first: 0, longest: 1 },
      report: (problem) => this.problems.push(problem),
      now: () => this.nowMs,
    });
  }

  deliver(failures: Partial<BoundedFailures>, ...positions: string[]): Promise<boolean> {
    return this.delivery(failures).deliver(eventRecords(...positions), this.run());
  }
}

const answering = (...offsets: number[]): InvocationResult => ({
  ok: true,
  payload: {
    batchItemFailures: offsets.map((offset) => ({
      itemIdentifier: { partition: 't-0', offset },
    })),
  },
});

test('what succeeds is settled', async () => {
  const scene = new Scene();
  expect(await scene.deliver({}, '0@1', '1@1')).toBe(true);
  expect([scene.steps, scene.problems]).toEqual([['invoke 0@1 1@1', 'settle 0@1 1@1'], []]);
});

test('a failed batch is tried again whole, then all of it goes to the destination', async () => {
  const scene = new Scene();
  scene.answer = () => FAILED;
  expect(await scene.deliver({}, '0@1', '0@2')).toBe(true);
  const invoked = 'invoke 0@1 0@2';
  expect(scene.steps).toEqual([invoked, invoked, invoked, 'send 0@1 0@2', 'settle 0@1 0@2']);
  expect(scene.problems).toMatchObject([
    { kind: 'batch-failed', attempt: 1, records: 2, failure: { errorMessage: 'no' } },
    { kind: 'batch-failed', attempt: 2 },
    {
      kind: 'records-sent',
      destination: 'undelivered',
      records: [
        { topic: 't', partition: 0, offset: 1 },
        { topic: 't', partition: 0, offset: 2 },
      ],
      reason: { kind: 'retries-used-up', retryAttempts: 2, failure: { errorMessage: 'no' } },
    },
  ]);
});

test('a failure that passes within the retries loses nothing', async () => {
  const scene = new Scene();
  scene.answer = () => (scene.steps.length < 3 ? FAILED : DONE);
  await scene.deliver({}, '0@1', '0@2');
  expect(scene.steps.at(-1)).toBe('settle 0@1 0@2');
  expect(scene.problems.map(({ kind }) => kind)).toEqual(['batch-failed', 'batch-failed']);
});

test('with no retries the first failure decides', async () => {
  const scene = new Scene();
  scene.answer = () => FAILED;
  await scene.deliver({ retryAttempts: 0 }, '0@1');
  expect(scene.steps).toEqual(['invoke 0@1', 'send 0@1', 'settle 0@1']);
});

test('bisect leaves only the poison record undone, and keeps the order', async () => {
  const scene = new Scene();
  scene.answer = (positions) => (positions.includes('0@3') ? FAILED : DONE);
  await scene.deliver({ bisect: true, retryAttempts: 1 }, '0@1', '0@2', '0@3', '0@4', '0@5');
  expect(scene.steps).toEqual([
    'invoke 0@1 0@2 0@3 0@4 0@5',
    'invoke 0@1 0@2 0@3',
    'invoke 0@1 0@2',
    'settle 0@1 0@2',
    'invoke 0@3',
    'invoke 0@3',
    'send 0@3',
    'settle 0@3',
    'invoke 0@4 0@5',
    'settle 0@4 0@5',
  ]);
});

test('of a partial answer only what failed is tried again', async () => {
  const scene = new Scene();
  const failures = { reportsItemFailures: true, bisect: true, retryAttempts: 1 };
  scene.answer = (positions) => (positions.includes(' ') ? answering(2, 3) : DONE);
  await scene.deliver(failures, '0@1', '0@2', '0@3', '0@4');
  expect(scene.steps).toEqual([
    'invoke 0@1 0@2 0@3 0@4',
    'settle 0@1 0@4',
    // Now all that it got is named: nothing is known of either, so each is tried on its own.
    'invoke 0@2 0@3',
    'invoke 0@2',
    'settle 0@2',
    'invoke 0@3',
    'settle 0@3',
  ]);
});

test('what partial answers name again and again goes to the destination alone', async () => {
  const scene = new Scene();
  scene.answer = (positions) => (positions.includes('0@2') ? answering(2) : DONE);
  await scene.deliver({ reportsItemFailures: true, retryAttempts: 1 }, '0@1', '0@2', '0@3');
  expect(scene.steps).toEqual([
    'invoke 0@1 0@2 0@3',
    'settle 0@1 0@3',
    'invoke 0@2',
    'send 0@2',
    'settle 0@2',
  ]);
});

test('a record that has become too old is not tried any more', async () => {
  const scene = new Scene();
  const [old, young] = [eventRecord('0@1'), { ...eventRecord('0@2'), timestamp: 70_000 }];
  scene.nowMs = 62_000;
  await scene.delivery({ maxRecordAgeMs: 60_000 }).deliver([old, young], scene.run());
  expect(scene.steps).toEqual(['send 0@1', 'settle 0@1', 'invoke 0@2', 'settle 0@2']);
  expect(scene.problems).toMatchObject([
    { kind: 'records-sent', reason: { kind: 'too-old', maxRecordAgeMs: 60_000 } },
  ]);
});

test('endless retries end as the record becomes too old', async () => {
  const scene = new Scene();
  scene.answer = () => {
    scene.nowMs += 20_000;
    return FAILED;
  };
  const failures = { retryAttempts: Number.POSITIVE_INFINITY, maxRecordAgeMs: 60_000 };
  await scene.deliver(failures, '0@1');
  expect(scene.steps.filter((step) => step === 'invoke 0@1')).toHaveLength(4);
  expect(scene.steps.slice(-2)).toEqual(['send 0@1', 'settle 0@1']);
});

test('a destination that fails is tried again, and nothing is settled before it has it', async () => {
  const scene = new Scene();
  scene.answer = () => FAILED;
  scene.sendErrors = [new TypeError('no leader'), new Error('not enough replicas')];
  await scene.deliver({ retryAttempts: 0 }, '0@1');
  expect(scene.steps).toEqual(['invoke 0@1', 'send 0@1', 'send 0@1', 'send 0@1', 'settle 0@1']);
  expect(scene.problems).toMatchObject([
    { kind: 'destination-failed', destination: 'undelivered', error: { message: 'no leader' } },
    { kind: 'destination-failed', error: { message: 'not enough replicas' } },
    { kind: 'records-sent' },
  ]);
});

test('without a destination records are dropped, and it is reported', async () => {
  const scene = new Scene();
  scene.answer = () => FAILED;
  await scene.deliver({ retryAttempts: 0, destinationTopic: null }, '0@1');
  expect(scene.steps).toEqual(['invoke 0@1', 'settle 0@1']);
  expect(scene.problems).toMatchObject([
    { kind: 'records-dropped', records: [{ offset: 1 }], reason: { kind: 'retries-used-up' } },
  ]);
});

test('a record that no event can hold goes to the destination', async () => {
  const scene = new Scene();
  await scene.delivery({}).deliverOversized(eventRecord('0@1'), 7_000_000, scene.run());
  expect(scene.steps).toEqual(['send 0@1', 'settle 0@1']);
  expect(scene.problems).toMatchObject([{ reason: { kind: 'too-large', jsonBytes: 7_000_000 } }]);
});

test('a run that ends gives up what is undecided and discards nothing', async () => {
  const scene = new Scene();
  scene.answer = (positions) => {
    if (positions !== '0@1') return FAILED;
    scene.isWanted = false;
    return DONE;
  };
  expect(await scene.deliver({ bisect: true, retryAttempts: 0 }, '0@1', '0@2')).toBe(false);
  expect(scene.steps).toEqual(['invoke 0@1 0@2', 'invoke 0@1', 'settle 0@1']);
});
