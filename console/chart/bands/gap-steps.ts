import type { StretchRow } from '../../answers/answers';
import { type ChartInterval, slotOf } from '../chart-interval';

/**
 * The gap before or after the candle at a time, as the interval shows them: one
 * in the same candle is neither.
 */
export function gapBeside(
  stretches: readonly StretchRow[],
  { interval, timeMs }: { readonly interval: ChartInterval; readonly timeMs: number },
  direction: 'previous' | 'next',
): StretchRow | undefined {
  const slot = slotOf(interval, timeMs);
  const gaps = stretches.filter(({ state }) => state === 'gap');
  const slotIn = (gap: StretchRow): number => slotOf(interval, middleOf(gap));
  return direction === 'next'
    ? gaps.find((gap) => slotIn(gap) > slot)
    : gaps.findLast((gap) => slotIn(gap) < slot);
}

/** The time in the middle of a stretch. */
export function middleOf({ from, to }: StretchRow): number {
  return (Date.parse(from) + Date.parse(to) - 1) / 2;
}
