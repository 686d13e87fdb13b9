import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import type { InvocationFailure, InvocationResult, Invoker } from './invoker';
import { kafkaEventOf, partitionKey } from './kafka-event';
import type { EventOrigin, EventRecord, KafkaEvent, SourceRecord } from './kafka-event';
import type { MappingTemplate } from './pipeline-template';
import { PAYLOAD_LIMIT_BYTES, RecordBacklog } from './record-backlog';

/** Up to where a partition is done: the next offset to be read. */
export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Where records go. */
export interface RecordSink {
  /** Records of one partition, in offset order, after those it was given before. */
  readonly accept: (records: readonly SourceRecord[]) => void;
  /** Whether more may come; waits for it for `limitMs` at most. */
  readonly hasRoom: (limitMs: number) => Promise<boolean>;
  /** Reading starts again at the committed offsets: what waits would come twice. */
  readonly restarted: () => void;
}

/** Where records come from: the part of a Kafka consumer that an event source needs. */
export interface RecordFeed {
  readonly start: (sink: RecordSink) => Promise<void>;
  /** @throws where the offsets could not be stored */
  readonly commit: (offsets: readonly PartitionOffset[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What an event source says of what goes wrong. */
export type EventSourceProblem =
  | {
      readonly kind: 'batch-failed';
      readonly attempt: number;
      readonly records: number;
      readonly failure: InvocationFailure;
    }
  | {
      readonly kind: 'record-dropped';
      readonly topic: string;
      readonly partition: number;
      readonly offset: number;
      readonly jsonBytes: number;
    }
  | { readonly kind: 'commit-failed'; readonly error: unknown };

/** How an event source works. */
export interface EventSourceOptions {
  readonly mapping: MappingTemplate;
  readonly bootstrapServers: string;
  readonly feed: RecordFeed;
  readonly invoker: Invoker;
  readonly onProblem: (problem: EventSourceProblem) => void;
  /** Between the attempts of a failed batch: doubled each time, up to the second. */
  readonly retryDelaysMs?: { readonly first: number; readonly longest: number };
  /** How long `stop` waits for the invocation that runs; 5 s without it. */
  readonly stopLimitMs?: number;
}

/** A batch that the function did not take. */
class FailedBatchError extends Error {
  override readonly name = 'FailedBatchError';
  readonly failure: InvocationFailure;

  constructor(failure: InvocationFailure) {
    super(`${failure.errorType}: ${failure.errorMessage}`);
    this.failure = failure;
  }
}

const RETRY_DELAYS_MS = { first: 100, longest: 2_000 } as const;
const COMMIT_RETRY_DELAY_MS = 500;
const STOP_LIMIT_MS = 5_000;
/** Of waiting JSON: the next event is there while one is at work, and no more than that. */
const BACKLOG_LIMIT_BYTES = PAYLOAD_LIMIT_BYTES;

/**
 * An event source mapping in on-demand mode, as Lambda has it: one invocation
 * at a time for a partition (here for all of them, as the function is one
 * process), in offset order; events of up to `batchSize` records and 6 MB, made
 * once the window has passed or an event is full; a failed batch is tried again
 * until it succeeds; offsets are committed after that only.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #origin: EventOrigin;
  readonly #backlog: RecordBacklog;
  readonly #processed = new Map<string, PartitionOffset>();
  readonly #uncommitted = new Map<string, PartitionOffset>();
  readonly #stopping = new AbortController();
  readonly #changes = new Signal();
  #generation = 0;
  #batches = 0;
  #dropped = 0;
  #running: Promise<void> | null = null;
  #isInvoking = false;
  #draining = false;
  #committing: Promise<void> | null = null;

  constructor(options: EventSourceOptions) {
    const { mapping, bootstrapServers } = options;
    this.#options = options;
    this.#origin = { eventSourceArn: mapping.eventSourceArn, bootstrapServers };
    this.#backlog = new RecordBacklog(this.#origin, {
      records: mapping.batchSize,
      payloadBytes: PAYLOAD_LIMIT_BYTES,
    });
  }

  get mapping(): MappingTemplate {
    return this.#options.mapping;
  }

  /** Batches that the function has taken. */
  get batches(): number {
    return this.#batches;
  }

  /** Records that no event can hold. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The next offset after those processed in this run; undefined where there are none yet. */
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
    this.#draining = true;
    this.#changes.notify();
    if (this.#isInvoking) {
      const limit = new AbortController();
      await Promise.race([this.#running, pause(stopLimitMs, limit.signal)]);
      limit.abort();
    }
    this.#stopping.abort();
    await this.#running;
    await this.#committing;
    await feed.stop();
  }

  async #hasRoom(limitMs: number): Promise<boolean> {
    if (this.#backlog.bytes < BACKLOG_LIMIT_BYTES) return true;
    await this.#changes.next(limitMs);
    return this.#backlog.bytes < BACKLOG_LIMIT_BYTES;
  }

  async #deliverAll(): Promise<void> {
    while (!this.#draining) {
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
    while (!this.#draining && this.#backlog.size > 0 && !this.#backlog.fillsAnEvent) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      await this.#changes.next(leftMs);
    }
  }

  async #deliverNext(): Promise<void> {
    const generation = this.#generation;
    const taken = this.#draining ? undefined : this.#backlog.take();
    if (!taken) return;
    this.#changes.notify();
    if (taken.kind === 'oversized') {
      this.#drop(taken.record, taken.jsonBytes);
    } else if (!(await this.#processBatch(taken.records, generation))) {
      return;
    }
    this.#done(taken.kind === 'oversized' ? [taken.record] : taken.records);
  }

  #drop({ topic, partition, offset }: EventRecord, jsonBytes: number): void {
    this.#dropped += 1;
    this.#options.onProblem({ kind: 'record-dropped', topic, partition, offset, jsonBytes });
  }

  /** False where the batch was given up: at the end of the run, or as it comes again. */
  async #processBatch(records: readonly EventRecord[], generation: number): Promise<boolean> {
    const event = kafkaEventOf(this.#origin, records);
    const { first, longest } = this.#options.retryDelaysMs ?? RETRY_DELAYS_MS;
    const isWanted = (): boolean => !this.#draining && generation === this.#generation;
    try {
      await pRetry(() => this.#attempt(event), {
        retries: Number.POSITIVE_INFINITY,
        minTimeout: first,
        maxTimeout: longest,
        randomize: true,
        signal: this.#stopping.signal,
        shouldRetry: isWanted,
        onFailedAttempt: ({ error, attemptNumber }) =>
          this.#reportFailure(error, attemptNumber, records.length),
      });
      this.#batches += 1;
      return true;
    } catch (error) {
      if (isWanted()) throw error;
      return false;
    }
  }

  async #attempt(event: KafkaEvent): Promise<void> {
    this.#isInvoking = true;
    const invocation = this.#options.invoker.invoke(event).catch(failureOfThrown);
    const result = await orAtTheEnd(this.#stopping.signal, invocation);
    this.#isInvoking = false;
    if (!result.ok) throw new FailedBatchError(result);
  }

  #reportFailure(error: Error, attempt: number, records: number): void {
    if (!(error instanceof FailedBatchError)) throw error;
    const { failure } = error;
    this.#options.onProblem({ kind: 'batch-failed', attempt, records, failure });
  }

