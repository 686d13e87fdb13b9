import type { MarketRow } from '../answers/answers';
import { durationText, MINUTE_MS, SECOND_MS } from '../page/times';
import { countOf } from '../page/wording';

/** How a market is, in short. */
export interface Condition {
  readonly kind: 'well' | 'history' | 'disputed' | 'gap' | 'behind' | 'ended';
  readonly text: string;
}

/** A market that is behind by more than this is worth a mark. */
const BEHIND_SECONDS = 300;

/** The worst that is to be said of a market. */
export function conditionOf(row: MarketRow): Condition {
  const { endedAt, behindSeconds, gapCount, missingMinutes, disputedDays, historyDaysLeft } = row;
  if (endedAt === null && behindSeconds !== null && behindSeconds > BEHIND_SECONDS) {
    return { kind: 'behind', text: `${durationText(behindSeconds * SECOND_MS)} behind` };
  }
  if (gapCount > 0) {
    const missing = durationText(missingMinutes * MINUTE_MS);
    return { kind: 'gap', text: `${countOf(gapCount, 'gap')}, ${missing}` };
  }
  if (disputedDays > 0) {
    return { kind: 'disputed', text: `${countOf(disputedDays, 'day')} disputed` };
  }
  if (historyDaysLeft > 0) {
    return { kind: 'history', text: `${countOf(historyDaysLeft, 'day')} of history to come` };
  }
  if (endedAt !== null) return { kind: 'ended', text: 'ended, complete' };
  return { kind: 'well', text: 'complete' };
}

/** The share that is covered, without its unit: `99.97`; null if nothing is sealed yet. */
export function coveredText({ covered }: Pick<MarketRow, 'covered'>): string | null {
  return covered === null ? null : covered.replace(/\s*%$/, '');
}
