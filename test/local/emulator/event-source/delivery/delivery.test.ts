import {
  delayAfter,
  untilDone,
} from '../../../../../local/emulator/event-source/delivery/delivery';

const DELAYS = { first: 0, longest: 0 };

function endingRun() {
  const end = new AbortController();
  const run = { isWanted: () => !end.signal.aborted, ending: end.signal };
  return { end, run };
}

test('the delay doubles up to the longest', () => {
  const delays = { first: 100, longest: 2_000 };
  const attempts = [1, 2, 3, 5, 6, 5_000];
  expect(attempts.map((attempt) => delayAfter(attempt, delays))).toEqual([
    100, 200, 400, 1_600, 2_000, 2_000,
  ]);
});

test('whatever is thrown is reported, and tried again', async () => {
  const { run } = endingRun();
  const thrown: unknown[] = [new TypeError('a mistake'), 'no error', new Error('no')];
  const reported: unknown[] = [];
  const work = (): Promise<void> => {
    const error = thrown[reported.length];
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- that is the case
    return error === undefined ? Promise.resolve() : Promise.reject(error);
  };
  const isDone = await untilDone(run, DELAYS, work, (error, attempt) => {
    reported.push(error);
    expect(attempt).toBe(reported.length);
  });
  expect([isDone, reported]).toEqual([true, thrown]);
});

test('work that is done as the run ends is done, and no failure', async () => {
  const { end, run } = endingRun();
  const reported: unknown[] = [];
  const work = (): Promise<void> => {
    end.abort();
    return Promise.resolve();
  };
  expect(await untilDone(run, DELAYS, work, (error) => reported.push(error))).toBe(true);
  expect(reported).toEqual([]);
});

test('a failure as the run ends is reported, and not tried again', async () => {
  const { end, run } = endingRun();
  const reported: unknown[] = [];
  const work = (): Promise<void> => {
    end.abort();
    return Promise.reject(new Error(`no ${reported.length}`));
  };
  expect(await untilDone(run, DELAYS, work, (error) => reported.push(error))).toBe(false);
  expect(reported).toEqual([new Error('no 0')]);
});

test.each([
  ['amid', false],
  ['at the end of', true],
])('an error of the report comes out %s the run', async (_, isEnd) => {
  const { end, run } = endingRun();
  const work = (): Promise<void> => {
    if (isEnd) end.abort();
    return Promise.reject(new Error('no'));
  };
  const mistaken = (): void => {
    throw new RangeError('the report fails');
  };
  await expect(untilDone(run, DELAYS, work, mistaken)).rejects.toThrow('the report fails');
});
