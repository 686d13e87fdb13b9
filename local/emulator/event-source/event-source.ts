import { BoundedRetries, type NamedDestination } from './delivery/bounded-retries';
import type { Delivery, DeliveryRun, RetryDelays } from './delivery/delivery';
import type { EventSourceProblem } from './event-source-problem';
import type { FailureDestination } from './delivery/failure-destination';
import type { InvocationResult, Invoker } from '../lambda/invoker';
import { type EventOrigin, type EventRecord, kafkaEventOf, partitionKey } from './kafka-event';
import type { MappingTemplate } from '../template/mapping-template';
import { OffsetCommits } from './offset-commits';
import { PAYLOAD_LIMIT_BYTES, RecordBacklog } from './record-backlog';
import type { PartitionOffset, RecordFeed } from './record-feed';
import { RetryUntilSuccess } from './delivery/retry-until-success';
import { orUntilEnd, pause, RunEndedError } from './run-end';
import { SettledOffsets } from './settled-offsets';
import { WakeSignal } from './wake-signal';

/** How an event source works. */
export interface EventSourceOptions {
  readonly mapping: MappingTemplate;
  readonly bootstrapServers: string;
  readonly feed: RecordFeed;
  readonly invoker: Invoker;
  readonly onProblem: (problem: EventSourceProblem) => void;
  /** Opens the topic that takes what failed, where the mapping has one; connects when needed. */
  readonly openDestination: (topic: string) => FailureDestination;
  /** Between the attempts of a failed batch; 0.1 to 2 s without it. */
  readonly retryDelaysMs?: RetryDelays;
  /** How long `stop` waits for the invocation that runs and its commit; 5 s without it. */
  readonly stopLimitMs?: number;
  /** The clock that a record's age is read from, in ms since 1970; the system's without it. */
  readonly now?: () => number;
}

const RETRY_DELAYS_MS = { first: 100, longest: 2_000 } as const;
const STOP_LIMIT_MS = 5_000;
/** Of waiting JSON: the next event is there while one is at work, and no more than that. */
const BACKLOG_LIMIT_BYTES = PAYLOAD_LIMIT_BYTES;

