import {
  type Candle,
  type CandlesByInterval,
  hasSameValues,
  hasSameValuesButQuote,
} from '../candle';
import { DAY_MINUTES, DAY_MS, type Interval, INTERVALS, MINUTE_MS } from '../interval';
import {
  DISPUTED_AFTER_MS,
  isSecondOpinion,
  LEAST_AUDITS,
  type LedgerDay,
  PATIENCE_MS,
} from './ledger';
import type { Market } from '../market';
import type { ExchangeAnswer, StoredCandles, UnreadableCandle } from '../ports';
import { type ChildrenRange, inTimeOrder, windowsUpFrom } from '../roll-up';
import {
  type AuditFindings,
  newestOf,
  type ObservedSegment,
  type RolledSegment,
  type SegmentSource,
} from '../segment';

/** An audit deletes no more minutes than this: an exchange that lacks more has forgotten them. */
const MOST_DELETED = 30;

/** A past day of a market that was asked for. */
export interface AskedDay {
  readonly market: Market;
  readonly dayMs: number;
  readonly source: SegmentSource;
  readonly observedAtMs: number;
}

/** The segment of a whole day, as it was answered. */
export function auditSegment(
  { market, dayMs, source, observedAtMs }: AskedDay,
  { candles, rejected }: ExchangeAnswer,
): ObservedSegment {
  return {
    ...market,
    kind: 'audit',
    fromMs: dayMs,
    toMs: dayMs + DAY_MS,
    observedAtMs,
    followsMs: null,
    settlesMs: null,
    gapFromMs: null,
    source,
    minuteCandles: candles,
    rejected,
    unserved: null,
  };
}

/** All that is stored of an audit's day: every interval is compared. */
export function candlesToCompare({ fromMs, toMs }: ObservedSegment): ChildrenRange[] {
  return INTERVALS.map((interval) => ({ interval, fromMs, toMs }));
}

/**
 * Compares a whole day, as it was answered, with what is stored of it.
 *
 * In the result are the candles that differ. An audit of the API that seals the
 * day has all of them, changed or not: older live writes may still be under way.
 * What comes from the archive is final, and seals the day: it has all windows, as
 * they may be stored as open.
 *
 * A stored minute that the answer lacks is kept, as a suspect; the next audit
 * that lacks it too deletes it. An empty answer deletes nothing, no audit
 * deletes more than 30 minutes, and nothing from the archive deletes any. A
 * stored row that cannot be read is overwritten, or is a suspect as any other;
 * one whose time is no minute is none of any answer, and is deleted at once.
 *
 * @param stored the answer to {@link candlesToCompare}
 * @param day what the ledger says of the day
 */
export function auditDay(
  segment: ObservedSegment,
  stored: StoredCandles,
  day: LedgerDay,
): RolledSegment {
  const { minuteCandles, ...rest } = segment;
  const compared = new DayComparison(segment, stored, day);
  const findings = compared.findings();
  return {
    ...rest,
    candles: compared.written(findings),
    rejected: segment.rejected.filter(({ openTimeMs }) => !compared.has(openTimeMs)),
    newestMs: newestOf(minuteCandles) ?? null,
    deleted: compared.deleted(),
    audit: findings,
  };
}

/** A whole day as it was answered, beside what is stored of it. */
class DayComparison {
  readonly #segment: ObservedSegment;
  /** The stored audit, if this one is a second opinion beside it. */
  readonly #previous: LedgerDay['audit'];
  /** Audits that have seen the day: what it lacked then, and has now, was corrected since. */
  readonly #storedAudits: number;
  readonly #stored: CandlesByInterval;
  readonly #unreadable: readonly UnreadableCandle[];
  /** Stored minutes that the answer lacks. */
  readonly #missing: readonly number[];
  /** The stored ones that are deleted. */
  readonly #gone: ReadonlySet<number>;
  /** The day as it will be. */
  readonly #result: CandlesByInterval;

  constructor(segment: ObservedSegment, { candles, unreadable }: StoredCandles, day: LedgerDay) {
    this.#segment = segment;
    this.#stored = candles;
    this.#unreadable = unreadable;
    this.#previous = previousAudit(segment, day, candles);
    this.#storedAudits = day.audit?.auditCount ?? 0;
    this.#missing = this.#missingMinutes();
    this.#gone = new Set([...this.#confirmedMinutes(), ...this.#strayTimes()]);
    this.#result = windowsUpFrom(this.#minutes());
  }

