import type { Interval } from '../../lambdas/shared/domain/interval';
import type { Market } from '../../lambdas/shared/domain/market';
import type { ExportedCandle } from './candle-columns';

/** Takes the bytes of a file, in order. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/** A file of candles that is being written. */
export interface CandleFile {
  /**
   * Adds candles, in time order.
   *
   * @throws OperationError for a value that the format cannot hold
   */
  append(candles: readonly ExportedCandle[]): Promise<void>;
  /** Writes what is left: without it, the file is not whole. */
  finish(): Promise<void>;
}

/** The candles of a file. */
export interface CandleFileContent {
  readonly market: Market;
  readonly interval: Interval;
  readonly fromMs: number;
  readonly toMs: number;
}
