import { createObserveTick } from '../../lambdas/fetch/observe-tick';
import { createReconcile } from '../../lambdas/reconcile/reconcile-days';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { FiringPlan } from './scenario';
import { broken, CODECS, type Stage, storeOf } from './stage';
import { NO_LISTING } from './no-listing';
import type { Life } from './world/calls';
import { kill, killDelayMs } from './world/event-source';

interface Firing {
  readonly nowMs: number;
  readonly remainingMs: () => number;
}

type Fired = (firing: Firing) => Promise<void>;

/** A function that a rule fires. */
interface ScheduledFunction {
  readonly name: string;
  readonly timeoutMs: number;
  readonly create: (stage: Stage, life: Life) => Fired;
}

/** A process of a function: it remembers what it asked for. */
interface Process {
  readonly life: Life;
  readonly fired: Fired;
  readonly endsAtMs: number;
  isBusy: boolean;
}

/** No process is kept for longer. */
const LONGEST_LIFE_MS = 120 * MINUTE_MS;

const FETCH: ScheduledFunction = {
  name: 'fetch',
  timeoutMs: MINUTE_MS,
  create: (stage, life) =>
    createObserveTick(
      {
        exchange: broken(stage, 'exchange', stage.exchange.reachedBy(life)),
        listings: NO_LISTING,
        store: broken(stage, 'listing', storeOf(stage, life)),
        observed: broken(stage, 'observed', CODECS.observed),
        log: stage.log.reachedBy(life),
        telemetry: stage.telemetry,
      },
      stage.breakage.settings?.(stage.settings) ?? stage.settings,
    ),
};

const RECONCILE: ScheduledFunction = {
  name: 'reconcile',
  timeoutMs: 5 * MINUTE_MS,
  create: (stage, life) =>
    createReconcile(
      {
        exchange: stage.exchange.reachedBy(life),
        archive: stage.archive.reachedBy(life),
        listings: stage.archive.reachedBy(life),
        store: broken(stage, 'ledger', storeOf(stage, life)),
        observed: broken(stage, 'observed', CODECS.observed),
        log: stage.log.reachedBy(life),
        telemetry: stage.telemetry,
        wait: (ms) =>
          new Promise((resolve) => {
            stage.scheduler.after(ms, () => {
              if (!life.ended) resolve();
            });
          }),
      },
      {
        ...stage.settings,
        historyStartMs: stage.scenario.historyStartMs,
      },
    ),
};

/** Lets fetch be fired, each time in a process that is not busy. */
export function scheduleTicks(stage: Stage, ticks: readonly FiringPlan[]): void {
  schedule(stage, FETCH, ticks);
}

/** The same of reconcile. */
export function scheduleFirings(stage: Stage, firings: readonly FiringPlan[]): void {
  schedule(stage, RECONCILE, firings);
}

function schedule(
  stage: Stage,
  scheduled: ScheduledFunction,
  firings: readonly FiringPlan[],
): void {
  const { scheduler } = stage;
  const processes = new FunctionProcesses(stage, scheduled);
  for (const firing of firings) {
    scheduler.after(firing.runsAtMs - scheduler.nowMs(), () => processes.run(firing.nowMs));
  }
}

class FunctionProcesses {
  readonly #stage: Stage;
  readonly #function: ScheduledFunction;
  #processes: Process[] = [];
  #created = 0;

  constructor(stage: Stage, scheduled: ScheduledFunction) {
    this.#stage = stage;
    this.#function = scheduled;
  }

  run(nowMs: number): void {
    const { scheduler, random, faults } = this.#stage;
    const process = this.#idle();
    const { life } = process;
    scheduler.note('fires', life.name, () => new Date(nowMs).toISOString());
    if (this.#happens(faults.killed)) {
      scheduler.after(killDelayMs(random), () => kill(scheduler, life));
    }
    const endsAtMs = scheduler.nowMs() + this.#function.timeoutMs;
    const remainingMs = (): number =>
      this.#happens(faults.outOfTime) ? 0 : endsAtMs - scheduler.nowMs();
    process.isBusy = true;
    process.fired({ nowMs, remainingMs }).then(
      () => this.#ended(process),
      (cause: unknown) => {
        this.#ended(process);
        // The scheduler's queue tries a failed invocation again, with the same event.
        scheduler.note('failed', life.name, () => String(cause));
        if (this.#happens(0.7)) scheduler.after(60_000, () => this.run(nowMs));
      },
    );
  }

  #ended(process: Process): void {
    process.isBusy = false;
  }

  #idle(): Process {
    const { scheduler, faults } = this.#stage;
    this.#processes = this.#processes.filter(
      ({ life, endsAtMs }) => !life.ended && endsAtMs > scheduler.nowMs(),
    );
    const idle = this.#processes.find(({ isBusy }) => !isBusy);
    if (idle !== undefined && !this.#happens(faults.processReplaced)) return idle;
    const created = this.#create();
    this.#processes = [created, ...this.#processes.filter((process) => process !== idle)];
    return created;
  }

  #create(): Process {
    const { name, create } = this.#function;
    const life: Life = { name: `${name}-${this.#created++}`, ended: false };
    const endsAtMs = this.#stage.scheduler.nowMs() + LONGEST_LIFE_MS;
    return { life, fired: create(this.#stage, life), endsAtMs, isBusy: false };
  }

  #happens(probability: number): boolean {
    const { calls, random } = this.#stage;
    return !calls.isCalm() && random.chance(probability);
  }
}
