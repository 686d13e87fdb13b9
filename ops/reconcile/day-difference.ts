import { auditDay } from '../../lambdas/shared/domain/ledger/audit';
import { type Candle, hasSameValues } from '../../lambdas/shared/domain/candle';
import { ROLLED_INTERVALS } from '../../lambdas/shared/domain/interval';
import type { LedgerDay } from '../../lambdas/shared/domain/ledger/ledger';
import type { StoredCandles } from '../../lambdas/shared/domain/ports';
import type { ObservedSegment, RejectedMinute } from '../../lambdas/shared/domain/segment';

/** The difference between a day as it is answered now and what is stored of it. */
export interface DayDifference {
  readonly storedCount: number;
  readonly answeredCount: number;
  /** Minutes that are not stored. */
  readonly added: readonly Candle[];
  readonly changed: readonly { readonly stored: Candle; readonly answered: Candle }[];
  /** Stored minutes that the answer lacks: an audit keeps them, and the next one deletes them if it lacks them too. */
  readonly missing: readonly Candle[];
  /** Minutes whose rows are no candles. */
  readonly rejected: readonly RejectedMinute[];
  /** Stored rows that cannot be read; an audit overwrites them. */
  readonly unreadableCount: number;
  /** Windows that an audit would write anew. */
  readonly windowCount: number;
}

/** Compares a day as an audit does. */
export function dayDifference(
  segment: ObservedSegment,
  stored: StoredCandles,
  day: LedgerDay,
): DayDifference {
  const audited = auditDay(segment, stored, day);
  const minutes = byTime(stored.candles['1m']);
  const answered = byTime(segment.minuteCandles);
  const written = (audited.candles['1m'] ?? []).filter(({ openTimeMs }) =>
    answered.has(openTimeMs),
  );
  return {
    storedCount: minutes.size,
    answeredCount: answered.size,
    added: written.filter(({ openTimeMs }) => !minutes.has(openTimeMs)),
    changed: written.flatMap((candle) => changeOf(candle, minutes.get(candle.openTimeMs))),
    missing: [...minutes.values()].filter(({ openTimeMs }) => !answered.has(openTimeMs)),
    rejected: segment.rejected,
    unreadableCount: stored.unreadable.length,
    windowCount: windowCount(audited.candles, stored),
  };
}

/** Whether an audit would find nothing. */
export function isSame(difference: DayDifference): boolean {
  const { added, changed, missing, rejected, unreadableCount, windowCount } = difference;
  const minutes = [added, changed, missing, rejected];
  return minutes.every(({ length }) => length === 0) && unreadableCount + windowCount === 0;
}

function byTime(candles: readonly Candle[] = []): Map<number, Candle> {
  return new Map(candles.map((candle) => [candle.openTimeMs, candle]));
}

function changeOf(answered: Candle, stored: Candle | undefined): DayDifference['changed'] {
  return stored === undefined || hasSameValues(answered, stored) ? [] : [{ stored, answered }];
}

function windowCount(written: StoredCandles['candles'], { candles }: StoredCandles): number {
  return ROLLED_INTERVALS.flatMap((interval) => {
    const stored = byTime(candles[interval]);
    return (written[interval] ?? []).filter((candle) => {
      const had = stored.get(candle.openTimeMs);
      return had === undefined || !hasSameValues(candle, had);
    });
  }).length;
}
