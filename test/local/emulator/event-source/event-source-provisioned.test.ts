import {
  done,
  failure,
  type FakeFunction,
  passed,
  PROVISIONED,
  record,
  settled,
  TOPIC,
} from './event-source-fakes';
import { RETRY_DELAY_MS, startedSource, steerTime } from './event-source-scene';

steerTime();

/** Answers as a function does that fails on one record, whatever else is in the event. */
function poisonedBy(position: string): FakeFunction['answerOf'] {
  return (records) => (records.includes(position) ? failure : done);
}

test('a poison record blocks nothing and goes to the destination', async () => {
  const { feed, target, destination, source } = await startedSource({ failures: PROVISIONED });
  target.answerOf = poisonedBy('0@1');
  feed.give(record(0, 0), record(0, 1), record(0, 2), record(0, 3));
  await passed(RETRY_DELAY_MS);
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

test('a transient failure loses nothing', async () => {
  const { feed, target, destination } = await startedSource({ failures: PROVISIONED });
  target.answerOf = () => (target.events.length === 1 ? failure : done);
  feed.give(record(0, 0), record(1, 0), record(0, 1));
  await settled();
  expect(target.events).toEqual(['0@0 0@1 1@0', '0@0 1@0', '0@1']);
  expect([feed.committed.join(' '), destination.sent]).toEqual(['0@1 1@1 0@2', []]);
});

test('nothing is committed past a record that is undecided', async () => {
  const { feed, target, destination } = await startedSource({ failures: PROVISIONED });
  target.atOnce = null;
  feed.give(record(0, 0), record(0, 1), record(0, 2), record(1, 0));
  await settled();
  const itemIdentifier = { partition: `${TOPIC}-0`, offset: 1 };
  const partial = { ok: true, payload: { batchItemFailures: [{ itemIdentifier }] } } as const;
  await target.answer(partial);
  await passed(RETRY_DELAY_MS);
  expect(target.events.at(-1)).toBe('0@1');
  expect(feed.committed).toEqual(['0@1 1@1']);

  destination.atOnce = false;
  await target.answer(failure);
  expect(destination.sent).toEqual(['0@1']);
  expect(feed.committed).toEqual(['0@1 1@1']);
  await destination.acknowledge();
  expect(feed.committed).toEqual(['0@1 1@1', '0@3']);
});

test('a record that no event can hold goes to the destination', async () => {
  const { feed, target, destination, source } = await startedSource({ failures: PROVISIONED });
  feed.give(record(0, 0, 5_000_000), record(0, 1));
  await settled();
  expect([destination.sent, target.events, source.dropped]).toEqual([['0@0'], ['0@1'], 0]);
});
