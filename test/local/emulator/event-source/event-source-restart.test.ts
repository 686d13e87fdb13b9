import { PROVISIONED, TOPIC, done, failure, passed, record, settled } from './event-source-fakes';
import { RETRY_DELAY_MS, startedSource, steerTime } from './event-source-scene';

steerTime();

test('reading that starts again forgets what waits and gives up what is retried', async () => {
  const { feed, target } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0));
  await settled();
  feed.give(record(0, 1));
  feed.sink?.restarted();
  await target.answer(failure);
  await passed(RETRY_DELAY_MS);
  expect(target.events).toEqual(['0@0']);
  feed.give(record(0, 0), record(0, 1));
  await settled();
  expect(target.events).toEqual(['0@0', '0@0 0@1']);
  await target.answer(done);
});

test('a success that comes after reading started again is not committed', async () => {
  const { feed, target, source } = await startedSource({ batchSize: 2 });
  target.atOnce = null;
  feed.give(record(0, 0), record(0, 1));
  await settled();
  feed.sink?.restarted();
  await target.answer(done);
  expect([feed.asked, source.processedTo(TOPIC, 0)]).toEqual([[], undefined]);
  feed.give(record(0, 0));
  await settled();
  await target.answer(done);
  expect([feed.committed, source.processedTo(TOPIC, 0)]).toEqual([['0@1'], 1]);
});

test('a commit that failed is not repeated once reading has started again', async () => {
  const { feed } = await startedSource();
  feed.atOnce = false;
  feed.give(record(0, 0), record(0, 1), record(1, 0));
  await settled();
  feed.sink?.restarted();
  feed.give(record(0, 0));
  await feed.refuse(new Error('rebalance in progress'));
  await passed(1_000);
  expect(feed.asked).toEqual(['0@2 1@1', '0@1']);
  await feed.acknowledge();
});

test('provisioned: reading that starts again gives up what is undecided', async () => {
  const { feed, target, destination } = await startedSource({ failures: PROVISIONED });
  target.atOnce = null;
  feed.give(record(0, 0), record(0, 1));
  await settled();
  feed.sink?.restarted();
  await target.answer(failure);
  await passed(RETRY_DELAY_MS);
  feed.give(record(0, 0), record(0, 1));
  await settled();
  await target.answer(done);
  expect(target.events).toEqual(['0@0 0@1', '0@0 0@1']);
  expect([feed.committed, destination.sent]).toEqual([['0@2'], []]);
});
