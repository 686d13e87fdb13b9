import type { InvocationResult, Invoker } from '../../../local/emulator/lambda/invoker';
import {
  Schedule,
  type ScheduleClock,
  scheduledEvent,
  type FiringProblem,
} from '../../../local/emulator/schedule';

const RULE = {
  arn: 'arn:aws:events:us-east-1:000000000000:rule/r',
  rateMs: 60_000,
  target: 'fetch',
  input: (event: object): unknown => event,
} as const;
const START_MS = Date.parse('2026-01-01T00:00:20.500Z');

class FakeClock implements ScheduleClock {
  #nowMs = START_MS;
  #timers: { atMs: number; call: () => void }[] = [];

  readonly nowMs = (): number => this.#nowMs;

  readonly after = (delayMs: number, call: () => void): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, call };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((other) => other !== timer));
  };

  get waiting(): number {
    return this.#timers.length;
  }

  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = this.#timers
        .filter(({ atMs }) => atMs <= untilMs)
        .sort((a, b) => a.atMs - b.atMs);
      if (!next) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#nowMs = next.atMs;
      next.call();
      await settled();
    }
    this.#nowMs = untilMs;
  }
}

/** Gives the answers that it was given, in order, then success. */
class FakeFunction implements Invoker {
  readonly events: unknown[] = [];
  readonly answers: Promise<InvocationResult>[] = [];

  readonly invoke = (event: unknown): Promise<InvocationResult> => {
    this.events.push(event);
    return this.answers.shift() ?? Promise.resolve({ ok: true, payload: null });
  };

  get times(): string[] {
    return this.events.map((event) => (event as { time: string }).time.slice(11));
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const failure: InvocationResult = { ok: false, errorType: 'Error', errorMessage: 'no', trace: [] };

function scheduleOf(retryAttempts = 0) {
  const clock = new FakeClock();
  const target = new FakeFunction();
  const problems: FiringProblem[] = [];
  const onProblem = (problem: FiringProblem): number => problems.push(problem);
  const schedule = new Schedule({ rule: RULE, target, retryAttempts, onProblem, clock });
  return { clock, target, problems, schedule };
}

test('the event is the one that EventBridge sends', () => {
  expect(scheduledEvent(RULE.arn, START_MS, 'an-id')).toStrictEqual({
    version: '0',
    id: 'an-id',
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: '000000000000',
    time: '2026-01-01T00:00:20Z',
    region: 'us-east-1',
    resources: [RULE.arn],
    detail: {},
  });
});

test('ticks come at once and then at each whole minute', async () => {
  const { clock, target, schedule } = scheduleOf();
  schedule.start();
  await clock.advance(150_000);
  expect(target.times).toEqual(['00:00:20Z', '00:01:00Z', '00:02:00Z']);
});

test('no tick comes after the stop', async () => {
  const { clock, target, schedule } = scheduleOf();
  schedule.start();
  schedule.stop();
  await clock.advance(600_000);
  expect(target.events).toHaveLength(1);
  expect(clock.waiting).toBe(0);
});

test('a failed tick is repeated after one and two minutes with the same event', async () => {
  const { clock, target, problems, schedule } = scheduleOf(2);
  target.answers.push(
    ...[failure, { ok: true, payload: null } as const, failure].map((it) => Promise.resolve(it)),
  );
  schedule.start();
  await settled();
  expect(problems).toMatchObject([{ kind: 'firing-failed', attempt: 1, message: 'Error: no' }]);
  await clock.advance(61_000);
  expect(target.times).toEqual(['00:00:20Z', '00:01:00Z', '00:00:20Z']);
  expect(target.events[2]).toEqual(target.events[0]);
  await clock.advance(120_000);
  expect(target.times.filter((time) => time === '00:00:20Z')).toHaveLength(3);
});

test('a tick that may not be repeated is not', async () => {
  const { clock, target, schedule } = scheduleOf(0);
  target.answers.push(Promise.resolve(failure));
  schedule.start();
  await clock.advance(600_000);
  expect(target.times.filter((time) => time === '00:00:20Z')).toHaveLength(1);
});

test('while two ticks are under way, a further one is left out and reported', async () => {
  const { clock, target, problems, schedule } = scheduleOf();
  const never = new Promise<InvocationResult>(() => undefined);
  target.answers.push(never, never);
  schedule.start();
  await clock.advance(100_000);
  expect(target.events).toHaveLength(2);
  expect(problems).toMatchObject([
    { kind: 'firing-skipped', timeMs: Date.parse('2026-01-01T00:02:00Z') },
  ]);
});

test('a tick at a recorded time is answered, and needs no schedule', async () => {
  const { target, schedule } = scheduleOf();
  target.answers.push(Promise.resolve(failure));
  expect(await schedule.fireAt(Date.parse('2018-01-02T10:00:00Z'))).toEqual(failure);
  expect(target.events).toMatchObject([{ time: '2018-01-02T10:00:00Z' }]);
});
