import type { PartitionOffset, RecordFeed, RecordSink } from '../../../local/emulator/record-feed';
import type { InvocationResult, Invoker } from '../../../local/emulator/invoker';
import type { KafkaEvent, SourceRecord } from '../../../local/emulator/kafka-event';
import type { MappingTemplate } from '../../../local/emulator/mapping-template';

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
  notPlayed: [],
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

/** Hands on what a test gives it and keeps what is committed. */
export class FakeFeed implements RecordFeed {
  sink: RecordSink | undefined;
  readonly commits: (readonly PartitionOffset[])[] = [];
  commitErrors: Error[] = [];
  stopped = false;

  start(sink: RecordSink): Promise<void> {
    this.sink = sink;
    return Promise.resolve();
  }

  commit(offsets: readonly PartitionOffset[]): Promise<void> {
    const error = this.commitErrors.shift();
    if (error) return Promise.reject(error);
    this.commits.push(offsets);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }

  give(...records: SourceRecord[]): void {
    if (!this.sink) throw new Error('not started');
    this.sink.accept(records);
  }

  get committed(): string[] {
    return this.commits.map((offsets) =>
      offsets.map(({ partition, offset }) => `${partition}@${offset}`).join(' '),
    );
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
    const positions = records.map(({ partition, offset }) => `${partition}@${offset}`);
    this.events.push(positions.join(' '));
    this.most = Math.max(this.most, this.#answers.length + 1);
    if (this.answerOf) return Promise.resolve(this.answerOf(positions));
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

export const done: InvocationResult = { ok: true, payload: null };
export const failure: InvocationResult = {
  ok: false,
  errorType: 'Error',
  errorMessage: 'no',
  trace: [],
};
/** What is under way has come to where it waits. */
export const settled = (delayMs = 25): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, delayMs));
