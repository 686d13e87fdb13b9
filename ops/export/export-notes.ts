import { durationText, minuteText } from '../../cli/utc-time';
import type { Coverage } from '../../lambdas/shared/domain/coverage/coverage';
import type { Stretch, StretchState } from '../../lambdas/shared/domain/coverage/stretches';

/** A stretch of time `[fromMs, toMs)`. */
interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The ledger of an exported range. */
export interface RangeNotes {
  /** A line for each thing that a reader of the file has to know; empty if every minute is sealed. */
  readonly lines: readonly string[];
  /** Whether no minute of the range is missing, and none may still change. */
  readonly isSealed: boolean;
}

/** Says which minutes of a range are missing or may still change. */
export function notesOn(
  coverage: Pick<Coverage, 'fromMs' | 'toMs' | 'stretches'>,
  range: TimeRange,
): RangeNotes {
  const parts = coverage.stretches.flatMap((stretch) => within(stretch, range));
  const lacking = [
    ...gapLines(inStates(parts, 'gap')),
    ...lengthLine(inStates(parts, 'missing'), 'of history still to come'),
    ...lengthLine(inStates(parts, 'behind'), 'not asked for yet'),
    ...lengthLine(within({ fromMs: -Infinity, toMs: coverage.fromMs }, range), OLDER),
    ...lengthLine(within({ fromMs: coverage.toMs, toMs: Infinity }, range), LATER),
    ...lengthLine(inStates(parts, 'unsealed', 'live'), 'not sealed yet, may still change'),
  ];
  const disputed = lengthLine(inStates(parts, 'disputed'), 'disputed, as audits do not agree');
  return { lines: [...lacking, ...disputed], isSealed: lacking.length === 0 };
}

const OLDER = 'before the history start, not followed';
const LATER = 'after the last minute of the market';

function within<T extends TimeRange>(stretch: T, range: TimeRange): T[] {
  const fromMs = Math.max(stretch.fromMs, range.fromMs);
  const toMs = Math.min(stretch.toMs, range.toMs);
  return fromMs < toMs ? [{ ...stretch, fromMs, toMs }] : [];
}

function inStates(stretches: readonly Stretch[], ...states: StretchState[]): Stretch[] {
  return stretches.filter(({ state }) => states.includes(state));
}

/** One line for all gaps, with the first of them. */
function gapLines(gaps: readonly Stretch[]): string[] {
  const [first] = gaps;
  if (first === undefined) return [];
  const others = gaps.length > 1 ? 'the first ' : '';
  return [
    `${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'} (${lengthText(gaps)}), ${others}from ${minuteText(first.fromMs)} to ${minuteText(first.toMs)}: ${first.reason ?? 'for no known reason'}`,
  ];
}

function lengthLine(parts: readonly TimeRange[], text: string): string[] {
  const [first] = parts;
  if (first === undefined) return [];
  return [`${lengthText(parts)} ${text}: from ${minuteText(first.fromMs)}`];
}

function lengthText(parts: readonly TimeRange[]): string {
  return durationText(parts.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0));
}
