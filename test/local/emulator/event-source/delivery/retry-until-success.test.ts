import type { DeliveryRun } from '../../../../../local/emulator/event-source/delivery/delivery';
import type { EventSourceProblem } from '../../../../../local/emulator/event-source/event-source-problem';
import type { InvocationResult } from '../../../../../local/emulator/lambda/invoker';
import { RetryUntilSuccess } from '../../../../../local/emulator/event-source/delivery/retry-until-success';
import { eventRecord, eventRecords, positionsOf } from '../event-records';

const DONE: InvocationResult = { ok: true, payload: null };
const FAILED: InvocationResult = { ok: false, errorType: 'E', errorMessage: 'no', trace: [] };

function setUp(...answers: InvocationResult[]) {
  const steps: string[] = [];
  const problems: EventSourceProblem[] = [];
  let isWanted = true;
  const run: DeliveryRun = {
    invoke: (records) => {
      steps.push(`invoke ${positionsOf(records)}`);
      const answer = answers.shift();
      if (!answer) throw new Error('one invocation too many');
      isWanted &&= answers.length > 0;
      return Promise.resolve(answer);
    },
    settle: (records) => steps.push(`settle ${positionsOf(records)}`),
    isWanted: () => isWanted,
    waitFor: (work) => work,
    ending: new AbortController().signal,
  };
  const report = (problem: EventSourceProblem): number => problems.push(problem);
  const delivery = new RetryUntilSuccess({ first: 0, longest: 1 }, report);
  return { delivery, run, steps, problems };
}

test('a failed batch is tried again whole until it succeeds, however often that is', async () => {
  const failures = Array.from({ length: 30 }, () => FAILED);
  const { delivery, run, steps, problems } = setUp(...failures, DONE);
  expect(await delivery.deliver(eventRecords('0@1', '0@2'), run)).toBe(true);
  expect(steps.filter((step) => step === 'invoke 0@1 0@2')).toHaveLength(31);
  expect(steps.at(-1)).toBe('settle 0@1 0@2');
  expect(problems).toHaveLength(30);
  expect(problems[29]).toMatchObject({ kind: 'batch-failed', attempt: 30, records: 2 });
});

test('what the function answers does not matter', async () => {
  const batchItemFailures = [{ itemIdentifier: { partition: 't-0', offset: 1 } }];
  const { delivery, run, steps } = setUp({ ok: true, payload: { batchItemFailures } });
  await delivery.deliver([eventRecord('0@1')], run);
  expect(steps).toEqual(['invoke 0@1', 'settle 0@1']);
});

test('a run that ends gives the batch up, unsettled', async () => {
  const { delivery, run, steps } = setUp(FAILED);
  expect(await delivery.deliver([eventRecord('0@1')], run)).toBe(false);
  expect(steps).toEqual(['invoke 0@1']);
});

test('a record that no event can hold is dropped, and reported', async () => {
  const { delivery, run, steps, problems } = setUp();
  expect(await delivery.deliverOversized(eventRecord('0@1'), 7_000_000, run)).toBe(true);
  expect(steps).toEqual(['settle 0@1']);
  expect(problems).toMatchObject([
    { kind: 'records-dropped', records: [{ offset: 1 }], reason: { jsonBytes: 7_000_000 } },
  ]);
});
