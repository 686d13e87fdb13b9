import { setImmediate } from 'node:timers/promises';
import { createRequestDeadline } from '../../../lambdas/query/request-deadline';

test('a request is over after its own time, whatever others have left', async () => {
  let nowMs = 0;
  const deadline = createRequestDeadline(() => nowMs);
  const later = async () => {
    await setImmediate();
    return deadline.isOver();
  };

  const early = deadline.run(later);
  nowMs = 8_000;
  const late = deadline.run(later);

  expect(await Promise.all([early, late])).toEqual([true, false]);
});

test('without a request there is no deadline', () => {
  expect(createRequestDeadline(() => 1e12).isOver()).toBe(false);
});
