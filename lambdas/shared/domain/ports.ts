import type { Candle, CandlesByInterval } from './candle';
import type { MetricName } from './metrics';
import type { Gap, Progress } from './progress';
import type { ChildrenRange } from './roll-up';
import type { RolledSegment } from './segment';

/** Which minutes are asked for. */
export interface MinutesQuery {
  readonly pair: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** A candle that opens before this is taken as closed, even where the exchange says that it is open. */
  readonly closedBeforeMs: number;
  /** How long the exchange has, repetitions included. */
  readonly withinMs: number;
}

/** The exchange that candles come from. */
export interface Exchange {
  /**
   * The closed one-minute candles of a pair that open in `[fromMs, toMs)`, in
   * time order; minutes without a trade are absent, and so is one that the
   * exchange still has open.
   *
   * @throws whatever kept it from getting all of them: a part is never returned
   */
  minutes(query: MinutesQuery): Promise<readonly Candle[]>;
  /**
   * The fewest requests that the exchange said it would still take, of its answers since this was
   * last asked; undefined where it said nothing of that.
   */
  takeHeadroom(): number | undefined;
}

/** How far pairs have come. */
export interface ProgressReader {
  /** The progress of each of the pairs that has any. */
  read(pairs: readonly string[]): Promise<ReadonlyMap<string, Progress>>;
}

/** Stored candles, for reading. */
export interface CandleReader {
  /**
   * The stored candles of a pair in the ranges, by interval, in the order of the ranges and of time.
   *
   * @throws UnreadableCandleError for a row that no repetition can read, and whatever else kept it from reading
   */
  read(pair: string, ranges: readonly ChildrenRange[]): Promise<CandlesByInterval>;
}

/** What persist writes to: every write carries the segment's observation, and an older one never wins. */
export interface SegmentStore extends ProgressReader {
  /** Stores all candles of a segment; resolves once every row is acknowledged. */
  writeCandles(segment: RolledSegment): Promise<void>;
  writeGap(pair: string, gap: Gap, observedAtMs: number): Promise<void>;
  writeProgress(pair: string, progress: Progress): Promise<void>;
}

/** A record to append to a topic. */
export interface NewRecord {
  readonly key: string;
  readonly value: Uint8Array;
}

/** The log that functions write to. */
export interface RecordLog {
  /** Appends records to a topic, in order for each key; resolves once all are acknowledged. */
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
}

/** Details of a log line: flat, small, never whole records. */
export type LogDetails = Readonly<Record<string, string | number | boolean | null>>;

/** What a function tells of its work: structured log lines and metrics. */
export interface Telemetry {
  info(message: string, details: LogDetails): void;
  warn(message: string, details: LogDetails): void;
  error(message: string, details: LogDetails, cause: unknown): void;
  /** Adds to a metric of this invocation, in its unit. */
  count(metric: MetricName, value: number): void;
}
