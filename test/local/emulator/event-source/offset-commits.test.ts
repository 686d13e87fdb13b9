import { OffsetCommits } from '../../../../local/emulator/event-source/offset-commits';
import type { PartitionOffset } from '../../../../local/emulator/event-source/record-feed';
import { FakeFeed, passed, settled } from './event-source-fakes';

beforeEach(() => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] }));
afterEach(() => jest.useRealTimers());

const at = (offset: number, partition = 0): PartitionOffset => ({ topic: 't', partition, offset });
const REFUSED = new Error('no coordinator');

function setUp() {
  const feed = new FakeFeed();
  feed.atOnce = false;
  const end = new AbortController();
  const failures: unknown[] = [];
  const commits = new OffsetCommits(feed, end.signal, (error) => failures.push(error));
  return { feed, end, failures, commits };
}

test('what is added while a commit is under way is committed after it, the newest only', async () => {
  const { feed, commits } = setUp();
  commits.add([at(1)]);
  commits.add([at(2), at(5, 1)]);
  commits.add([at(3)]);
  expect(feed.asked).toEqual(['0@1']);
  await feed.acknowledge();
  expect(feed.asked).toEqual(['0@1', '0@3 1@5']);
  await feed.acknowledge();
  expect(feed.committed).toEqual(['0@1', '0@3 1@5']);
});

test.each([0, 1, 2, 3, 4, 5, 6])(
  'what is added %d steps after a commit is acknowledged is committed too',
  async (steps) => {
    const { feed, commits } = setUp();
    feed.atOnce = true;
    commits.add([at(1)]);
    for (let step = 0; step < steps; step += 1) await Promise.resolve();
    commits.add([at(2)]);
    await commits.idle();
    expect(feed.committed).toEqual(['0@1', '0@2']);
    expect(commits.isIdle).toBe(true);
  },
);

test('idle waits for what is added meanwhile', async () => {
  const { feed, commits } = setUp();
  let isOver = false;
  commits.add([at(1)]);
  const idle = commits.idle().then(() => (isOver = true));
  commits.add([at(2)]);
  await feed.acknowledge();
  expect([isOver, commits.isIdle]).toEqual([false, false]);
  await feed.acknowledge();
  await idle;
  expect([feed.committed, commits.isIdle]).toEqual([['0@1', '0@2'], true]);
});

test('idle waits for what is added in the step that finds nothing left', async () => {
  const { feed, commits } = setUp();
  feed.atOnce = true;
  commits.add([at(1)]);
  const idle = commits.idle();
  while (!commits.isIdle) await Promise.resolve();
  commits.add([at(2)]);
  await idle;
  expect(commits.isIdle).toBe(true);
});

test('a commit that failed is repeated, but not over what is newer', async () => {
  const { feed, commits, failures } = setUp();
  commits.add([at(1), at(7, 1)]);
  commits.add([at(2)]);
  await feed.refuse(REFUSED);
  await passed(1_000);
  expect([feed.asked, failures]).toEqual([['0@1 1@7', '0@2 1@7'], [REFUSED]]);
  await feed.acknowledge();
  expect(feed.committed).toEqual(['0@2 1@7']);
});

test('at the end a commit that fails is given up', async () => {
  const { feed, end, commits, failures } = setUp();
  commits.add([at(1)]);
  end.abort();
  await feed.refuse(REFUSED);
  await passed(1_000);
  expect([feed.asked, failures, commits.isIdle]).toEqual([['0@1'], [REFUSED], true]);
});

test('the end cuts the pause before a repetition short, which is the last', async () => {
  const { feed, end, commits } = setUp();
  commits.add([at(1)]);
  await feed.refuse(REFUSED);
  expect(feed.asked).toEqual(['0@1']);
  end.abort();
  await settled();
  expect(feed.asked).toEqual(['0@1', '0@1']);
  await feed.refuse(REFUSED);
  expect([feed.asked, commits.isIdle]).toEqual([['0@1', '0@1'], true]);
});

test('what is forgotten is not committed, nor is it repeated', async () => {
  const { feed, commits } = setUp();
  commits.add([at(8), at(7, 1)]);
  commits.add([at(4, 2)]);
  commits.forget();
  commits.add([at(3)]);
  await feed.refuse(REFUSED);
  await passed(1_000);
  expect(feed.asked).toEqual(['0@8 1@7', '0@3']);
  await feed.acknowledge();
  expect(feed.committed).toEqual(['0@3']);
});
