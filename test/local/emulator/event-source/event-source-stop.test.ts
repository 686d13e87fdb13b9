import { PROVISIONED, done, failure, passed, record, settled } from './event-source-fakes';
import { RETRY_DELAY_MS, startedSource, STOP_LIMIT_MS, steerTime } from './event-source-scene';

steerTime();

test('the stop lets the invocation that runs finish and commits it', async () => {
  const { feed, target, stop } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0));
  await settled();
  feed.give(record(0, 1));
  const stopping = stop();
  await settled();
  expect(feed.stopped).toBe(false);
  await target.answer(done);
  await stopping;
  expect([feed.stopped, feed.committed, target.events]).toEqual([true, ['0@1'], ['0@0']]);
});

test('the feed stays open until the commit is acknowledged', async () => {
  const { feed, problems, stop } = await startedSource();
  feed.atOnce = false;
  feed.give(record(0, 0));
  await settled();
  const stopping = stop();
  await settled();
  expect([feed.asked, feed.stopped]).toEqual([['0@1'], false]);
  await feed.acknowledge();
  await stopping;
  expect([feed.stopped, feed.committed, problems]).toEqual([true, ['0@1'], []]);
});

test('a commit that is never acknowledged is given up after the limit, and reported', async () => {
  const { feed, problems, stop } = await startedSource();
  feed.atOnce = false;
  feed.give(record(0, 0));
  await settled();
  const stopping = stop();
  await passed(STOP_LIMIT_MS);
  await stopping;
  expect([feed.stopped, feed.committed]).toEqual([true, []]);
  expect(problems).toMatchObject([{ kind: 'commit-failed', error: { name: 'RunEndedError' } }]);
});

test('a commit that fails at the stop is not tried again', async () => {
  const { feed, problems, stop } = await startedSource();
  feed.atOnce = false;
  feed.give(record(0, 0));
  await settled();
  const stopping = stop();
  await settled();
  await feed.refuse(new Error('no coordinator'));
  await stopping;
  expect([feed.stopped, feed.asked]).toEqual([true, ['0@1']]);
  expect(problems).toMatchObject([{ kind: 'commit-failed', error: { message: 'no coordinator' } }]);
});

test('the stop does not wait for an invocation for ever, and commits nothing of it', async () => {
  const { feed, target, stop } = await startedSource();
  target.atOnce = null;
  feed.give(record(0, 0));
  await settled();
  const stopping = stop();
  await passed(STOP_LIMIT_MS);
  await stopping;
  expect([feed.stopped, feed.asked]).toEqual([true, []]);
});

test('the stop ends endless retries', async () => {
  const { feed, target, stop } = await startedSource();
  target.atOnce = failure;
  feed.give(record(0, 0));
  await passed(2 * RETRY_DELAY_MS);
  expect(target.events).toHaveLength(3);
  await stop();
  await passed(10 * RETRY_DELAY_MS);
  expect(target.events).toHaveLength(3);
});

test('an error of the report comes out of the stop, which closes all the same', async () => {
  const { feed, target, destination, hooks, stop } = await startedSource({
    failures: PROVISIONED,
  });
  target.atOnce = failure;
  destination.atOnce = false;
  feed.give(record(0, 0));
  await passed(RETRY_DELAY_MS);
  expect(destination.sent).toEqual(['0@0']);
  hooks.onProblem = () => {
    throw new RangeError('the report fails');
  };
  const stopping = stop();
  const outcome = expect(stopping).rejects.toThrow('the report fails');
  await passed(STOP_LIMIT_MS);
  await outcome;
  expect([feed.stopped, destination.stopped]).toEqual([true, true]);
});

test('provisioned: the stop gives up what is undecided, and commits nothing of it', async () => {
  const { feed, target, destination, stop } = await startedSource({ failures: PROVISIONED });
  target.atOnce = failure;
  destination.atOnce = false;
  feed.give(record(0, 0));
  await passed(RETRY_DELAY_MS);
  expect(destination.sent).toEqual(['0@0']);
  const stopping = stop();
  await passed(STOP_LIMIT_MS);
  await stopping;
  expect([feed.asked, destination.stopped, feed.stopped]).toEqual([[], true, true]);
});
