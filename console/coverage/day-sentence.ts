import type { DayRow, DayState } from '../answers/answers';

export const DAY_STATES: Readonly<Record<DayState, string>> = {
  sealed: 'sealed',
  disputed: 'sealed as disputed',
  unsealed: 'not sealed yet',
  waiting: 'waiting to be asked for',
  gap: 'has a gap',
  before: 'before the market was listed',
};

/** A day of the ledger in a sentence: `2026-01-15, sealed, 1,440 minutes traded`. */
export function daySentence({ day, state, minutes }: DayRow): string {
  const traded =
    minutes === null ? '' : `, ${minutes.toLocaleString('en-US')} of 1,440 minutes traded`;
  return `${day}, ${DAY_STATES[state]}${traded}`;
}
