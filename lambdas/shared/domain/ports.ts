import type { Candle, StoredByInterval } from './candle';
import type { Interval } from './interval';
import { type Market, marketKey } from './market';
import type { MetricName } from './metrics';
import type { DayAsk, LedgerDay, StoredAudit } from './ledger/ledger';
import type { Gap } from './progress/gaps';
import type { MarketStatus, Progress } from './progress/progress';
import { type ChildrenRange, inTimeOrder } from './roll-up';
import type { RejectedMinute, RolledSegment } from './segment';

/** A question to the exchange: the one-minute candles of a pair that open in `[fromMs, toMs)`. */
export interface CandlesQuery {
  readonly pair: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** A candle that opens before this is taken as closed, even if the exchange says that it is open. */
  readonly closedBeforeMs: number;
  /** The time that the exchange has, repetitions included, in milliseconds. */
  readonly withinMs: number;
}

/** An answer of the exchange: evidence, not truth. */
export interface ExchangeAnswer {
  /** Closed candles with trades in them, in time order; minutes without a trade are absent. */
  readonly candles: readonly Candle[];
  /** Minutes of the range whose rows could not be candles, in time order. */
  readonly rejected: readonly RejectedMinute[];
  /** Rows that have no minute of the range: a minute that is absent may have been in one of them. Undefined for none. */
  readonly misplaced?: MisplacedRows | undefined;
}

/** Rows whose time cannot be read, or is not one that was asked for. */
export interface MisplacedRows {
  readonly rows: number;
  /** Reason of the first one. */
  readonly reason: string;
}

/** Several answers as one. Of a minute that is in several, the last one counts, for it was heard last. */
export function joinedAnswers(answers: readonly ExchangeAnswer[]): ExchangeAnswer {
  const candles = inTimeOrder(answers.flatMap((answer) => answer.candles));
  const times = new Set(candles.map(({ openTimeMs }) => openTimeMs));
  const rejected = new Map(
    answers.flatMap((answer) => answer.rejected).map((one) => [one.openTimeMs, one]),
  );
  return {
    candles,
    misplaced: joinedMisplaced(answers.flatMap(({ misplaced }) => misplaced ?? [])),
    rejected: [...rejected.values()]
      .filter(({ openTimeMs }) => !times.has(openTimeMs))
      .sort((a, b) => a.openTimeMs - b.openTimeMs),
  };
}

function joinedMisplaced(parts: readonly MisplacedRows[]): MisplacedRows | undefined {
  const [first] = parts;
  if (first === undefined) return undefined;
  return { rows: parts.reduce((sum, { rows }) => sum + rows, 0), reason: first.reason };
}

/** An exchange that candles come from. */
export interface Exchange {
  /**
   * The one-minute candles of a pair.
   *
   * @throws UnknownPairError if the exchange does not know the pair, and whatever else kept it from
   *   answering for the whole range
   */
  candles(query: CandlesQuery): Promise<ExchangeAnswer>;
  /**
   * The fewest requests that the exchange said it would still take, of its answers since this was
   * last asked; undefined if it said nothing of that.
   */
  takeHeadroom(): number | undefined;
  /**
   * Sends nothing before the end of the ban that is noted for all processes; null if none is noted.
   * It replaces the end that was heeded before, not that of a ban that this process met itself.
   */
  heedBan(notedUntilMs: number | null): void;
  /** The ban that this process met itself, if it is to be noted for the others; undefined if none is. */
  banToNote(): BanToNote | undefined;
  /** Until when the exchange refuses this address or its region, so that nothing is sent; undefined if it does not. */
  refusedUntilMs(): number | undefined;
}

/** A ban that a process met, and that the others do not know of. */
export interface BanToNote {
  readonly untilMs: number;
  /** Time at which it was met, by the clock of the process. */
  readonly metAtMs: number;
}

/** The exchange says that it does not know a pair. */
export class UnknownPairError extends Error {
  override readonly name = 'UnknownPairError';
}

/** Stored status of markets, by {@link marketKey}. */
export type StatusByMarket = ReadonlyMap<string, MarketStatus>;

/** Reads the status of markets. */
export interface StatusReader {
  /** The status of each of the markets of which anything is stored. */
  readStatus(markets: readonly Market[]): Promise<StatusByMarket>;
}

/** The stored status of the markets of an exchange. */
export interface ExchangeStatus {
  readonly status: StatusByMarket;
  /** Markets whose row cannot be read: it hides no other. */
  readonly unreadable: readonly UnreadableStatusError[];
  /** The end of the newest ban that was noted, over or not; null if none was. */
  readonly bannedUntilMs: number | null;
}

/** Reads the status of all markets of an exchange. */
export interface ExchangeStatusReader {
  /** The status of each market of the exchange of which anything is stored, followed or not, in one read. */
  readExchangeStatus(exchange: string): Promise<ExchangeStatus>;
}

/** The bans that an exchange has set, for all processes that send it requests. */
export interface BanStore {
  /** Notes until when an exchange refuses all that is sent. */
  writeBan(exchange: string, untilMs: number, observedAtMs: number): Promise<void>;
}

/** The ledger of days, for reading. */
export interface DayReader {
  /** The ledger's rows of the days of a market that start in `[fromMs, toMs)`, newest first. */
  readDays(
    market: Market,
    range: { readonly fromMs: number; readonly toMs: number },
  ): Promise<readonly LedgerDay[]>;
}

/** The ledger of days as reconcile uses it. */
export interface LedgerStore extends ExchangeStatusReader, BanStore, DayReader {
  /** Notes that a day was asked for, or what kept the ask from bringing an audit. */
  writeAsk(market: Market, dayMs: number, ask: DayAsk): Promise<void>;
  /** Notes since when the exchange has the market: no day before is in its ledger. */
  writeListedSince(market: Market, listedSinceMs: number, observedAtMs: number): Promise<void>;
}

