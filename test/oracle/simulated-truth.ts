import type { Candle } from '../../lambdas/shared/domain/candle';
import { INTERVALS } from '../../lambdas/shared/domain/interval';
import type { Stretch } from '../simulation/world/exchange';
import {
  type MemoryCassandra,
  type ReadRow,
  timeAt,
  timeOf,
} from '../simulation/world/memory-cassandra';
import { asArchived, candleName, iso, storedText, wantedText } from './candle-text';
import { endMs, expectedBucket, LENGTH_MS, straightWindows } from './straight-roll-up';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const SETTLING_MS = 2 * MINUTE_MS;
const SILENCE_MS = 60 * MINUTE_MS;

/** Everything that a pair's tables must agree with in the end. */
export interface Expectation {
  readonly pair: string;
  /** The last word of the exchange. */
  readonly minutes: readonly Candle[];
  /** Minutes whose rows never became candles. */
  readonly rejected: readonly { readonly openTimeMs: number }[];
  /** The midnight that the pair started live at: what was before is not expected. */
  readonly liveSinceMs: number;
  /** The last tick's time, and that of the one before. */
  readonly lastTickMs: number;
  readonly tickBeforeMs: number;
  /** How far back the exchange was asked. */
  readonly retentionMs: number;
  /** How old windows may be that have not ended: at most so much less a minute. */
  readonly openWindowsEveryMs: number;
  /** Where progress has stood. */
  readonly settledTimes: ReadonlySet<number>;
  /** Whether what the exchange said cannot all be known: then rejected minutes and the newest one are taken as they are. */
  readonly isBeyondReach: boolean;
}

interface StoredGap extends Stretch {
  readonly reason: string;
  readonly observedAtMs: number;
}

/** Everything about gaps and progress that differs from what must be stored, in words; empty if all is right. */
export function stateDifferences(cassandra: MemoryCassandra, expected: Expectation): string[] {
  const gaps = gapsOf(cassandra, expected);
  return [
    ...retentionDifferences(gaps.filter(isOfRetention), expected),
    ...(expected.isBeyondReach ? [] : rejectedDifferences(gaps, expected)),
    ...progressDifferences(cassandra, expected, gaps),
  ].map((difference) => `${expected.pair}: ${difference}`);
}

/** The same of candles, of all intervals. */
export function candleDifferences(cassandra: MemoryCassandra, expected: Expectation): string[] {
  const rows = cassandra
    .rowsOf('candles')
    .filter((row) => isOf(row, expected) && timeAt(row, 'open_time') >= expected.liveSinceMs);
  const gaps = gapsOf(cassandra, expected).filter(isOfRetention);
  const minutes = asArchived(expected.minutes, rows);
  const wanted = wantedRows({ ...expected, minutes }, gaps);
  const found = new Map(rows.map((row) => [candleName(row), row]));
  const missing = [...wanted]
    .filter(([name, texts]) => !texts.includes(ANY) && !texts.includes(NONE) && !found.has(name))
    .map(([name]) => `${name} is missing`);
  const wrong = [...found].flatMap(([name, row]) => {
    const texts = wanted.get(name);
    if (texts === undefined) return [`${name} is stored, but was never traded`];
    const stored = storedText(row);
    const isWanted = texts.includes(ANY) || texts.includes(stored);
    return isWanted ? [] : [`${name} is ${stored}, expected ${texts.join(' or ')}`];
  });
  const unknown = rows.length === found.size ? [] : ['a candle is stored in two buckets'];
  return [...missing, ...wrong, ...unknown].map((difference) => `${expected.pair}: ${difference}`);
}

function isOf(row: ReadRow, { pair }: Expectation): boolean {
  return row.get('pair') === pair;
}

function gapsOf(cassandra: MemoryCassandra, expected: Expectation): StoredGap[] {
  const rows = cassandra.rowsOf('gaps').filter((row) => isOf(row, expected));
  return rows
    .map((row) => ({
      fromMs: timeAt(row, 'from_time'),
      toMs: timeAt(row, 'to_time'),
      reason: String(row.get('reason')),
      observedAtMs: timeAt(row, 'observed_at'),
    }))
    .filter(({ fromMs }) => fromMs >= expected.liveSinceMs)
    .sort((a, b) => a.fromMs - b.fromMs);
}

function isOfRetention({ reason }: StoredGap): boolean {
  return !reason.startsWith('rejected: ');
}

/** It starts where progress stood, ends where the exchange's retention starts, and is cut at midnights. */
function retentionDifferences(gaps: StoredGap[], expected: Expectation): string[] {
  const starts = new Set([...expected.settledTimes, expected.liveSinceMs]);
  return gaps.flatMap(({ fromMs, toMs, observedAtMs }) => {
    const retainedMs = Math.ceil((observedAtMs - expected.retentionMs) / MINUTE_MS) * MINUTE_MS;
    const name = `the gap [${iso(fromMs)}, ${iso(toMs)})`;
    // What was before a midnight may have been sent by an operator since.
    const isStart = starts.has(fromMs) || isMidnight(fromMs);
    return [
      ...(toMs === retainedMs || isMidnight(toMs)
        ? []
        : [`${name} ends elsewhere than the retention did`]),
      ...(isStart ? [] : [`${name} starts where progress never stood`]),
      ...(toMs <= fromMs - (fromMs % DAY_MS) + DAY_MS ? [] : [`${name} spans more than a day`]),
    ];
  });
}

function isMidnight(ms: number): boolean {
  return ms % DAY_MS === 0;
}

