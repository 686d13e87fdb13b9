import { TOPIC, done, failure, passed, record, settled } from './event-source-fakes';
import { RETRY_DELAY_MS, startedSource, steerTime } from './event-source-scene';

steerTime();

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

test('a failed batch is tried again, the same, before any other, and reported each time', async () => {
  const { feed, target, problems } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0), record(0, 1));
  await settled();
  feed.give(record(0, 2));
  await target.answer(failure);
  await passed(RETRY_DELAY_MS);
  await target.answer(failure);
  await passed(RETRY_DELAY_MS);
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
  const { feed, target } = await startedSource({ windowMs: 500 });
  feed.give(record(0, 0));
  await passed(400);
  feed.give(record(0, 1));
  await passed(99);
  expect(target.events).toEqual([]);
  await passed(1);
  expect(target.events).toEqual(['0@0 0@1']);
});

test('a record that no event can hold is dropped, reported and counted', async () => {
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

test('there is room until about an event waits', async () => {
  const { feed, target } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0, 1_000_000));
  await settled();
  expect(await feed.sink?.hasRoom(1)).toBe(true);
  for (let offset = 1; offset < 6; offset += 1) feed.give(record(0, offset, 1_000_000));
  const hasRoom = feed.sink?.hasRoom(1_500);
  await passed(1_500);
  expect(await hasRoom).toBe(false);
  await target.answer(done);
  expect(await feed.sink?.hasRoom(1)).toBe(true);
});

test('offsets that could not be committed are committed later', async () => {
  const { feed, problems } = await startedSource();
  feed.commitErrors = [new Error('no coordinator')];
  feed.give(record(0, 0));
  await settled();
  expect([feed.committed, problems]).toMatchObject([[], [{ kind: 'commit-failed' }]]);
  await passed(1_000);
  expect(feed.committed).toEqual(['0@1']);
});
