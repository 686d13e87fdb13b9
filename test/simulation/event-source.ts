import type { KafkaRecord } from '../../lambdas/shared/codec/kafka-event';
import type { Calls, Life } from './calls';
import type { Faults } from './faults';
import type { LogPartition } from './memory-log';
import type { Random } from './random';
import type { Scheduler } from './scheduler';

/** What runs in the world of a simulation. */
export interface World {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly calls: Calls;
}

/** A function of a batch, in the environment that it is given. */
export type CreateFunction = (life: Life) => (records: readonly KafkaRecord[]) => Promise<void>;

/** Consumes one partition. */
export interface EventSource {
  /** Delivers the records again from an offset on, after the batch under way. */
  rewind(offset: number): void;
}

/** What is delivered again is rolled up and delivered again in turn: without a limit, for ever. */
const MOST_REWINDS = 5;

/**
 * Delivers a partition's records at least once: one invocation at a time,
 * batches of any size up to `mostRecords`; after a failure or a kill again from
 * the committed offset, and at times from an earlier one.
 */
export function createEventSource(
  { scheduler, random, faults, calls }: World,
  partition: LogPartition,
  name: string,
  mostRecords: number,
  createFunction: CreateFunction,
): EventSource {
  let committed = 0;
  let busy = false;
  let rewindsLeft = MOST_REWINDS;
  let environment: { life: Life; invoke: ReturnType<CreateFunction> } | undefined;

  const happens = (probability: number): boolean => !calls.isCalm() && random.chance(probability);

  const wake = (delayMs: number): void => {
    if (busy || committed >= partition.records.length) return;
    busy = true;
    scheduler.after(delayMs, deliver);
  };

  const deliver = (): void => {
    const end = Math.min(partition.records.length, committed + random.int(1, mostRecords));
    const batch = partition.records
      .slice(committed, end)
      .filter((record): record is KafkaRecord => record !== undefined);
    scheduler.note('delivers', name, () => `[${committed}, ${end})`);
    environment ??= created();
    const { life, invoke } = environment;
    const invoked = batch.length === 0 ? Promise.resolve() : invoke(batch);
    let isOver = false;
    const over = (succeeded: boolean): void => {
      if (isOver) return;
      isOver = true;
      finish(end, succeeded);
    };
    invoked.then(
      () => over(!happens(faults.killed / 2)),
      (cause: unknown) => {
        scheduler.note('failed', name, () => String(cause));
        over(false);
      },
    );
    if (happens(faults.killed)) {
      scheduler.after(killDelayMs(random), () => {
        if (isOver) return;
        kill(scheduler, life);
        environment = undefined;
        over(false);
      });
    }
  };

  const created = () => {
    const life = { name, ended: false };
    return { life, invoke: createFunction(life) };
  };

  const finish = (end: number, succeeded: boolean): void => {
    busy = false;
    const isGivenUp = !succeeded && happens(faults.batchGivenUp);
    if (isGivenUp) scheduler.note('gives up', name);
    if (succeeded || isGivenUp) committed = end;
    if (succeeded && rewindsLeft > 0 && happens(faults.offsetsRewound)) {
      rewindsLeft--;
      committed = Math.max(0, committed - random.spread(1, 40));
      scheduler.note('rewinds', name, () => `to ${committed}`);
    }
    wake(succeeded ? pauseMs() : Math.max(100, calls.bounded(random.spread(100, 120_000))));
  };

  const pauseMs = (): number =>
    happens(faults.deliverySlow)
      ? calls.bounded(random.spread(1_000, 1_800_000))
      : random.int(1, 300);

  partition.onAppended = () => wake(pauseMs());
  return {
    rewind(offset) {
      committed = Math.min(committed, offset);
      wake(0);
    },
  };
}

/** When an invocation is killed: mostly while it works, at times while it waits for something slow. */
export function killDelayMs(random: Random): number {
  return random.spread(2, random.pick([300, 300, 60_000]));
}

/** Ends a function's environment: nothing comes back to it any more. */
export function kill(scheduler: Scheduler, life: Life): void {
  scheduler.note('killed', life.name);
  life.ended = true;
}
