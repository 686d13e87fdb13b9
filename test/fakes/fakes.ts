import type {
  CandleReader,
  Exchange,
  LogDetails,
  MinutesQuery,
  NewRecord,
  ProgressReader,
  RecordLog,
  SegmentStore,
  Telemetry,
} from '../../lambdas/shared/domain/ports';
import type { MetricName } from '../../lambdas/shared/domain/metrics';
import type { Candle, CandlesByInterval } from '../../lambdas/shared/domain/candle';
import type { Gap, Progress } from '../../lambdas/shared/domain/progress';
import type { ChildrenRange } from '../../lambdas/shared/domain/roll-up';
import type { RolledSegment } from '../../lambdas/shared/domain/segment';
import type { DeadLetter } from '../../lambdas/shared/codec/dead-letter-codec';
import type { DeadLetters } from '../../lambdas/shared/codec/dead-letters';

interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly details: LogDetails;
  readonly cause?: unknown;
}

/** Telemetry that keeps what it is told. */
export class FakeTelemetry implements Telemetry {
  readonly lines: LogLine[] = [];
  readonly #counts = new Map<MetricName, number>();

  info(message: string, details: LogDetails): void {
    this.lines.push({ level: 'info', message, details });
  }
  warn(message: string, details: LogDetails): void {
    this.lines.push({ level: 'warn', message, details });
  }
  error(message: string, details: LogDetails, cause: unknown): void {
    this.lines.push({ level: 'error', message, details, cause });
  }
  count(metric: MetricName, value: number): void {
    this.#counts.set(metric, (this.#counts.get(metric) ?? 0) + value);
  }
  counted(metric: MetricName): number {
    return this.#counts.get(metric) ?? 0;
  }
  /** All metrics that were counted. */
  metrics(): MetricName[] {
    return [...this.#counts.keys()];
  }
  messages(level: LogLine['level']): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }
}

/** A log that keeps what is appended to it; a topic named as broken takes nothing. */
export class FakeLog implements RecordLog {
  readonly appended: { topic: string; key: string; value: Buffer }[] = [];
  brokenFor: ((record: NewRecord, topic: string) => boolean) | undefined;

  append(topic: string, records: readonly NewRecord[]): Promise<void> {
    if (records.some((record) => this.brokenFor?.(record, topic) === true)) {
      return Promise.reject(new Error(`the log does not take records of ${topic}`));
    }
    for (const { key, value } of records) {
      this.appended.push({ topic, key, value: Buffer.from(value) });
    }
    return Promise.resolve();
  }
  valuesOf(topic: string): Buffer[] {
    return this.appended.filter((record) => record.topic === topic).map(({ value }) => value);
  }
}

/** An exchange that answers from one function, and keeps what it was asked. */
export class FakeExchange implements Exchange {
  readonly requests: MinutesQuery[] = [];
  headroom: number | undefined;
  readonly #answer: (query: MinutesQuery) => readonly Candle[];

  constructor(answer: (query: MinutesQuery) => readonly Candle[]) {
    this.#answer = answer;
  }
  minutes(query: MinutesQuery): Promise<readonly Candle[]> {
    this.requests.push(query);
    return Promise.resolve(query).then((asked) => this.#answer(asked));
  }
  takeHeadroom(): number | undefined {
    return this.headroom;
  }
}

/** Progress of the pairs that it was made with. */
export function progressOf(known: Readonly<Record<string, Progress>>): ProgressReader {
  return {
    read: (pairs) =>
      Promise.resolve(new Map(Object.entries(known).filter(([pair]) => pairs.includes(pair)))),
  };
}

/** Stored children that keep what was read of them; reads of some pairs can be made to fail. */
export class FakeChildren implements CandleReader {
  readonly reads: { pair: string; ranges: readonly ChildrenRange[] }[] = [];
  brokenFor: ((pair: string, ranges: readonly ChildrenRange[]) => boolean) | undefined;
  readonly #stored: CandlesByInterval | Error;

  constructor(stored: CandlesByInterval | Error) {
    this.#stored = stored;
  }
  read(pair: string, ranges: readonly ChildrenRange[]): Promise<CandlesByInterval> {
    this.reads.push({ pair, ranges });
    if (this.#stored instanceof Error) return Promise.reject(this.#stored);
    if (this.brokenFor?.(pair, ranges) === true) {
      return Promise.reject(new Error(`the children of ${pair} cannot be read`));
    }
    return Promise.resolve(this.#stored);
  }
}

/** Stored children that must not be asked for. */
export const noChildren: CandleReader = {
  read(pair) {
    throw new Error(`unexpected read of the children of ${pair}`);
  },
};

/** Dead letters that are kept. */
export class FakeDeadLetters implements DeadLetters {
  readonly letters: DeadLetter[] = [];
  broken: Error | undefined;
  send(letters: readonly DeadLetter[]): Promise<void> {
    if (this.broken !== undefined && letters.length > 0) return Promise.reject(this.broken);
    this.letters.push(...letters);
    return Promise.resolve();
  }
}

type Write = 'candles' | 'gap' | 'progress' | 'read';

/** A store in memory that keeps the order of its calls; writes of a pair can be made to fail. */
export class FakeStore implements SegmentStore {
  readonly calls: string[] = [];
  readonly gaps: { pair: string; gap: Gap; observedAtMs: number }[] = [];
  readonly segments: RolledSegment[] = [];
  readonly progress = new Map<string, Progress>();
  brokenFor: ((write: Write, pair: string) => boolean) | undefined;

  async writeCandles(segment: RolledSegment): Promise<void> {
    await this.#call('candles', segment.pair);
    this.segments.push(segment);
  }
  async writeGap(pair: string, gap: Gap, observedAtMs: number): Promise<void> {
    await this.#call('gap', pair);
    this.gaps.push({ pair, gap, observedAtMs });
  }
  async writeProgress(pair: string, progress: Progress): Promise<void> {
    await this.#call('progress', pair);
    this.progress.set(pair, progress);
  }
  async read(pairs: readonly string[]): Promise<ReadonlyMap<string, Progress>> {
    for (const pair of pairs) await this.#call('read', pair);
    return new Map([...this.progress].filter(([pair]) => pairs.includes(pair)));
  }

  /** A call is kept when it begins and, past a turn of the event loop, when it is done. */
  async #call(write: Write, pair: string): Promise<void> {
    this.calls.push(`${write} ${pair}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.brokenFor?.(write, pair) === true) throw new Error(`${write} of ${pair} failed`);
    this.calls.push(`${write} ${pair} done`);
  }
}
