import { randomUUID } from 'node:crypto';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { invocationFailureText, type InvocationResult, type Invoker } from './lambda/invoker';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './template/intrinsics/physical-names';
import type { RuleTemplate } from './template/rule-template';

/** The event that EventBridge invokes the target of a scheduled rule with. */
export interface ScheduledEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'Scheduled Event';
  readonly source: 'aws.events';
  readonly account: string;
  /** ISO 8601 in UTC, without milliseconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: Readonly<Record<string, never>>;
}

/** The clock and its timers, for a run that tests can steer. */
export interface ScheduleClock {
  readonly nowMs: () => number;
  /** Calls once after a delay; what it returns calls it off. */
  readonly after: (delayMs: number, call: () => void) => () => void;
}

/** A firing that failed, or that was left out because firings before it still wait. */
export interface FiringProblem {
  readonly kind: 'firing-failed' | 'firing-skipped';
  readonly target: RuleTemplate['target'];
  readonly timeMs: number;
  /** From 1; 0 for a firing that was left out. */
  readonly attempt: number;
  readonly message: string;
}

/** Options for a schedule. */
export interface ScheduleOptions {
  readonly rule: RuleTemplate;
  readonly target: Invoker;
  /** Repetitions of a failed asynchronous invocation. */
  readonly retryAttempts: number;
  readonly onProblem: (problem: FiringProblem) => void;
  readonly clock?: ScheduleClock;
}

/** The most firings under way at once: one at work, one that waits for it. */
const MOST_FIRINGS = 2;

const systemClock: ScheduleClock = {
  nowMs: Date.now,
  after: (delayMs, call) => {
    const timer = setTimeout(call, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The event of a firing. `time` has whole seconds, as EventBridge's has. */
export function scheduledEvent(ruleArn: string, timeMs: number, id: string): ScheduledEvent {
  return {
    version: '0',
    id,
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: LOCAL_ACCOUNT,
    time: new Date(timeMs).toISOString().replace(/\.\d{3}Z$/, 'Z'),
    region: LOCAL_REGION,
    resources: [ruleArn],
    detail: {},
  };
}

/**
 * A target of a rule: a firing at once and then at each whole step of the rate. A firing is an
 * asynchronous invocation: it is repeated a minute after it failed and two
 * minutes after it failed again, as AWS Lambda does, as often as is configured.
 */
export class Schedule {
  readonly #options: ScheduleOptions;
  readonly #clock: ScheduleClock;
  readonly #callOffs = new Set<() => void>();
  #underWay = 0;
  #started = false;

  constructor(options: ScheduleOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#fire(this.#clock.nowMs());
    this.#scheduleNext();
  }

  /** No further firing and no further attempt; one that is at work goes on. */
  stop(): void {
    for (const callOff of this.#callOffs) callOff();
    this.#callOffs.clear();
  }

  /** One firing at a given time, whatever the clock says, tried once. */
  fireAt(timeMs: number): Promise<InvocationResult> {
    const { rule, target } = this.#options;
    return target.invoke(rule.input(scheduledEvent(rule.arn, timeMs, randomUUID())));
  }

  #scheduleNext(): void {
    const { rateMs } = this.#options.rule;
    const nowMs = this.#clock.nowMs();
    const nextMs = (Math.floor(nowMs / rateMs) + 1) * rateMs;
    this.#after(nextMs - nowMs, () => {
      this.#fire(nextMs);
      this.#scheduleNext();
    });
  }

  #fire(timeMs: number): void {
    const { rule } = this.#options;
    const { target } = rule;
    if (this.#underWay >= MOST_FIRINGS) {
      const message = 'earlier ones are still at work; the next one asks for its minutes too';
      this.#options.onProblem({ kind: 'firing-skipped', target, timeMs, attempt: 0, message });
      return;
    }
    void this.#attempt(scheduledEvent(rule.arn, timeMs, randomUUID()), timeMs, 1);
  }

  async #attempt(event: ScheduledEvent, timeMs: number, attempt: number): Promise<void> {
    this.#underWay += 1;
    const message = await this.#failureOf(event);
    this.#underWay -= 1;
    if (message === undefined) return;
    const { target } = this.#options.rule;
    this.#options.onProblem({ kind: 'firing-failed', target, timeMs, attempt, message });
    if (attempt > this.#options.retryAttempts) return;
    this.#after(attempt * MINUTE_MS, () => void this.#attempt(event, timeMs, attempt + 1));
  }

  async #failureOf(event: ScheduledEvent): Promise<string | undefined> {
    try {
      const { rule, target } = this.#options;
      const result = await target.invoke(rule.input(event));
      return result.ok ? undefined : invocationFailureText(result);
    } catch (error) {
      return String(error);
    }
  }

  #after(delayMs: number, call: () => void): void {
    const callOff = this.#clock.after(delayMs, () => {
      this.#callOffs.delete(callOff);
      call();
    });
    this.#callOffs.add(callOff);
  }
}