/**
 * An event source mapping, as Lambda has it: one invocation at a time for a
 * partition (here for all of them, as the function is one process: how many
 * pollers there are is not played), in offset order; events of up to `batchSize`
 * records and 6 MB, made once the window has passed or an event is full. What
 * becomes of a failed batch is the mode's: on-demand (`RetryUntilSuccess`) or
 * provisioned (`BoundedRetries`). Offsets are committed for what is done only.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #origin: EventOrigin;
  readonly #backlog: RecordBacklog;
  readonly #delivery: Delivery;
  readonly #commits: OffsetCommits;
  readonly #destination: NamedDestination | null;
  readonly #processed = new Map<string, PartitionOffset>();
  /** Nothing new is begun. */
  readonly #ending = new AbortController();
  /** Nobody waits for what runs any more. */
  readonly #ended = new AbortController();
  readonly #changes = new WakeSignal();
  #generation = 0;
  #batches = 0;
  #dropped = 0;
  #running: Promise<void> | null = null;

  constructor(options: EventSourceOptions) {
    const { mapping, bootstrapServers } = options;
    this.#options = options;
    this.#origin = { eventSourceArn: mapping.eventSourceArn, bootstrapServers };
    this.#backlog = new RecordBacklog(this.#origin, {
      records: mapping.batchSize,
      payloadBytes: PAYLOAD_LIMIT_BYTES,
    });
    this.#destination = openDestination(options);
    this.#delivery = this.#makeDelivery();
    this.#commits = new OffsetCommits(options.feed, this.#ended.signal, (error) =>
      this.#report({ kind: 'commit-failed', error }),
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

  /** The next offset after those done in this run; undefined where there are none yet. */
  processedTo(topic: string, partition: number): number | undefined {
    return this.#processed.get(partitionKey({ topic, partition }))?.offset;
  }

  async start(): Promise<void> {
    this.#running = this.#deliverAll();
    await this.#options.feed.start({
      accept: (records) => {
        this.#backlog.add(records);
        this.#changes.notify();
      },
      hasRoom: (limitMs) => this.#hasRoom(limitMs),
      restarted: () => {
        this.#generation += 1;
        this.#backlog.clear();
        this.#commits.forget();
        this.#changes.notify();
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
    this.#changes.notify();
    const limit = new AbortController();
    try {
      await this.#finish(pause(stopLimitMs, limit.signal));
    } finally {
      limit.abort();
      await Promise.all([feed.stop(), this.#destination?.port.stop()]);
    }
  }

  /** @throws what ended the deliveries before their time */
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

  #makeDelivery(): Delivery {
    const { mapping, retryDelaysMs: delays = RETRY_DELAYS_MS, now = Date.now } = this.#options;
    const report = (problem: EventSourceProblem): void => this.#report(problem);
    const { failures } = mapping;
    if (failures.kind === 'retry-until-success') return new RetryUntilSuccess(delays, report);
    const destination = this.#destination;
    return new BoundedRetries({ failures, destination, delays, report, now });
  }

  #report(problem: EventSourceProblem): void {
    if (problem.kind === 'records-dropped') this.#dropped += problem.records.length;
    this.#options.onProblem(problem);
  }

  async #hasRoom(limitMs: number): Promise<boolean> {
    if (this.#backlog.bytes < BACKLOG_LIMIT_BYTES) return true;
    await this.#changes.next(limitMs);
    return this.#backlog.bytes < BACKLOG_LIMIT_BYTES;
  }

  async #deliverAll(): Promise<void> {
    while (!this.#ending.signal.aborted) {
      if (this.#backlog.size === 0) {
        await this.#changes.next();
        continue;
      }
      await this.#fillWindow();
      await this.#deliverNext();
    }
  }

  /** Waits until the window has passed, or an event is full. */
  async #fillWindow(): Promise<void> {
    const untilMs = performance.now() + this.mapping.windowMs;
    const isFilling = (): boolean => this.#backlog.size > 0 && !this.#backlog.fillsAnEvent;
    while (!this.#ending.signal.aborted && isFilling()) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      await this.#changes.next(leftMs);
    }
  }

  async #deliverNext(): Promise<void> {
    const taken = this.#ending.signal.aborted ? undefined : this.#backlog.take();
    if (!taken) return;
    this.#changes.notify();
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
      invoke: (part) => this.#invoke(part),
      settle: (part) => {
        // Else the records come again, and their offsets are committed then.
        if (isCurrent()) this.#done(offsets.settle(part));
      },
      isWanted: () => !ending.aborted && isCurrent(),
      waitFor: (work) => orUntilEnd(this.#ended.signal, work),
      ending,
    };
  }

  async #invoke(records: readonly EventRecord[]): Promise<InvocationResult> {
    const event = kafkaEventOf(this.#origin, records);
    try {
      return await orUntilEnd(this.#ended.signal, this.#options.invoker.invoke(event));
    } catch (error) {
      return failureOfThrown(error);
    }
  }

  #done(offsets: readonly PartitionOffset[]): void {
    if (offsets.length === 0) return;
    for (const next of offsets) this.#processed.set(partitionKey(next), next);
    this.#commits.add(offsets);
  }
}

function openDestination({
  mapping,
  openDestination: open,
}: EventSourceOptions): NamedDestination | null {
  const { failures } = mapping;
  if (failures.kind !== 'bounded' || failures.destinationTopic === null) return null;
  const name = failures.destinationTopic;
  return { name, port: open(name) };
}

function unacknowledged(): RunEndedError {
  return new RunEndedError(
    'the offsets were not acknowledged before the stop; their records come again in the next run',
  );
}

/** An invoker may be a network away: what it throws is a failed attempt too. */
function failureOfThrown(thrown: unknown): InvocationResult {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    ok: false,
    errorType: error.name,
    errorMessage: error.message,
    trace: error.stack?.split('\n') ?? [],
  };
}