/** Each minute whose row never became a candle is a gap, and no other; unless it was not served in time. */
function rejectedDifferences(gaps: StoredGap[], expected: Expectation): string[] {
  const retention = gaps.filter(isOfRetention);
  const mayBeAny = (timeMs: number): boolean => isWithin(timeMs, retention);
  const wanted = new Set(
    expected.rejected
      .map(({ openTimeMs }) => openTimeMs)
      .filter((timeMs) => timeMs >= expected.liveSinceMs && !mayBeAny(timeMs)),
  );
  const found = gaps.filter((gap) => !isOfRetention(gap) && !mayBeAny(gap.fromMs));
  const starts = new Set(found.map(({ fromMs }) => fromMs));
  return [
    ...[...wanted].filter((timeMs) => !starts.has(timeMs)).map((ms) => `no gap at ${iso(ms)}`),
    ...found
      .filter(({ fromMs, toMs }) => !wanted.has(fromMs) || toMs !== fromMs + MINUTE_MS)
      .map(({ fromMs, toMs, reason }) => `a gap [${iso(fromMs)}, ${iso(toMs)}): ${reason}`),
  ];
}

function isWithin(timeMs: number, stretches: readonly Stretch[]): boolean {
  return stretches.some(({ fromMs, toMs }) => timeMs >= fromMs && timeMs < toMs);
}

/**
 * The last tick's minute was seen; the newest minute that ever came is the
 * newest there is, unless that one was not served in time; and all is settled
 * that it tells of, or an hour of silence at both of the last two ticks.
 */
function progressDifferences(
  cassandra: MemoryCassandra,
  expected: Expectation,
  gaps: readonly StoredGap[],
): string[] {
  const rows = cassandra.rowsOf('progress').filter((row) => isOf(row, expected));
  const [row] = rows;
  if (row === undefined || rows.length > 1) return [`${rows.length} rows of progress`];
  const newestMs = timeOf(row, 'newest');
  const seenMs = expected.lastTickMs - (expected.lastTickMs % MINUTE_MS);
  const seenBeforeMs = expected.tickBeforeMs - (expected.tickBeforeMs % MINUTE_MS);
  const toldMs = Math.max((newestMs ?? 0) + MINUTE_MS, seenBeforeMs - SILENCE_MS);
  const found = `settled to ${time(row, 'settled_to')}, seen to ${time(row, 'seen_to')}`;
  const settledMs = Math.min(seenMs - SETTLING_MS, toldMs);
  const wanted = `settled to ${iso(settledMs)}, seen to ${iso(seenMs)}`;
  return [
    ...(found === wanted ? [] : [`progress ${found}, expected ${wanted}`]),
    ...(expected.isBeyondReach ? [] : newestDifferences(newestMs, expected, gaps)),
  ];
}

function newestDifferences(
  newestMs: number | undefined,
  { minutes, liveSinceMs }: Expectation,
  gaps: readonly StoredGap[],
): string[] {
  const times = minutes
    .map(({ openTimeMs }) => openTimeMs)
    .filter((timeMs) => timeMs >= liveSinceMs);
  const served = times.filter((timeMs) => !isWithin(timeMs, gaps.filter(isOfRetention)));
  const allowed = [undefined, ...times].filter((ms) => (ms ?? 0) >= (served.at(-1) ?? 0));
  return allowed.includes(newestMs)
    ? []
    : [`the newest minute is ${iso(newestMs)}, expected ${allowed.map(iso).join(' or ')}`];
}

/** What may be anything: a candle of minutes that the exchange no longer served in time. */
const ANY = '(any)';
/** What may be missing: an open window whose minutes are all newer than it has to be. */
const NONE = '(none)';

/** The texts that each row may have, by its name. */
function wantedRows(expected: Expectation, gaps: readonly Stretch[]): Map<string, string[]> {
  const minutes = expected.minutes.filter(({ openTimeMs }) => openTimeMs >= expected.liveSinceMs);
  const coveredMs = expected.lastTickMs - (expected.lastTickMs % 60_000);
  const rows = new Map<string, string[]>();
  for (const interval of INTERVALS) {
    for (const candle of straightWindows(minutes, LENGTH_MS[interval])) {
      const openMs = candle.openTimeMs;
      const closeMs = endMs(interval, openMs);
      const inGap = gaps.some(({ fromMs, toMs }) => openMs < toMs && closeMs > fromMs);
      const text = wantedText(candle, closeMs <= coveredMs);
      const older =
        closeMs <= coveredMs
          ? []
          : olderTexts(expected, minutes, { openMs, coveredMs, lengthMs: LENGTH_MS[interval] });
      rows.set(
        `${interval} ${expectedBucket(interval, openMs)} ${iso(openMs)}`,
        inGap ? [ANY] : [text, ...older],
      );
    }
  }
  return rows;
}

interface OpenWindow {
  readonly openMs: number;
  readonly lengthMs: number;
  readonly coveredMs: number;
}

/** An open window as it was at each minute since the last time that it had to be written. */
function olderTexts(
  { openWindowsEveryMs }: Expectation,
  minutes: readonly Candle[],
  { openMs, lengthMs, coveredMs }: OpenWindow,
): string[] {
  const dueMs = coveredMs - (coveredMs % openWindowsEveryMs);
  const count = (coveredMs - dueMs) / MINUTE_MS;
  return Array.from({ length: count }, (_, index) => {
    const untilMs = dueMs + index * MINUTE_MS;
    const older = minutes.filter(({ openTimeMs }) => openTimeMs >= openMs && openTimeMs < untilMs);
    const [window] = straightWindows(older, lengthMs);
    return window === undefined ? NONE : wantedText(window, false);
  });
}

function time(row: ReadRow, column: string): string {
  return iso(timeOf(row, column));
}
