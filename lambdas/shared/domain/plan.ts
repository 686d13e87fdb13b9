import { ceilTo, DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from './interval';
import type { Market } from './market';
import type { Progress } from './progress/progress';
import type { Segment } from './segment';

/** Once an hour, and after an outage, a tick plans from this long before what is settled. */
const SECOND_LOOK_MS = 2 * HOUR_MS;
/** So many ticks of an hour look again until one of them is stored: more would send a pipeline that stands still too much. */
const LOOKS_AN_HOUR = 3;
/** A start that is shorter than this is not asked for again: the next ticks and the second look ask for it anyway. */
const SHORTEST_START_MS = 15 * MINUTE_MS;

/** The source of a tick's plan for one market. */
export interface PlanInput {
  readonly market: Market;
  /** The market's stored progress; undefined for a new market. */
  readonly progress: Progress | undefined;
  /** The tick's time: from the event, never from a clock. */
  readonly nowMs: number;
  /** The time from one tick to the next. */
  readonly scheduleMs: number;
  /** Age of the oldest one-minute candles that the exchange serves. */
  readonly retentionMs: number;
}

/** A segment that is to be asked for. What it settles depends on the answer: {@link settled}. */
export type PlannedSegment = Omit<Segment, 'followsMs' | 'settlesMs'>;

/**
 * The live plan of a tick: the minutes of `[settled, now)` cut at UTC days, in
 * order, and once an hour, or after an outage, those of the two hours before. A
 * new market starts at today's midnight, UTC: all before is the ledger's. Empty
 * if there is nothing new, and for a tick that is not newer than what is stored:
 * a later one has been here.
 */
export function planSegments(input: PlanInput): PlannedSegment[] {
  const { market, progress, nowMs } = input;
  if (progress !== undefined && nowMs <= progress.observedAtMs) return [];
  const wantedMs = progress?.settledToMs ?? liveStart(nowMs);
  const servedMs = ceilTo(nowMs - input.retentionMs, MINUTE_MS);
  const fromMs = Math.max(servedMs, startMs(input, wantedMs));
  return dayCuts(fromMs, floorTo(nowMs, MINUTE_MS)).map((cut, index) => ({
    ...market,
    kind: 'live',
    ...cut,
    observedAtMs: nowMs,
    gapFromMs: index === 0 && wantedMs < fromMs ? wantedMs : null,
    source: 'api',
  }));
}

/** The start of a plan, were everything served. */
function startMs(input: PlanInput, wantedMs: number): number {
  const { nowMs, progress } = input;
  if (!isLookDue(input) && !isAfterOutage(progress, nowMs)) return wantedMs;
  const liveSinceMs = progress?.liveSinceMs ?? wantedMs;
  return Math.min(wantedMs, Math.max(liveSinceMs, wantedMs - SECOND_LOOK_MS));
}

/** The start of a market that is new at a tick. */
export function liveStart(nowMs: number): number {
  return floorTo(nowMs, DAY_MS);
}

/** Whether a tick is the first one after a full hour. */
export function isFirstOfHour(nowMs: number, scheduleMs: number): boolean {
  return nowMs - floorTo(nowMs, HOUR_MS) < scheduleMs;
}

/** Whether the second look of this hour is to be asked for: no tick of the hour is stored, as that of the full hour may be lost. */
function isLookDue({ progress, nowMs, scheduleMs }: PlanInput): boolean {
  const hourMs = floorTo(nowMs, HOUR_MS);
  const isStored = progress !== undefined && progress.observedAtMs >= hourMs;
  return !isStored && nowMs - hourMs < LOOKS_AN_HOUR * scheduleMs;
}

/** Whether no tick was stored for so long that what was settled before missed its second look. */
function isAfterOutage(progress: Progress | undefined, nowMs: number): boolean {
  return progress !== undefined && nowMs - progress.seenToMs > HOUR_MS;
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

/** Evidence for settling a segment. */
export interface Evidence {
  /** The time up to which all before the segment is settled; null for a market's first segment. */
  readonly followsMs: number | null;
  /** Open time of the newest closed minute in the answers for it and for the segment after it. */
  readonly newestMs: number | undefined;
  /** The stored time up to which minutes were asked for before: about the time of that ask. */
  readonly seenToMs: number | undefined;
  /** Time after its close in which the exchange may change a minute as a matter of course. */
  readonly settlingMs: number;
  /** Time that the exchange may be silent before its silence is believed. */
  readonly silenceMs: number;
}

/**
 * A planned segment, settled as far as there is evidence that the exchange has
 * published all: a newer minute has come, or it has been silent for long, now
 * and when it was asked before. Behind a segment that does not settle to
 * its end, the next one settles nothing of its own.
 */
export function settled(planned: PlannedSegment, evidence: Evidence): Segment {
  const { followsMs } = evidence;
  return { ...planned, followsMs, settlesMs: settlesMs(planned, evidence) };
}

function settlesMs(planned: PlannedSegment, evidence: Evidence): number {
  const { fromMs, toMs, gapFromMs, observedAtMs } = planned;
  const { followsMs, newestMs, seenToMs, settlingMs, silenceMs } = evidence;
  if (followsMs !== null && followsMs < fromMs && gapFromMs === null) return followsMs;
  const leastMs = Math.max(followsMs ?? fromMs, gapFromMs === null ? 0 : fromMs);
  const toldMs = newestMs === undefined ? 0 : newestMs + MINUTE_MS;
  // Both this ask and the one before found nothing of them when they were that old: one answer may be empty by mistake.
  const silentMs = floorTo(Math.min(observedAtMs, seenToMs ?? 0) - silenceMs, MINUTE_MS);
  const unchangingMs = floorTo(observedAtMs - settlingMs, MINUTE_MS);
  return Math.max(leastMs, Math.min(toMs, unchangingMs, Math.max(toldMs, silentMs)));
}

/**
 * The start of the end of a range that an answer lacks, or undefined if it lacks
 * none: nothing was traded in it, or the answer was cut.
 */
export function missingEnd(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  newestMs: number | undefined,
): number | undefined {
  const endedMs = newestMs === undefined ? fromMs : newestMs + MINUTE_MS;
  return endedMs < toMs ? endedMs : undefined;
}

/**
 * The end of the start of a range that an answer lacks although its newest
 * minutes came, as one lacks it that was cut and has the newest rows first;
 * undefined if silence explains it.
 *
 * A quiet market is silent at the start of a range as often as elsewhere. So a
 * start is missing if it is longer than any other silence of the range, and than
 * a quarter of an hour: of a market with n trades that are spread evenly, one
 * range in n + 1 is asked for again for nothing, and of a tick's few minutes none.
 *
 * @param timesMs open times of the minutes that came, in time order
 */
export function missingStart(
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  timesMs: readonly number[],
): number | undefined {
  const [oldestMs] = timesMs;
  if (oldestMs === undefined) return undefined;
  const silencesMs = timesMs.map(
    (timeMs, index) => (timesMs[index + 1] ?? toMs) - timeMs - MINUTE_MS,
  );
  const longestMs = Math.max(SHORTEST_START_MS, ...silencesMs);
  return oldestMs - fromMs > longestMs ? oldestMs : undefined;
}
