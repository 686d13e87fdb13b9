import { dueOf, isUnderWay, type LedgerDay, monthOf, MOST_UNDER_WAY } from './ledger';
import type { Market } from '../market';
import type { SegmentSource } from '../segment';

/** What is known of the past days of a market. */
export interface MarketLedger {
  readonly market: Market;
  /** Newest first, each day once, those without a row among them. */
  readonly days: readonly LedgerDay[];
}

/** Days of a market that are asked for together: one of the API, or some of one month of the archive. */
export interface DaysToAsk {
  readonly market: Market;
  readonly source: SegmentSource;
  /** Oldest first. */
  readonly days: readonly LedgerDay[];
}

/** What the choice of days depends on. */
export interface DueTerms {
  readonly nowMs: number;
  /** How far back the API serves one-minute candles. */
  readonly retentionMs: number;
  /** Days of the exchange that may be under way at once. @default as many as of all exchanges */
  readonly mostUnderWay?: number | undefined;
}

/**
 * The days that are asked for next: those that are due, newest first, round the
 * markets, as many as may be under way; the market with the fewest under way has
 * the first turn. The days of a month come together or not at all: for each part
 * the archive would be read again. While as many as may be are under way, only
 * those of them that are due again are asked for.
 */
export function daysToAsk(ledgers: readonly MarketLedger[], terms: DueTerms): DaysToAsk[] {
  const queues = ledgers
    .map((ledger) => ({ ledger, underWay: ledger.days.filter(isUnderWay).length }))
    .sort((a, b) => a.underWay - b.underWay);
  const { mostUnderWay = MOST_UNDER_WAY } = terms;
  let room = mostUnderWay - queues.reduce((sum, { underWay }) => sum + underWay, 0);
  const waiting = queues.map(({ ledger }) => ({
    market: ledger.market,
    groups: groupsOf(ledger, terms, room > 0),
  }));
  const chosen: DaysToAsk[] = [];
  let isFull = false;
  for (let turn = 0; waiting.some(({ groups }) => turn < groups.length); turn++) {
    for (const { market, groups } of waiting) {
      const group = groups[turn];
      if (group === undefined) continue;
      const needed = group.days.filter((day) => !isUnderWay(day)).length;
      // Whoever has the turn waits for room: smaller groups of others would take it for ever.
      isFull ||= needed > Math.max(room, 0);
      // Days under way need none, and may be what is waited for: their ask may have brought nothing.
      const days = isFull ? group.days.filter(isUnderWay) : group.days;
      if (!isFull) room -= needed;
      if (days.length > 0) chosen.push({ market, source: group.source, days });
    }
  }
  return chosen;
}

interface Group {
  readonly source: SegmentSource;
  /** Oldest first. */
  readonly days: LedgerDay[];
}

/** The due days of a market, newest first, those of one month of the archive together. */
function groupsOf({ days }: MarketLedger, terms: DueTerms, isRoom: boolean): Group[] {
  const groups: Group[] = [];
  for (const day of days) {
    const due = dueOf(day, terms);
    if (due.kind === 'sealed' || due.dueAtMs > terms.nowMs) continue;
    if (!isRoom && !isUnderWay(day)) continue;
    const last = groups.at(-1);
    const isSameMonth =
      last?.source === 'archive' &&
      due.source === 'archive' &&
      monthOf(last.days[0]?.dayMs ?? 0) === monthOf(day.dayMs);
    if (isSameMonth) last.days.unshift(day);
    else groups.push({ source: due.source, days: [day] });
  }
  return groups;
}
