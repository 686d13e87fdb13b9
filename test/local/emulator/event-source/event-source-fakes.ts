import type {
  PartitionOffset,
  RecordFeed,
  RecordSink,
} from '../../../../local/emulator/event-source/record-feed';
import type { InvocationResult, Invoker } from '../../../../local/emulator/lambda/invoker';
import type { FailureDestination } from '../../../../local/emulator/event-source/delivery/failure-destination';
import type {
  EventRecord,
  KafkaEvent,
  SourceRecord,
} from '../../../../local/emulator/event-source/kafka-event';
import type { BoundedFailures } from '../../../../local/emulator/template/mapping-failures';
import type { MappingTemplate } from '../../../../local/emulator/template/mapping-template';
import { positionsOf } from './event-records';

export const TOPIC = 'candles.observed';
export const MAPPING: MappingTemplate = {
  logicalId: 'M',
  topics: [TOPIC],
  target: 'transform',
  consumerGroupId: 'g',
  eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/c/1',
  batchSize: 100,
  windowMs: 0,
  startingPosition: 'TRIM_HORIZON',
  failures: { kind: 'retry-until-success' },
  notEmulated: [],
};

/** The error controls of provisioned mode, with a destination. */
export const PROVISIONED: BoundedFailures = {
  kind: 'bounded',
  retryAttempts: 1,
  maxRecordAgeMs: Number.POSITIVE_INFINITY,
  bisect: true,
  reportsItemFailures: true,
  destinationTopic: 'undelivered',
};

/** A record of `bytes` zeros. */
export function record(partition: number, offset: number, bytes = 1): SourceRecord {
  return {
    topic: TOPIC,
    partition,
    offset,
    timestampMs: 1,
    timestampType: 'CREATE_TIME',
    key: null,
    value: Buffer.alloc(bytes),
    headers: [],
  };
}

/** Passes on what a test gives it; acknowledges a commit when the test says so, or at once. */
export class FakeFeed implements RecordFeed {
  sink: RecordSink | undefined;
  /** The offsets that were to be committed, `0@7 1@3`, whatever came of it. */
  readonly asked: string[] = [];
  /** The offsets whose commit was acknowledged. */
  readonly committed: string[] = [];
  commitErrors: Error[] = [];
  atOnce = true;
  stopped = false;
  #waiting: { readonly acknowledge: () => void; readonly refuse: (error: Error) => void }[] = [];

  start(sink: RecordSink): Promise<void> {
    this.sink = sink;
    return Promise.resolve();
  }

  commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const asked = positionsOf(offsets);
    this.asked.push(asked);
    const error = this.commitErrors.shift();
    if (error) return Promise.reject(error);
    return new Promise((resolve, refuse) => {
      const acknowledge = (): void => {
        this.committed.push(asked);
        resolve();
      };
      if (this.atOnce) acknowledge();
      else this.#waiting.push({ acknowledge, refuse });
    });
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  give(...records: SourceRecord[]): void {
    if (!this.sink) throw new Error('not started');
    this.sink.accept(records);
  }

  async acknowledge(): Promise<void> {
    this.#nextCommit().acknowledge();
    await settled();
  }

  async refuse(error: Error): Promise<void> {
    this.#nextCommit().refuse(error);
    await settled();
  }

  #nextCommit() {
    const commit = this.#waiting.shift();
    if (!commit) throw new Error('no commit waits');
    return commit;
  }
}

/** Keeps its events, and answers each when the test says so, or at once. */
export class FakeFunction implements Invoker {
  readonly events: string[] = [];
  #answers: ((result: InvocationResult) => void)[] = [];
  atOnce: InvocationResult | null = { ok: true, payload: null };
  /** Over `atOnce`: the answer to an event of these records, `0@5 0@6`. */
  answerOf: ((records: readonly string[]) => InvocationResult) | null = null;
  most = 0;

  readonly invoke = (event: unknown): Promise<InvocationResult> => {
    const records = Object.values((event as KafkaEvent).records).flat();
    this.events.push(positionsOf(records));
    this.most = Math.max(this.most, this.#answers.length + 1);
    if (this.answerOf) return Promise.resolve(this.answerOf(positionsOf(records).split(' ')));
    if (this.atOnce) return Promise.resolve(this.atOnce);
    return new Promise((resolve) => this.#answers.push(resolve));
  };

  async answer(result: InvocationResult): Promise<void> {
    const answer = this.#answers.shift();
    if (!answer) throw new Error('no invocation waits');
    answer(result);
    await settled();
  }
}

/** Keeps what it is sent, and acknowledges it when the test says so, or at once. */
export class FakeDestination implements FailureDestination {
  readonly sent: string[] = [];
  atOnce = true;
  stopped = false;
  #acknowledgements: (() => void)[] = [];

  readonly send = (records: readonly EventRecord[]): Promise<void> => {
    this.sent.push(positionsOf(records));
    if (this.atOnce) return Promise.resolve();
    return new Promise((resolve) => this.#acknowledgements.push(resolve));
  };

  readonly stop = (): Promise<void> => {
    this.stopped = true;
    return Promise.resolve();
  };

  async acknowledge(): Promise<void> {
    const acknowledge = this.#acknowledgements.shift();
    if (!acknowledge) throw new Error('nothing waits for its acknowledgement');
    acknowledge();
    await settled();
  }
}

export const done: InvocationResult = { ok: true, payload: null };
export const failure: InvocationResult = {
  ok: false,
  errorType: 'Error',
  errorMessage: 'no',
  trace: [],
};
/** Lets the work go on until it waits, by jest's timers; no time passes. */
export const settled = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

/** So much time passes, by jest's timers. */
export const passed = (delayMs: number): Promise<void> => jest.advanceTimersByTimeAsync(delayMs);
