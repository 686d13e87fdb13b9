import type { MarketRow } from '../answers/answers';
import { durationText, MINUTE_MS, roughDurationText, SECOND_MS } from '../page/times';
import { countOf } from '../page/wording';

/** The condition of a market, in short. */
export interface Condition {
  readonly kind: 'well' | 'history' | 'problem' | 'disputed' | 'gap' | 'behind' | 'ended';
  readonly text: string;
}

/** The API tells the minute: a market that is less behind than this is live. */
export const LIVE_SECONDS = 180;
/** A market that is behind by more than this is worth a mark. */
const BEHIND_SECONDS = 300;

/** Whether a market is too far behind. */
export function isBehind({ endedAt, behindSeconds }: MarketRow): boolean {
  return endedAt === null && behindSeconds > BEHIND_SECONDS;
}

/** The worst that is to be said of a market, in the order by which the API sorts them. */
export function conditionOf(row: MarketRow): Condition {
  const { endedAt, gapCount, gapMinutes, disputedDays, historyDaysLeft, problem } = row;
  if (problem !== null) return { kind: 'problem', text: 'cannot be read' };
  if (gapCount > 0) {
    const lost = durationText(gapMinutes * MINUTE_MS);
    return { kind: 'gap', text: `${countOf(gapCount, 'gap')}, ${lost}` };
  }
  if (disputedDays > 0) {
    return { kind: 'disputed', text: `${countOf(disputedDays, 'day')} disputed` };
  }
  if (isBehind(row)) return { kind: 'behind', text: 'behind the exchange' };
  if (historyDaysLeft > 0) {
    return { kind: 'history', text: `${countOf(historyDaysLeft, 'day')} of history left` };
  }
  if (endedAt !== null) return { kind: 'ended', text: 'ended, complete' };
  return { kind: 'well', text: 'complete' };
}

/** Behind by how much, in short. */
export function behindText({ behindSeconds, endedAt, problem }: MarketRow): string {
  if (problem !== null) return '–';
  if (endedAt !== null) return 'ended';
  return behindSeconds < LIVE_SECONDS ? 'live' : `−${roughDurationText(behindSeconds * SECOND_MS)}`;
}

/** The share that is covered, without its unit: `99.97`; null if nothing is sealed yet. */
export function coveredText({ covered }: Pick<MarketRow, 'covered'>): string | null {
  return covered === null ? null : covered.replace(/\s*%$/, '');
}