  #done(records: readonly EventRecord[]): void {
    for (const { topic, partition, offset } of records) {
      const next = { topic, partition, offset: offset + 1 };
      this.#processed.set(partitionKey(next), next);
      this.#uncommitted.set(partitionKey(next), next);
    }
    this.#committing ??= this.#commitAll().finally(() => (this.#committing = null));
  }

  /** Beside the next invocation, as a commit waits for the fetch that is under way. */
  async #commitAll(): Promise<void> {
    while (this.#uncommitted.size > 0) {
      const offsets = [...this.#uncommitted.entries()];
      this.#uncommitted.clear();
      try {
        await this.#options.feed.commit(offsets.map(([, offset]) => offset));
      } catch (error) {
        this.#options.onProblem({ kind: 'commit-failed', error });
        if (this.#draining) return;
        for (const [key, offset] of offsets) {
          if (!this.#uncommitted.has(key)) this.#uncommitted.set(key, offset);
        }
        await pause(COMMIT_RETRY_DELAY_MS, this.#stopping.signal);
      }
    }
  }
}

const GIVEN_UP: InvocationResult = {
  ok: false,
  errorType: 'Local.Stopped',
  errorMessage: 'the run ended before the function answered',
  trace: [],
};

/** What an invocation answers, or that it is given up: at the end nobody waits for it. */
async function orAtTheEnd(
  signal: AbortSignal,
  invocation: Promise<InvocationResult>,
): Promise<InvocationResult> {
  const answered = new AbortController();
  const ended = once(signal, 'abort', { signal: answered.signal }).then(() => GIVEN_UP);
  try {
    return await Promise.race([invocation, ended]);
  } finally {
    answered.abort();
  }
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

/** Waits, but no longer than until the signal. */
async function pause(delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(delayMs, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** Wakes everyone who waits. */
class Signal {
  #waiting: (() => void)[] = [];

  notify(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const wake of waiting) wake();
  }

  /** Resolves at the next notification, or after `limitMs`. */
  next(limitMs?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = limitMs === undefined ? undefined : setTimeout(resolve, limitMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
