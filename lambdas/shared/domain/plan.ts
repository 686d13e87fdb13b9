import { ceilTo, DAY_MS, floorTo, MINUTE_MS } from './interval';
import type { Progress } from './progress';
import type { Segment } from './segment';

/** What a tick's plan for one pair follows from. */
export interface PlanInput {
  readonly pair: string;
  readonly source: string;
  /** The pair's stored progress; undefined for a new pair. */
  readonly progress: Progress | undefined;
  /** The tick's time: from the event, never from a clock. */
  readonly nowMs: number;
  /** Where a new pair starts: a whole minute. */
  readonly historyStartMs: number;
  /** How far back the exchange serves one-minute candles. */
  readonly retentionMs: number;
  /** The exchange may still change minutes younger than this: they are asked for again. */
  readonly settlingMs: number;
}

/**
 * The live plan of a tick: the minutes of `[settled, now)` cut at UTC days, in
 * order. Empty where there is nothing new, and for a tick that is not newer
 * than what is stored: a later one has been here.
 */
export function planSegments(input: PlanInput): Segment[] {
  const { progress, nowMs } = input;
  if (progress !== undefined && nowMs <= progress.observedAtMs) return [];
  const wantedMs = progress?.settledToMs ?? input.historyStartMs;
  const fromMs = Math.max(wantedMs, ceilTo(nowMs - input.retentionMs, MINUTE_MS));
  return dayCuts(fromMs, floorTo(nowMs, MINUTE_MS)).reduce<Segment[]>((segments, cut) => {
    const previous = segments.at(-1);
    const followsMs = previous?.settlesMs ?? progress?.settledToMs ?? null;
    const gapFromMs = previous === undefined && wantedMs < fromMs ? wantedMs : null;
    segments.push({
      pair: input.pair,
      source: input.source,
      ...cut,
      observedAtMs: nowMs,
      followsMs,
      settlesMs: settles(followsMs ?? cut.fromMs, cut.toMs, nowMs - input.settlingMs),
      gapFromMs,
    });
    return segments;
  }, []);
}

function settles(followsMs: number, toMs: number, settledBeforeMs: number): number {
  return Math.max(followsMs, Math.min(toMs, floorTo(settledBeforeMs, MINUTE_MS)));
}

function dayCuts(fromMs: number, toMs: number): { fromMs: number; toMs: number }[] {
  const cuts: { fromMs: number; toMs: number }[] = [];
  let startMs = fromMs;
  while (startMs < toMs) {
    const endMs = Math.min(toMs, floorTo(startMs, DAY_MS) + DAY_MS);
    cuts.push({ fromMs: startMs, toMs: endMs });
    startMs = endMs;
  }
  return cuts;
}
