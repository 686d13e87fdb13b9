import type { Candle } from '../shared/domain/candle';
import type { Interval } from '../shared/domain/interval';
import type { Market } from '../shared/domain/market';
import type {
  DayReader,
  ExchangeStatusReader,
  StatusReader,
  Telemetry,
} from '../shared/domain/ports';
import type { Gap } from '../shared/domain/progress/gaps';

/** A stretch of time `[fromMs, toMs)`. */
export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A question for stored candles: those of a market and interval that open in `[fromMs, toMs)`. */
export interface StoredCandlesQuery extends Market, TimeRange {
  readonly interval: Interval;
  readonly order: 'oldest-first' | 'newest-first';
  /** The most candles to read: the first ones in that order. @default all */
  readonly limit?: number;
}

/** A stored candle. */
export interface StoredCandle extends Candle {
  /** Whether the candle was requested to its end; late minutes may still change it. */
  readonly closed: boolean;
}

/** A stored gap. */
export interface StoredGap extends Gap {
  readonly observedAtMs: number;
}

/** Read access to all that is stored. */
export interface QueryStore extends StatusReader, ExchangeStatusReader, DayReader {
  /** Whether anything is stored of a market, even if its status cannot be read. */
  isKnown(market: Market): Promise<boolean>;
  /** The pairs of an exchange of which anything is stored. */
  readPairs(exchange: string): Promise<readonly string[]>;
  readCandles(query: StoredCandlesQuery): Promise<readonly StoredCandle[]>;
  /** The gaps of a market that start in a range, oldest first. */
  readGaps(market: Market, range: TimeRange): Promise<readonly StoredGap[]>;
}

/** A file of the page. */
export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
}

/** The page's files by their paths: `/`, `/assets/<name>.<hash>.<ext>`. Empty if the bundle has none. */
export type PageFiles = ReadonlyMap<string, PageFile>;

/** Ports of the use cases. */
export interface QueryPorts {
  readonly store: QueryStore;
  readonly pageFiles: PageFiles;
  readonly telemetry: Telemetry;
  /** Whether a failure is the database's, and so may pass. */
  readonly isUnavailable: (cause: unknown) => boolean;
}

/** An exchange that is followed. */
export interface QueriedExchange {
  readonly exchange: string;
  /** By their names, or by patterns such as `*_USDT`. */
  readonly pairs: readonly string[];
  /** Age of the oldest one-minute candles that its API serves. */
  readonly retentionMs: number;
}

/** Settings of the query function. */
export interface QuerySettings {
  readonly stage: string;
  readonly exchanges: readonly QueriedExchange[];
  /** Start of the first UTC day that is wanted of each market. */
  readonly historyStartMs: number;
}

/** Context of a use case: all that it knows beside its parameters. */
export interface QueryContext extends QueryPorts {
  readonly settings: QuerySettings;
  /** The time of the request. */
  readonly nowMs: number;
}
