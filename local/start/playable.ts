import { readProgress } from '../run/market';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { StatusReader } from '../../lambdas/shared/domain/ports';
import { UsageError } from '../../cli/command-line';
import { minuteText } from '../../cli/utc-time';
import type { ReplayRange } from './replay';

/** Counts of the one-minute candles of a pair in `[fromMs, toMs)`. */
export interface MinuteCounts {
  stored(pair: string, fromMs: number, toMs: number): Promise<number>;
  recorded(pair: string, fromMs: number, toMs: number): number;
}

/**
 * Checks that the range can be replayed on the stored data: a pair goes on from
 * its progress, and earlier minutes are not asked for again. To go on with an
 * interrupted replay is fine, and so is one that is stored already.
 *
 * @throws UsageError if a pair's progress passes over recorded minutes, or is of a later time
 */
export async function assertPlayable(
  progress: StatusReader,
  minutes: MinuteCounts,
  { pairs, fromMs, toMs }: ReplayRange,
): Promise<void> {
  const known = await readProgress(progress, pairs);
  for (const [pair, { seenToMs, observedAtMs }] of known) {
    const isOfLaterTime = seenToMs < toMs && observedAtMs >= toMs + MINUTE_MS;
    const passedToMs = Math.min(seenToMs, toMs);
    if (!isOfLaterTime && (await isStored(minutes, pair, fromMs, passedToMs))) continue;
    throw new UsageError(
      `${pair} is stored to ${minuteText(seenToMs)} (UTC) already, without what was recorded from ${minuteText(fromMs)} on: a replay would store nothing; start with --fresh, or set CANDLESTREAM_DATA_DIR to another folder`,
    );
  }
}

async function isStored(
  minutes: MinuteCounts,
  pair: string,
  fromMs: number,
  toMs: number,
): Promise<boolean> {
  if (toMs <= fromMs) return true;
  const recorded = minutes.recorded(pair, fromMs, toMs);
  return recorded === 0 || (await minutes.stored(pair, fromMs, toMs)) >= recorded;
}
