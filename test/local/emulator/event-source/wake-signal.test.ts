import { WakeSignal } from '../../../../local/emulator/event-source/wake-signal';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

test('a notification wakes everyone who waits, and calls their timers off', async () => {
  const signal = new WakeSignal();
  const both = Promise.all([signal.next(), signal.next(1_000)]);
  expect(signal.waiting).toBe(2);
  signal.notify();
  await both;
  expect([signal.waiting, jest.getTimerCount()]).toEqual([0, 0]);
});

test('who has waited for long enough waits no longer', async () => {
  const signal = new WakeSignal();
  const limited = signal.next(1_000);
  const patient = signal.next();
  jest.advanceTimersByTime(1_000);
  await limited;
  expect(signal.waiting).toBe(1);
  signal.notify();
  await patient;
  expect(signal.waiting).toBe(0);
});

test('who waits again as it wakes is not woken by the same notification', async () => {
  const signal = new WakeSignal();
  const again = signal.next().then(() => signal.next());
  signal.notify();
  await Promise.resolve();
  expect(signal.waiting).toBe(1);
  signal.notify();
  await again;
});
