import { createObserveTick } from '../../lambdas/fetch/observe-tick';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { TickPlan } from './scenario';
import { broken, CODECS, type Stage, storeOf } from './stage';
import type { Life } from './world/calls';
import { kill, killDelayMs } from './world/event-source';

/** A process of the fetch function: it remembers what it asked for. */
interface FetchProcess {
  readonly life: Life;
  readonly observeTick: ReturnType<typeof createObserveTick>;
  readonly endsAtMs: number;
  isBusy: boolean;
}

/** No process is kept for longer. */
const LONGEST_LIFE_MS = 120 * MINUTE_MS;

/** Lets the ticks of a run happen, each in a process that is not busy. */
export function scheduleTicks(stage: Stage): void {
  const { scheduler, scenario } = stage;
  const processes = new FetchProcesses(stage);
  for (const tick of scenario.ticks) {
    scheduler.after(tick.runsAtMs - scenario.startMs, () => processes.run(tick));
  }
}

class FetchProcesses {
  readonly #stage: Stage;
  #processes: FetchProcess[] = [];
  #created = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
  }

  run(tick: Pick<TickPlan, 'nowMs'>): void {
    const { scheduler, random, faults } = this.#stage;
    const { nowMs } = tick;
    const process = this.#idle();
    const { life } = process;
    scheduler.note('tick', life.name, () => new Date(nowMs).toISOString());
    if (this.#happens(faults.killed)) {
      scheduler.after(killDelayMs(random), () => kill(scheduler, life));
    }
    const remainingMs = (): number => (this.#happens(faults.outOfTime) ? 0 : 60_000);
    process.isBusy = true;
    process.observeTick({ nowMs, remainingMs }).then(
      () => this.#ended(process),
      (cause: unknown) => {
        this.#ended(process);
        // The scheduler's queue tries a failed invocation again, with the same event.
        scheduler.note('failed', life.name, () => String(cause));
        if (this.#happens(0.7)) scheduler.after(60_000, () => this.run(tick));
      },
    );
  }

  #ended(process: FetchProcess): void {
    process.isBusy = false;
  }

  #idle(): FetchProcess {
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

  #create(): FetchProcess {
    const stage = this.#stage;
    const life: Life = { name: `fetch-${this.#created++}`, ended: false };
    const settings = stage.breakage.settings?.(stage.settings) ?? stage.settings;
    const ports = {
      exchange: broken(stage, 'exchange', stage.exchange.reachedBy(life)),
      store: broken(stage, 'listing', storeOf(stage, life)),
      observed: broken(stage, 'observed', CODECS.observed),
      log: stage.log.reachedBy(life),
      telemetry: stage.telemetry,
    };
    const endsAtMs = stage.scheduler.nowMs() + LONGEST_LIFE_MS;
    return { life, observeTick: createObserveTick(ports, settings), endsAtMs, isBusy: false };
  }

  #happens(probability: number): boolean {
    const { calls, random } = this.#stage;
    return !calls.isCalm() && random.chance(probability);
  }
}