  /** Whether a minute is stored once the audit is. */
  has(timeMs: number): boolean {
    return (this.#result['1m'] ?? []).some(({ openTimeMs }) => openTimeMs === timeMs);
  }

  written({ sealed }: AuditFindings): CandlesByInterval {
    // Older live writes may still be under way: they must lose against a day that is sealed. Before
    // it is, the next audit finds what they change.
    if (!this.#isFinal() && sealed) return this.#result;
    // A window can be open as it is stored, with the values that it has closed: no minute came after.
    if (this.#isFinal()) return { ...this.#result, '1m': this.#differing('1m') };
    return Object.fromEntries(
      INTERVALS.map((interval) => [interval, this.#differing(interval)] as const),
    );
  }

  deleted(): Readonly<Partial<Record<Interval, readonly number[]>>> {
    const entries = INTERVALS.map((interval) => {
      const kept = new Set(this.#result[interval]?.map(openTimeOf));
      const gone = this.#storedTimes(interval).filter(
        (timeMs) => !kept.has(timeMs) && (interval !== '1m' || this.#gone.has(timeMs)),
      );
      return [interval, gone] as const;
    });
    return Object.fromEntries(entries.filter(([, gone]) => gone.length > 0));
  }

  findings(): AuditFindings {
    const { observedAtMs, toMs } = this.#segment;
    const minuteCount = this.#result['1m']?.length ?? 0;
    const agreed = this.#agrees();
    // That nobody answered says nothing of a single minute.
    const suspects = this.#segment.unserved === null ? this.#missing : [];
    const isConfirmed =
      agreed && this.#previous?.agreed === true && observedAtMs >= toMs + PATIENCE_MS;
    const isLate =
      observedAtMs >= toMs + DISPUTED_AFTER_MS && this.#storedAudits + 1 >= LEAST_AUDITS;
    const disputed = this.#isFinal() ? !this.#isComplete() : isLate && !isConfirmed;
    return {
      minuteCount,
      absentCount: this.#absentCount(minuteCount),
      correctedCount: this.#correctedCount(),
      suspectsMs: suspects.filter((timeMs) => !this.#gone.has(timeMs)),
      agreed,
      sealed: this.#isFinal() || isConfirmed || disputed,
      disputed,
    };
  }

  #isFinal(): boolean {
    return this.#segment.source === 'archive';
  }

  #storedTimes(interval: Interval): number[] {
    const unreadable = this.#unreadable.flatMap((row) =>
      row.interval === interval && row.openTimeMs !== null ? [row.openTimeMs] : [],
    );
    return [...(this.#stored[interval] ?? []).map(openTimeOf), ...unreadable].sort((a, b) => a - b);
  }

  #missingMinutes(): number[] {
    // A row that is no candle is no evidence that its minute is absent.
    const { minuteCandles, rejected } = this.#segment;
    const answered = new Set([...minuteCandles, ...rejected].map(openTimeOf));
    return this.#storedTimes('1m').filter((timeMs) => isMinute(timeMs) && !answered.has(timeMs));
  }

  /** Stored times that no minute has: no answer can say anything of them. */
  #strayTimes(): number[] {
    return this.#storedTimes('1m').filter((timeMs) => !isMinute(timeMs));
  }

  #confirmedMinutes(): readonly number[] {
    if (this.#isFinal() || this.#segment.minuteCandles.length === 0) return [];
    const suspects = new Set(this.#previous?.suspectsMs);
    const confirmed = this.#missing.filter((timeMs) => suspects.has(timeMs));
    return confirmed.length > MOST_DELETED ? [] : confirmed;
  }

  #minutes(): readonly Candle[] {
    const byTime = new Map((this.#stored['1m'] ?? []).map((one) => [one.openTimeMs, one]));
    for (const timeMs of this.#gone) byTime.delete(timeMs);
    for (const candle of this.#segment.minuteCandles) {
      byTime.set(candle.openTimeMs, withKnownQuote(candle, byTime.get(candle.openTimeMs)));
    }
    return inTimeOrder([...byTime.values()].sort((a, b) => a.openTimeMs - b.openTimeMs));
  }

  #differing(interval: Interval): readonly Candle[] {
    const stored = new Map((this.#stored[interval] ?? []).map((one) => [one.openTimeMs, one]));
    return (this.#result[interval] ?? []).filter((candle) => {
      const had = stored.get(candle.openTimeMs);
      return had === undefined || !hasSameValues(candle, had);
    });
  }

  /** Whether nothing stored is changed by the answer, and the answer leaves nothing open. */
  #agrees(): boolean {
    const isSame = INTERVALS.every(
      (interval) =>
        this.#differing(interval).length === 0 &&
        this.#result[interval]?.length === this.#stored[interval]?.length,
    );
    return isSame && this.#unreadable.length === 0 && this.#isComplete();
  }

  /** Whether the answer has all that is stored, no row that is no candle, and is one at all. */
  #isComplete(): boolean {
    const { rejected, unserved } = this.#segment;
    return this.#missing.length === 0 && rejected.length === 0 && unserved === null;
  }

  #absentCount(minuteCount: number): number {
    const { rejected, unserved } = this.#segment;
    if (unserved !== null && minuteCount === 0) return 0;
    return DAY_MINUTES - minuteCount - rejected.filter((one) => !this.has(one.openTimeMs)).length;
  }

  #correctedCount(): number {
    const stored = new Set(this.#storedTimes('1m'));
    if (stored.size === 0) return 0;
    const isCorrected = ({ openTimeMs }: Candle) =>
      this.#storedAudits > 0 || stored.has(openTimeMs);
    return this.#differing('1m').filter(isCorrected).length + this.#gone.size;
  }
}

/** The audit before this one: the same answer, given again, is no second one. */
function previousAudit(
  { observedAtMs, minuteCandles }: ObservedSegment,
  { audit }: LedgerDay,
  stored: CandlesByInterval,
) {
  if (audit === undefined) return undefined;
  const minuteCount = Math.max(minuteCandles.length, stored['1m']?.length ?? 0);
  return isSecondOpinion({ observedAtMs, minuteCount }, audit) ? audit : undefined;
}

/** An unknown quote volume does not replace a known one of the same candle. */
function withKnownQuote(answered: Candle, stored: Candle | undefined): Candle {
  const isKnown = answered.quoteVolume === null && stored !== undefined;
  return isKnown && hasSameValuesButQuote(answered, stored) ? stored : answered;
}

function isMinute(timeMs: number): boolean {
  return timeMs % MINUTE_MS === 0;
}

function openTimeOf({ openTimeMs }: { readonly openTimeMs: number }): number {
  return openTimeMs;
}
