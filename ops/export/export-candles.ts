import { DAY_MS, floorTo, type Interval, intervalMs } from '../../lambdas/shared/domain/interval';
import type { Market } from '../../lambdas/shared/domain/market';
import type { PipelineStore } from '../pipeline/pipeline';
import type { CandleFile } from './candle-file';
import { unlessAborted } from './unless-aborted';

/** The candles of a market that open in `[fromMs, toMs)`. */
export interface ExportRange {
  readonly market: Market;
  readonly interval: Interval;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Progress of an export. */
export interface ExportProgress {
  /** Of the range, from 0 to 1. */
  readonly share: number;
  readonly candleCount: number;
}

/** The surroundings of an export. */
export interface ExportPorts {
  readonly store: Pick<PipelineStore, 'readStoredCandles'>;
  readonly file: CandleFile;
  /** Starts of the sealed days of the range. */
  readonly sealedDays: ReadonlySet<number>;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: ExportProgress) => void;
}

/** The most candles that are read at once: a week of minutes. */
const CANDLES_PER_READ = 10_080;

/**
 * Copies stored candles into a file, part by part: the memory that it takes does
 * not grow with the range.
 *
 * @returns the number of candles
 * @throws the reason of the signal as soon as that is aborted, and whatever the store or the file throw
 */
export async function exportCandles(range: ExportRange, ports: ExportPorts): Promise<number> {
  const { store, file, sealedDays, signal, onProgress } = ports;
  const { market, interval, fromMs, toMs } = range;
  const partMs = CANDLES_PER_READ * intervalMs(interval);
  let candleCount = 0;
  for (let startMs = fromMs; startMs < toMs; startMs += partMs) {
    const part = { interval, fromMs: startMs, toMs: Math.min(toMs, startMs + partMs) };
    const candles = await unlessAborted(signal, store.readStoredCandles(market, part));
    await file.append(
      candles.map((candle) => ({
        ...candle,
        final: sealedDays.has(floorTo(candle.openTimeMs, DAY_MS)),
      })),
    );
    candleCount += candles.length;
    onProgress({ share: (part.toMs - fromMs) / (toMs - fromMs), candleCount });
  }
  await file.finish();
  return candleCount;
}