/** The ledger of days as repair uses it. */
export interface RepairStore extends StatusReader, DayReader {
  /** Takes the seal of a day off, so that it is due. */
  reopenDay(market: Market, dayMs: number, reopenedAtMs: number): Promise<void>;
}

/** The past days of a month that are wanted from an archive. */
export interface ArchiveQuery {
  readonly pair: string;
  /** Start of the UTC month. */
  readonly monthMs: number;
  /** Starts of the days of that month that are wanted, oldest first. */
  readonly daysMs: readonly number[];
  /** The time of the ask: a month that is just over may not be complete yet. */
  readonly nowMs: number;
  /** The time that the archive has, repetitions included, in milliseconds. */
  readonly withinMs: number;
}

/** A day as the archive has it, or why it cannot be taken from there. */
export type ArchivedDay =
  | { readonly dayMs: number; readonly answer: ExchangeAnswer; readonly refusal?: undefined }
  | { readonly dayMs: number; readonly answer?: undefined; readonly refusal: string };

/** The archive of an exchange: past months that do not change any more. Quote volumes may be unknown in it. */
export interface Archive {
  /**
   * The wanted days of a month, oldest first, each once, as they are read.
   *
   * @throws ArchiveMissingError if the archive does not have the month, and whatever else kept it
   *   from being read; days that were given before hold
   */
  days(query: ArchiveQuery): AsyncIterable<ArchivedDay>;
}

/** The archive does not have a month: not yet, not any more, or never. */
export class ArchiveMissingError extends Error {
  override readonly name = 'ArchiveMissingError';
}

/** The port for an exchange's listings of its markets. */
export interface Listings {
  /**
   * The time from which on the exchange has a pair; null if it does not say.
   *
   * @throws UnknownPairError if the exchange does not know the pair
   */
  listedSince(pair: string, withinMs: number): Promise<number | null>;
  /** All pairs that the exchange lists, each once, but for names that no pair may have. */
  pairs(withinMs: number): Promise<readonly ListedPair[]>;
}

/** A pair as its exchange lists it. */
export interface ListedPair {
  readonly pair: string;
  /** Whether it is traded now, or may be at any time. */
  readonly isTrading: boolean;
}

/** Whether the exchange still knows a market, as fetch finds it. */
export interface ListingStore extends ExchangeStatusReader, BanStore {
  writeListing(
    market: Market,
    listing: Pick<MarketStatus, 'unknownSinceMs' | 'endedAtMs'>,
    observedAtMs: number,
  ): Promise<void>;
}

/** Stored candles as a roll-up needs them. */
export interface StoredCandles {
  readonly candles: StoredByInterval;
  /** Rows that cannot be read: reading them again does not mend them. */
  readonly unreadable: readonly UnreadableCandle[];
}

/** A stored candle that cannot be read, such as one with a column that is null. */
export interface UnreadableCandle {
  readonly interval: Interval;
  /** Null if even that cannot be read. */
  readonly openTimeMs: number | null;
  readonly cause: unknown;
}

/** Stored candles, for reading. */
export interface CandleReader {
  /** The stored candles of a market in the ranges, by interval, in the order of the ranges and of time. */
  readCandles(market: Market, ranges: readonly ChildrenRange[]): Promise<StoredCandles>;
}

/** A roll-up needs a stored candle that cannot be read. */
export class UnreadableCandleError extends Error {
  override readonly name = 'UnreadableCandleError';
  constructor(market: Market, { interval, openTimeMs, cause }: UnreadableCandle) {
    const at = openTimeMs === null ? '(null)' : new Date(openTimeMs).toISOString();
    super(
      `The stored ${interval} candle of ${marketKey(market)} that opens at ${at} cannot be read: ${String(cause)}; correct or delete that row`,
      { cause },
    );
  }
}

/** The stored status of a market cannot be read: it stays so until someone corrects it. */
export class UnreadableStatusError extends Error {
  override readonly name = 'UnreadableStatusError';
  readonly market: Market;
  constructor(market: Market, column: string) {
    super(
      `The row of ${marketKey(market)} in the table progress cannot be read: its ${column} is null; correct or delete that row`,
    );
    this.market = market;
  }
}

/** The port that persist writes to: every write carries the segment's observation, and an older one never wins. */
export interface SegmentStore extends StatusReader, CandleReader, DayReader {
  /** Stores the candles of a segment, and deletes those that it deletes; resolves once every row is acknowledged. */
  writeCandles(segment: RolledSegment): Promise<void>;
  writeProgress(market: Market, progress: Progress): Promise<void>;
  /** The stored gaps of a market that start in `[fromMs, toMs)`. */
  readGaps(market: Market, range: { fromMs: number; toMs: number }): Promise<readonly Gap[]>;
  writeGap(market: Market, gap: Gap, observedAtMs: number): Promise<void>;
  deleteGap(market: Market, gap: Gap, observedAtMs: number): Promise<void>;
  /** Stores what an audit found of a day: the last write of the audit. */
  writeAudit(market: Market, dayMs: number, audit: StoredAudit): Promise<void>;
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

/** The port for structured log lines and metrics. */
export interface Telemetry {
  /** Written only if the stage asks for it: each line costs. */
  debug(message: string, details: LogDetails): void;
  info(message: string, details: LogDetails): void;
  warn(message: string, details: LogDetails): void;
  error(message: string, details: LogDetails, cause: unknown): void;
  /** Adds to a metric of this invocation, in its unit. */
  count(metric: MetricName, value: number): void;
}
