import type { CoverageAnswer, MarketRow, StretchRow } from '../../answers/answers';
import { timeText } from '../../answers/query-client';

/** The end of what the live loop has asked for, and of the market. */
export type LiveEnd = Pick<MarketRow, 'seenTo' | 'endedAt'>;

/**
 * The stretches of a market's time up to now, or to its end: coverage is asked
 * for more rarely than the market, whose live end has moved on since. None if
 * coverage was not read yet.
 *
 * @param nowMs undefined before the API's first answer
 */
export function currentStretches(
  coverage: CoverageAnswer | undefined,
  { seenTo, endedAt }: LiveEnd,
  nowMs: number | undefined,
): readonly StretchRow[] {
  if (coverage === undefined) return [];
  const readToMs = Date.parse(coverage.to);
  const seenMs = seenTo === null ? 0 : Date.parse(seenTo);
  const endMs = endedAt === null ? (nowMs ?? readToMs) : Date.parse(endedAt);
  return [
    ...coverage.stretches.flatMap((stretch) =>
      stretch.state === 'behind' ? splitAt(stretch, seenMs) : [stretch],
    ),
    ...between('live', readToMs, Math.min(seenMs, endMs)),
    ...between('behind', Math.max(seenMs, readToMs), endMs),
  ];
}

/** Stretches that were behind are live up to where the market was seen. */
function splitAt({ from, to }: StretchRow, seenMs: number): StretchRow[] {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  return [
    ...between('live', fromMs, Math.min(seenMs, toMs)),
    ...between('behind', Math.max(seenMs, fromMs), toMs),
  ];
}

function between(state: StretchRow['state'], fromMs: number, toMs: number): StretchRow[] {
  return fromMs < toMs ? [{ state, from: timeText(fromMs), to: timeText(toMs) }] : [];
}
