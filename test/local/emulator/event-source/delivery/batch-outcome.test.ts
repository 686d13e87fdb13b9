import { batchOutcome } from '../../../../../local/emulator/event-source/delivery/batch-outcome';
import type { EventRecord } from '../../../../../local/emulator/event-source/kafka-event';

function record(partition: number, offset: number): EventRecord {
  return {
    topic: 'my-topic',
    partition,
    offset,
    timestamp: 1,
    timestampType: 'CREATE_TIME',
    value: null,
    headers: [],
  };
}

const RECORDS = [record(0, 5), record(1, 5), record(0, 6)] as const;
const item = (partition: unknown, offset: unknown) => ({ itemIdentifier: { partition, offset } });
const failing = (...batchItemFailures: unknown[]) => ({ batchItemFailures });
const outcomeOf = (payload: unknown, reports = true) =>
  batchOutcome({ ok: true, payload }, RECORDS, reports);

test.each([
  ['nothing', undefined],
  ['null', null],
  ['an object without a list', { statusCode: 200 }],
  ['no list', { batchItemFailures: null }],
  ['an empty list', failing()],
])('%s is a success', (_, payload) => {
  expect(outcomeOf(payload)).toEqual({ succeeded: RECORDS, failed: [], failure: null });
});

test('what the answer names has failed, in the order of the event, and the rest is done', () => {
  const outcome = outcomeOf(failing(item('my-topic-0', 6), item('my-topic-0', 5)));
  expect(outcome.failed).toEqual([RECORDS[0], RECORDS[2]]);
  expect(outcome.succeeded).toEqual([RECORDS[1]]);
  expect(outcome.failure?.errorMessage).toContain('2 of 3 records');
});

test.each([
  ['an offset that is not in the event', failing(item('my-topic-0', 7))],
  ['a partition that is not in the event', failing(item('my-topic-2', 5))],
  ['one that is there and one that is not', failing(item('my-topic-0', 5), item('x-0', 5))],
  ['an identifier as streams have it', failing({ itemIdentifier: 'my-topic-0-5' })],
  ['an offset as text', failing(item('my-topic-0', '5'))],
  ['a list that is none', { batchItemFailures: 'my-topic-0' }],
  ['an answer that is a list', [item('my-topic-0', 5)]],
  ['an answer that is text', 'done'],
])('%s fails all of the event', (_, payload) => {
  const { succeeded, failed, failure } = outcomeOf(payload);
  expect([succeeded, failed]).toEqual([[], RECORDS]);
  expect(failure?.errorType).toBe('Local.BatchAnswerNotUnderstood');
});

test('without partial answers it does not matter what is answered', () => {
  const payload = failing(item('my-topic-0', 5));
  expect(outcomeOf(payload, false)).toEqual({ succeeded: RECORDS, failed: [], failure: null });
});

test('an error fails all of the event, a throttle like any other', () => {
  const failure = { errorType: 'TooManyRequestsException', errorMessage: 'rate', trace: [] };
  const outcome = batchOutcome({ ok: false, ...failure }, RECORDS, true);
  expect(outcome).toMatchObject({ succeeded: [], failed: RECORDS, failure });
});
