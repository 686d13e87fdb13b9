import { monthOf } from '../calendar/months';
import { dueOf, isSealed, isUnderWay, type LedgerDay, MOST_UNDER_WAY } from './ledger';
import { type Market, marketKey } from '../market';
import type { SegmentSource } from '../segment';

/** The known past days of a market. */
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

/** Terms of the choice of days. */
export interface DueTerms {
  readonly nowMs: number;
  /** Age of the oldest one-minute candles that the API serves. */
  readonly retentionMs: number;
  /** Days of the exchange that may be under way at once. @default as many as of all exchanges */
  readonly mostUnderWay?: number | undefined;
  /** Starts of days that were asked for in this firing, by market key: none is asked for twice. @default none */
  readonly asked?: ReadonlyMap<string, ReadonlySet<number>>;
  /** If the exchange refuses whatever is asked of its API: then days of the archive alone are due. @default false */
  readonly isApiRefused?: boolean;
}

/**
 * The days that are asked for next: those that are due, as many as may be under
 * way. The market with the fewest under way has the first turn, and of several
 * the one whose newest due day is the newest: so a market that is far behind
 * keeps no other waiting, and all go back in time together. In its turn a market
 * has its newest day. The days of a month of the archive come together or not at
 * all: for each part the archive would be read again. While as many as may be are
 * under way, only those of them that are due again are asked for.
 */
export function daysToAsk(ledgers: readonly MarketLedger[], terms: DueTerms): DaysToAsk[] {
  const { mostUnderWay = MOST_UNDER_WAY } = terms;
  const counted = ledgers.map((ledger) => ({ ledger, underWay: underWayCount(ledger) }));
  let room = mostUnderWay - counted.reduce((sum, { underWay }) => sum + underWay, 0);
  let isFull = room <= 0;
  let waiting = counted
    .map(({ ledger, underWay }) => {
      const groups = groupsOf(ledger, terms, () => !isFull);
      return { market: ledger.market, underWay, groups, next: groups.next() };
    })
    .filter(({ next }) => next.done !== true)
    .sort((a, b) => a.underWay - b.underWay || newestOf(b.next) - newestOf(a.next));
  const chosen: DaysToAsk[] = [];
  while (waiting.length > 0) {
    for (const { market, next } of waiting) {
      if (next.done === true) continue;
      const { source, days: all } = next.value;
      const needed = all.filter((day) => !isUnderWay(day)).length;
      // Whoever has the turn waits for room: smaller groups of others would take it for ever.
      isFull ||= needed > Math.max(room, 0);
      // Days under way need none, and may be what is waited for: their ask may have brought nothing.
      const days = isFull ? all.filter(isUnderWay) : all;
      if (!isFull) room -= needed;
      if (days.length > 0) chosen.push({ market, source, days });
    }
    waiting = waiting
      .map((one) => ({ ...one, next: one.groups.next() }))
      .filter(({ next }) => next.done !== true);
  }
  return chosen;
}

/** If days are due that are not under way: there was no room for them. */
export function hasDueDays(ledgers: readonly MarketLedger[], terms: DueTerms): boolean {
  return ledgers.some(({ market, days }) => {
    const asked = terms.asked?.get(marketKey(market));
    return days.some((day) => !isUnderWay(day) && sourceIfDue(day, terms, asked) !== undefined);
  });
}

interface Group {
  readonly source: SegmentSource;
  /** Oldest first. */
  readonly days: LedgerDay[];
}

function underWayCount({ days }: MarketLedger): number {
  return days.reduce((count, day) => (isUnderWay(day) ? count + 1 : count), 0);
}

function newestOf({ value }: IteratorResult<Group, undefined>): number {
  return value?.days.at(-1)?.dayMs ?? -Infinity;
}

/**
 * The due days of a market, newest first, those of one month of the archive
 * together; from where there is no room on, those alone that are under way. Of a
 * long history few are wanted at a time: none is looked at before.
 */
function* groupsOf(
  { market, days }: MarketLedger,
  terms: DueTerms,
  isRoom: () => boolean,
): Generator<Group, undefined, undefined> {
  const asked = terms.asked?.get(marketKey(market));
  let month: Group | undefined;
  for (const day of days) {
    if (!isRoom() && !isUnderWay(day)) continue;
    const source = sourceIfDue(day, terms, asked);
    if (source === undefined) continue;
    const isSameMonth =
      source === 'archive' && monthOf(month?.days[0]?.dayMs ?? 0) === monthOf(day.dayMs);
    if (month !== undefined && isSameMonth) {
      month.days.unshift(day);
      continue;
    }
    if (month !== undefined) yield month;
    month = { source, days: [day] };
    if (source === 'api') {
      yield month;
      month = undefined;
    }
  }
  if (month !== undefined) yield month;
  return undefined;
}

/** The source that a day is requested from now; undefined if it is not due, or was asked for in this firing. */
function sourceIfDue(
  day: LedgerDay,
  terms: DueTerms,
  asked: ReadonlySet<number> | undefined,
): SegmentSource | undefined {
  if (isSealed(day) || asked?.has(day.dayMs) === true) return undefined;
  const due = dueOf(day, terms);
  if (due.kind !== 'open' || due.dueAtMs > terms.nowMs) return undefined;
  return due.source === 'api' && terms.isApiRefused === true ? undefined : due.source;
}
