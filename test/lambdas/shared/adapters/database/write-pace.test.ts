import { errors, types } from 'cassandra-driver';
import { WritePace } from '../../../../../lambdas/shared/adapters/database/write-pace';

const { responseErrorCodes: codes } = types;
const throttled = () => new errors.ResponseError(codes.writeTimeout, 'beyond the capacity');

/** A call that waits until it is told how to end. */
function pending() {
  let succeed: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const ended = new Promise<void>((resolve, reject) => {
    [succeed, fail] = [resolve, reject];
  });
  return { call: () => ended, succeed, fail };
}

async function throttle(pace: WritePace): Promise<void> {
  await expect(pace.attempt(() => Promise.reject(throttled()))).rejects.toThrow('beyond');
}

test('a write that is throttled halves the writes under way, down to one', async () => {
  const pace = new WritePace(8);
  const allowed: number[] = [];

  for (let index = 0; index < 5; index++) {
    await throttle(pace);
    allowed.push(pace.atOnce);
  }

  expect(allowed).toEqual([4, 2, 1, 1, 1]);
});

test('writes that were under way together halve it once', async () => {
  const pace = new WritePace(8);
  const writes = Array.from({ length: 6 }, pending);
  const ends = writes.map(({ call }) => pace.attempt(call).catch((error: unknown) => error));

  writes.forEach(({ fail }) => fail(throttled()));
  await Promise.all(ends);

  expect(pace.atOnce).toBe(4);
});

test('writes that are taken bring one more under way a round, up to the most', async () => {
  const pace = new WritePace(4);
  await throttle(pace);
  await throttle(pace);
  const allowed: number[] = [];

  for (let index = 0; index < 12; index++) {
    await pace.attempt(() => Promise.resolve());
    allowed.push(pace.atOnce);
  }

  expect(allowed).toEqual([2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4]);
});

test('another failure says nothing of the pace', async () => {
  const pace = new WritePace(8);

  const attempt = pace.attempt(() => Promise.reject(new Error('no host')));

  await expect(attempt).rejects.toThrow('no host');
  expect(pace.atOnce).toBe(8);
});

test('no more writes are under way than the pace allows, and all are made', async () => {
  const pace = new WritePace(2);
  const writes = Array.from({ length: 5 }, pending);
  let underWay = 0;
  let most = 0;

  const ends = writes.map(({ call }) =>
    pace.inTurn(async () => {
      most = Math.max(most, ++underWay);
      await call();
      underWay--;
    }),
  );
  writes.forEach(({ succeed }) => succeed());
  await Promise.all(ends);

  expect(most).toBe(2);
});
