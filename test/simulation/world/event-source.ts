import type { BatchAnswer } from '../../../lambdas/shared/codec/batch-answer';
import type { KafkaRecord } from '../../../lambdas/shared/codec/kafka-event';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import type { Calls, Life } from './calls';
import type { Faults } from '../faults';
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
export type CreateFunction = (
  life: Life,
) => (records: readonly KafkaRecord[]) => Promise<BatchAnswer | undefined>;

/** Records that are delivered together, and the offset to commit once all are done. */
interface Batch {
  readonly records: readonly KafkaRecord[];
  readonly end: number;
}

/** Consumes one partition. */
export interface EventSource {
  /** Delivers the records of the last day again, after the batch under way. */
  rewind(): void;
}

/** What is delivered again is rolled up and delivered again in turn: without a limit, for ever. */
const MOST_REWINDS = 5;
/**
 * No record is delivered again after so long. A record that was never stored, of
 * a minute that was withdrawn since, would bring it back into a sealed day: there
 * is no newer row for it to lose against.
 */
const LONGEST_REWIND_MS = DAY_MS;

/**
 * Delivers a partition's records at least once: one invocation at a time,
 * batches of any size up to `mostRecords`; after a failure or a kill again from
 * the committed offset, and at times from an earlier one. Of a batch that is
 * answered in part, only the records that failed, before anything else.
 */
export function createEventSource(
  { scheduler, random, faults, calls }: World,
  partition: LogPartition,
  name: string,
  mostRecords: number,
  createFunction: CreateFunction,
): EventSource {
  let committed = 0;
  let again: Batch | undefined;
  let busy = false;
  let rewindsLeft = MOST_REWINDS;
  const appendedMs: number[] = [];
  let environment: { life: Life; invoke: ReturnType<CreateFunction> } | undefined;

  const happens = (probability: number): boolean => !calls.isCalm() && random.chance(probability);

  const wake = (delayMs: number): void => {
    if (busy || committed >= partition.records.length) return;
    busy = true;
    scheduler.after(delayMs, deliver);
  };

  const nextBatch = (): Batch => {
    const end = Math.min(partition.records.length, committed + random.int(1, mostRecords));
    const records = partition.records
      .slice(committed, end)
      .filter((record): record is KafkaRecord => record !== undefined);
    return { records, end };
  };

  const deliver = (): void => {
    const batch = again ?? nextBatch();
    const { records, end } = batch;
    scheduler.note('delivers', name, () => `${records.length} of [${committed}, ${end})`);
    environment ??= created();
    const { life, invoke } = environment;
    const invoked = records.length === 0 ? Promise.resolve(undefined) : invoke(records);
    let isOver = false;
    const over = (isAnswered: boolean, failed: readonly KafkaRecord[] = []): void => {
      if (isOver) return;
      isOver = true;
      finish(batch, isAnswered, failed);
    };
    invoked.then(
      (answer) => over(!happens(faults.killed / 2), failedOf(records, answer)),
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

  const finish = (batch: Batch, isAnswered: boolean, failed: readonly KafkaRecord[]): void => {
    busy = false;
    const succeeded = isAnswered && failed.length === 0;
    const isGivenUp = !succeeded && happens(faults.batchGivenUp);
    if (isGivenUp) scheduler.note('gives up', name);
    if (isAnswered) again = succeeded ? undefined : { records: failed, end: batch.end };
    if (succeeded || isGivenUp) {
      committed = batch.end;
      again = undefined;
    }
    if (succeeded && rewindsLeft > 0 && happens(faults.offsetsRewound)) {
      rewindsLeft--;
      goBack(committed - random.spread(1, 40));
      scheduler.note('rewinds', name, () => `to ${committed}`);
    }
    wake(succeeded ? pauseMs() : Math.max(100, calls.bounded(random.spread(100, 120_000))));
  };

  const goBack = (offset: number): void => {
    const oldestMs = scheduler.nowMs() - LONGEST_REWIND_MS;
    const first = appendedMs.findIndex((timeMs) => timeMs >= oldestMs);
    const firstOffset = first < 0 ? appendedMs.length : first;
    committed = Math.min(committed, Math.max(offset, firstOffset));
  };

  const pauseMs = (): number =>
    happens(faults.deliverySlow)
      ? calls.bounded(random.spread(1_000, 1_800_000))
      : random.int(1, 300);

  partition.onAppended = () => {
    appendedMs.push(scheduler.nowMs());
    wake(pauseMs());
  };
  return {
    rewind() {
      goBack(0);
      wake(0);
    },
  };
}

/** The records of a batch that an answer names; as in Lambda, the whole batch where it names any other. */
function failedOf(
  records: readonly KafkaRecord[],
  answer: BatchAnswer | undefined,
): readonly KafkaRecord[] {
  const identifiers = answer?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  const failed = records.filter(({ topic, partition, offset }) =>
    identifiers.some((one) => one.partition === `${topic}-${partition}` && one.offset === offset),
  );
  return failed.length === identifiers.length ? failed : records;
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
