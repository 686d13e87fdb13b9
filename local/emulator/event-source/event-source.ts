import type { Invoker } from '../lambda/invoker';
import type { MappingTemplate } from '../template/mapping-template';
import { createDelivery } from './delivery/create-delivery';
import type { Delivery, DeliveryRun, RetryDelays } from './delivery/delivery';
import type { FailureDestination } from './delivery/failure-destination';
import { EventInvocation } from './event-invocation';
import { EventQueue } from './event-queue';
import type { EventSourceProblem } from './event-source-problem';
import { type EventRecord, partitionKey } from './kafka-event';
import { OffsetCommits } from './offset-commits';
import type { Taken } from './record-backlog';
import type { PartitionOffset, RecordFeed } from './record-feed';
import { orUntilEnd, pause, RunEndedError } from './run-end';
import { SettledOffsets } from './settled-offsets';

/** Options for an event source. */
export interface EventSourceOptions {
  readonly mapping: MappingTemplate;
  readonly bootstrapServers: string;
  readonly feed: RecordFeed;
  readonly invoker: Invoker;
  readonly onProblem: (problem: EventSourceProblem) => void;
  /** Opens the topic for discarded records, if the mapping has one; connects when needed. */
  readonly openDestination: (topic: string) => FailureDestination;
  /** Between the attempts of a failed batch. @default 0.1 to 2 s */
  readonly retryDelaysMs?: RetryDelays;
  /** The longest that `stop` waits for the invocation that runs and its commit. @default 5 s */
  readonly stopLimitMs?: number;
  /** The clock for the age of records, in ms since 1970. @default the system's */
  readonly now?: () => number;
}

const RETRY_DELAYS_MS = { first: 100, longest: 2_000 } as const;
const STOP_LIMIT_MS = 5_000;

/**
 * An event source mapping, as Lambda has it: one invocation at a time for a
 * partition, in offset order. Here it is one for all partitions, as the function
 * is one process: the number of pollers is not emulated. The mode decides what
 * becomes of a failed batch: on-demand (`RetryUntilSuccess`) or provisioned
 * (`BoundedRetries`). Offsets are committed for what is done only.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #queue: EventQueue;
  readonly #invocation: EventInvocation;
  readonly #delivery: Delivery;
  readonly #destination: FailureDestination | null;
  readonly #commits: OffsetCommits;
  readonly #processed = new Map<string, PartitionOffset>();
  /** Aborted as nothing new is to begin. */
  readonly #ending = new AbortController();
  /** Aborted as nobody waits any more for what runs. */
  readonly #ended = new AbortController();
  #generation = 0;
  #batches = 0;
  #dropped = 0;
  #running: Promise<void> | null = null;

  constructor(options: EventSourceOptions) {
    const { mapping, bootstrapServers, feed, invoker } = options;
    const origin = { eventSourceArn: mapping.eventSourceArn, bootstrapServers };
    const report = (problem: EventSourceProblem): void => this.#report(problem);
    this.#options = options;
    this.#queue = new EventQueue(origin, mapping);
    this.#invocation = new EventInvocation(invoker, origin, this.#ended.signal);
    const { retryDelaysMs = RETRY_DELAYS_MS, now = Date.now } = options;
    const created = createDelivery({ ...options, retryDelaysMs, now, report });
    this.#delivery = created.delivery;
    this.#destination = created.destination;
    this.#commits = new OffsetCommits(feed, this.#ended.signal, (error) =>
      report({ kind: 'commit-failed', error }),
    );
  }

  get mapping(): MappingTemplate {
    return this.#options.mapping;
  }

  /** Batches that are done: taken by the function, or discarded. */
  get batches(): number {
    return this.#batches;
  }

  /** Records that neither the function nor a destination has. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The next offset after those done in this run; undefined if there are none yet. */
  processedTo(topic: string, partition: number): number | undefined {
    return this.#processed.get(partitionKey({ topic, partition }))?.offset;
  }

  async start(): Promise<void> {
    this.#running = this.#deliverAll();
    await this.#options.feed.start({
      accept: (records) => this.#queue.add(records),
      hasRoom: (limitMs) => this.#queue.hasRoom(limitMs),
      restarted: () => {
        this.#generation += 1;
        this.#queue.clear();
        this.#commits.forget();
      },
    });
  }

  /**
   * Ends in order: the invocation that runs may finish and have its offsets
   * committed, then the consumer leaves its group.
   */
  async stop(): Promise<void> {
    const { stopLimitMs = STOP_LIMIT_MS, feed } = this.#options;
    this.#ending.abort();
    this.#queue.end();
    const limit = new AbortController();
    try {
      await this.#finish(pause(stopLimitMs, limit.signal));
    } finally {
      limit.abort();
      await Promise.all([feed.stop(), this.#destination?.stop()]);
    }
  }

  /** @throws the error that ended the deliveries before their time */
  async #finish(limit: Promise<void>): Promise<void> {
    try {
      await Promise.race([this.#running, limit]);
    } finally {
      this.#ended.abort();
    }
    await this.#running;
    await Promise.race([this.#commits.idle(), limit]);
    if (!this.#commits.isIdle) this.#report({ kind: 'commit-failed', error: unacknowledged() });
  }

  #report(problem: EventSourceProblem): void {
    if (problem.kind === 'records-dropped') this.#dropped += problem.records.length;
    this.#options.onProblem(problem);
  }

  async #deliverAll(): Promise<void> {
    let taken = await this.#queue.next();
    while (taken) {
      await this.#deliver(taken);
      taken = await this.#queue.next();
    }
  }

  async #deliver(taken: Taken): Promise<void> {
    if (taken.kind === 'oversized') {
      const { record, jsonBytes } = taken;
      await this.#delivery.deliverOversized(record, jsonBytes, this.#runOf([record]));
    } else if (await this.#delivery.deliver(taken.records, this.#runOf(taken.records))) {
      this.#batches += 1;
    }
  }

  #runOf(records: readonly EventRecord[]): DeliveryRun {
    const generation = this.#generation;
    const isCurrent = (): boolean => generation === this.#generation;
    const offsets = new SettledOffsets(records);
    const ending = this.#ending.signal;
    return {
      invoke: (part) => this.#invocation.invoke(part),
      settle: (part) => {
        // Else the records come again, and their offsets are committed then.
        if (isCurrent()) this.#done(offsets.settle(part));
      },
      isWanted: () => !ending.aborted && isCurrent(),
      waitFor: (work) => orUntilEnd(this.#ended.signal, work),
      ending,
    };
  }

  #done(offsets: readonly PartitionOffset[]): void {
    if (offsets.length === 0) return;
    for (const next of offsets) this.#processed.set(partitionKey(next), next);
    this.#commits.add(offsets);
  }
}

function unacknowledged(): RunEndedError {
  return new RunEndedError(
    'the offsets were not acknowledged before the stop; their records come again in the next run',
  );
}
