import type { DeadLetter } from '../../lambdas/shared/codec/dead-letter-codec';
import type { DeadLetters } from '../../lambdas/shared/codec/dead-letters';
import type { Candle, CandlesByInterval } from '../../lambdas/shared/domain/candle';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { MetricName } from '../../lambdas/shared/domain/metrics';
import type {
  CandleReader,
  CandlesQuery,
  Exchange,
  ExchangeAnswer,
  ListingStore,
  LogDetails,
  NewRecord,
  RecordLog,
  SegmentStore,
  StatusByMarket,
  StoredCandles,
  Telemetry,
} from '../../lambdas/shared/domain/ports';
import type { Gap, MarketStatus, Progress } from '../../lambdas/shared/domain/progress';
import type { ChildrenRange } from '../../lambdas/shared/domain/roll-up';
import type { RolledSegment } from '../../lambdas/shared/domain/segment';

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
  readonly requests: CandlesQuery[] = [];
  headroom: number | undefined;
  readonly #answer: (query: CandlesQuery) => readonly Candle[] | ExchangeAnswer;

  /** A list of candles is an answer without a rejected row. */
  constructor(answer: (query: CandlesQuery) => readonly Candle[] | ExchangeAnswer) {
    this.#answer = answer;
  }
  async candles(query: CandlesQuery): Promise<ExchangeAnswer> {
    this.requests.push(query);
    const answer = await Promise.resolve(query).then((asked) => this.#answer(asked));
    return 'candles' in answer ? answer : { candles: answer, rejected: [] };
  }
  takeHeadroom(): number | undefined {
    return this.headroom;
  }
}

/** Progress as it is stored of a market that the exchange knows. */
export function statusOf(fields: Partial<MarketStatus> = {}): MarketStatus {
  return { progress: undefined, unknownSinceMs: null, endedAtMs: null, ...fields };
}

/** The status of markets, by key; what is written of their listing is kept in it. */
export class FakeListings implements ListingStore {
  readonly status: Map<string, MarketStatus>;
  readonly written: { key: string; observedAtMs: number }[] = [];

  constructor(status: Readonly<Record<string, MarketStatus>> = {}) {
    this.status = new Map(Object.entries(status));
  }
  readStatus(markets: readonly Market[]): Promise<StatusByMarket> {
    const keys = new Set(markets.map(marketKey));
    return Promise.resolve(new Map([...this.status].filter(([key]) => keys.has(key))));
  }
  writeListing(
    market: Market,
    listing: Pick<MarketStatus, 'unknownSinceMs' | 'endedAtMs'>,
    observedAtMs: number,
  ): Promise<void> {
    const key = marketKey(market);
    this.status.set(key, { ...(this.status.get(key) ?? statusOf()), ...listing });
    this.written.push({ key, observedAtMs });
    return Promise.resolve();
  }
}

/** Stored candles that keep what was read of them; reads of some markets can be made to fail. */
export class FakeStored implements CandleReader {
  readonly reads: { key: string; ranges: readonly ChildrenRange[] }[] = [];
  brokenFor: ((market: Market, ranges: readonly ChildrenRange[]) => boolean) | undefined;
  unreadable: StoredCandles['unreadable'] = [];
  readonly #candles: CandlesByInterval | Error;

  constructor(candles: CandlesByInterval | Error) {
    this.#candles = candles;
  }
  readCandles(market: Market, ranges: readonly ChildrenRange[]): Promise<StoredCandles> {
    this.reads.push({ key: marketKey(market), ranges });
    if (this.#candles instanceof Error) return Promise.reject(this.#candles);
    if (this.brokenFor?.(market, ranges) === true) {
      return Promise.reject(new Error(`the candles of ${marketKey(market)} cannot be read`));
    }
    return Promise.resolve({ candles: this.#candles, unreadable: this.unreadable });
  }
}

/** Stored candles that must not be asked for. */
export const noStored: CandleReader = {
  readCandles(market) {
    throw new Error(`unexpected read of the candles of ${marketKey(market)}`);
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

type Call = 'candles' | 'gap' | 'no gap' | 'progress' | 'status' | 'gaps' | 'stored';

/** A store in memory that keeps the order of its calls; calls for a market can be made to fail. */
export class FakeStore implements SegmentStore {
  readonly calls: string[] = [];
  readonly gaps: { key: string; gap: Gap; observedAtMs: number }[] = [];
  readonly segments: RolledSegment[] = [];
  readonly progress = new Map<string, Progress>();
  brokenFor: ((call: Call, market: Market) => boolean) | undefined;

  async writeCandles(segment: RolledSegment): Promise<void> {
    await this.#call('candles', segment);
    this.segments.push(segment);
  }
  async writeGap(market: Market, gap: Gap, observedAtMs: number): Promise<void> {
    await this.#call('gap', market);
    this.gaps.push({ key: marketKey(market), gap, observedAtMs });
  }
  async deleteGap(market: Market, { fromMs }: Gap): Promise<void> {
    await this.#call('no gap', market);
    const key = marketKey(market);
    const index = this.gaps.findIndex((one) => one.key === key && one.gap.fromMs === fromMs);
    if (index >= 0) this.gaps.splice(index, 1);
  }
  async readGaps(market: Market, range: { fromMs: number; toMs: number }): Promise<Gap[]> {
    await this.#call('gaps', market);
    const key = marketKey(market);
    return this.gaps
      .filter((one) => one.key === key && isWithin(one.gap.fromMs, range))
      .map(({ gap }) => gap);
  }
  async writeProgress(market: Market, progress: Progress): Promise<void> {
    await this.#call('progress', market);
    this.progress.set(marketKey(market), progress);
  }
  async readStatus(markets: readonly Market[]): Promise<StatusByMarket> {
    for (const market of markets) await this.#call('status', market);
    const keys = new Set(markets.map(marketKey));
    const known = [...this.progress].filter(([key]) => keys.has(key));
    return new Map(known.map(([key, progress]) => [key, statusOf({ progress })]));
  }
  /** The minutes of the segments that were written. */
  async readCandles(market: Market, ranges: readonly ChildrenRange[]): Promise<StoredCandles> {
    await this.#call('stored', market);
    const key = marketKey(market);
    const minutes = this.segments
      .filter((segment) => marketKey(segment) === key)
      .flatMap(({ candles }) => candles['1m'] ?? [])
      .filter(({ openTimeMs }) => ranges.some((range) => isWithin(openTimeMs, range)));
    return { candles: { '1m': minutes }, unreadable: [] };
  }

  /** A call is kept when it begins and, past a turn of the event loop, when it is done. */
  async #call(call: Call, market: Market): Promise<void> {
    this.calls.push(`${call} ${market.pair}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.brokenFor?.(call, market) === true) {
      throw new Error(`${call} of ${market.pair} failed`);
    }
    this.calls.push(`${call} ${market.pair} done`);
  }
}

function isWithin(timeMs: number, { fromMs, toMs }: { fromMs: number; toMs: number }): boolean {
  return timeMs >= fromMs && timeMs < toMs;
}
