import * as v from 'valibot';
import {
  boundariesOf,
  type CoveredDay,
  coveredDays,
  type CoverageInput,
} from '../../shared/domain/coverage/stretches';
import { DAY_MS, dayText, floorTo, MINUTE_MS } from '../../shared/domain/interval';
import { daysIn } from '../../shared/domain/ledger/ledger';
import { marketKey } from '../../shared/domain/market';
import { SEGMENT_SOURCES } from '../../shared/domain/segment';
import { type Answer, jsonAnswer } from '../http/answer';
import {
  CountField,
  DayField,
  MarketField,
  MarketParameter,
  TimeField,
  timeOrNull,
  timeParameter,
  timeText,
} from '../http/texts';
import type { QueryContext, TimeRange } from '../ports';
import { retentionOf, statusOf } from './known-market';
import { readMarketLedger } from './market-coverage';
import { orderedRange } from './ordered-range';

/** Parameters of `/v1/days`. */
export const DaysParameters = v.strictObject({
  market: MarketParameter,
  from: v.optional(timeParameter('Days that start at this time or later')),
  to: v.optional(timeParameter('Days that start before this time')),
});

const DAY_STATES = [
  /** Some of it, or all, is known to be lost, or not to be had yet. */
  'gap',
  /** It need not be requested again. */
  'sealed',
  /** Sealed although its audits do not agree. */
  'disputed',
  /** Stored, and requested again. */
  'unsealed',
  /** Never stored: history that is still to come. */
  'waiting',
  /** The market was not listed yet. */
  'before',
] as const;
type DayState = (typeof DAY_STATES)[number];

const Day = v.strictObject({
  day: DayField,
  state: v.picklist(DAY_STATES),
  minutes: v.pipe(
    v.nullable(CountField),
    v.description('Minutes with a candle, as the last audit left them'),
  ),
  absent: v.pipe(v.nullable(CountField), v.description('Minutes without a candle that are no gap')),
  gap: v.pipe(CountField, v.description('Minutes that are a gap')),
  rejected: v.pipe(
    v.nullable(CountField),
    v.description('Minutes whose rows could not be candles'),
  ),
  corrected: v.pipe(
    v.nullable(CountField),
    v.description('Candles that audits changed, added or deleted'),
  ),
  suspects: v.pipe(v.array(TimeField), v.description('Stored minutes that the last answer lacks')),
  audits: v.pipe(CountField, v.description('Audits that were stored')),
  source: v.nullable(v.picklist(SEGMENT_SOURCES)),
  sealedAt: v.nullable(TimeField),
  dueAt: v.pipe(
    v.nullable(TimeField),
    v.description('Time of its next request; null if there is none'),
  ),
  askedAt: v.nullable(TimeField),
  refusal: v.pipe(v.nullable(v.string()), v.description('Why the last ask brought no audit')),
});

/** Answer of `/v1/days`. */
export const DaysAnswer = v.strictObject({
  market: MarketField,
  days: v.pipe(v.array(Day), v.description('Past UTC days, newest first')),
});

/**
 * The ledger of a market: each past day that is wanted, newest first.
 *
 * @throws Problem for an unknown market, or a range that is no range
 */
export async function answerDays(
  { market, from, to }: v.InferOutput<typeof DaysParameters>,
  asked: QueryContext,
): Promise<Answer> {
  orderedRange(from, to);
  const context = { ...asked, nowMs: floorTo(asked.nowMs, MINUTE_MS) };
  const [status, ledger] = await Promise.all([
    statusOf(context, market),
    readMarketLedger(context, market),
  ]);
  const input = {
    ...{ status, ...ledger, historyStartMs: context.settings.historyStartMs },
    retentionMs: retentionOf(context.settings, market),
    ...{ nowMs: context.nowMs, minutesByDay: new Map<number, number>() },
  };
  const range = { fromMs: from ?? 0, toMs: to ?? context.nowMs };
  const days = ledgerDays(input).filter(({ dayMs }) => isWithin(range, dayMs));
  const answer: v.InferOutput<typeof DaysAnswer> = {
    market: marketKey(market),
    days: days.reverse().map(({ json }) => json),
  };
  return jsonAnswer(answer);
}

interface DayOfLedger {
  readonly dayMs: number;
  readonly json: v.InferOutput<typeof Day>;
}

function ledgerDays(input: CoverageInput): DayOfLedger[] {
  const boundaries = boundariesOf(input);
  const before = daysIn(boundaries.fromMs, boundaries.firstDayMs).map((dayMs) => ({
    dayMs,
    json: { ...NOTHING, day: dayText(dayMs), state: 'before' as const },
  }));
  const gapMinutes = gapMinutesByDay(input);
  const days = coveredDays(input, boundaries).map((covered) => ({
    dayMs: covered.day.dayMs,
    json: dayJson(covered, gapMinutes.get(covered.day.dayMs) ?? 0),
  }));
  return [...before, ...days];
}

function isWithin({ fromMs, toMs }: TimeRange, timeMs: number): boolean {
  return timeMs >= fromMs && timeMs < toMs;
}

/** No gap spans two days. */
function gapMinutesByDay({ gaps }: CoverageInput): Map<number, number> {
  const minutes = new Map<number, number>();
  for (const { fromMs, toMs } of gaps) {
    const dayMs = floorTo(fromMs, DAY_MS);
    minutes.set(dayMs, (minutes.get(dayMs) ?? 0) + (toMs - fromMs) / MINUTE_MS);
  }
  return minutes;
}

const NOTHING = {
  minutes: null,
  absent: null,
  gap: 0,
  rejected: null,
  corrected: null,
  suspects: [],
  audits: 0,
  source: null,
  sealedAt: null,
  dueAt: null,
  askedAt: null,
  refusal: null,
};

const STATES: Readonly<Record<CoveredDay['state'], DayState>> = {
  missing: 'waiting',
  unsealed: 'unsealed',
  complete: 'sealed',
  disputed: 'disputed',
};

function dayJson({ day, state, nextAsk }: CoveredDay, gap: number): v.InferOutput<typeof Day> {
  const { audit, ask, dayMs } = day;
  return {
    day: dayText(dayMs),
    state: gap > 0 ? 'gap' : STATES[state],
    minutes: audit?.minuteCount ?? null,
    absent: audit?.absentCount ?? null,
    gap,
    rejected: audit?.rejectedCount ?? null,
    corrected: audit?.correctedCount ?? null,
    suspects: (audit?.suspectsMs ?? []).map(timeText),
    audits: audit?.auditCount ?? 0,
    source: audit?.source ?? null,
    sealedAt: timeOrNull(audit?.sealedAtMs),
    dueAt: timeOrNull(nextAsk?.atMs),
    askedAt: timeOrNull(ask?.askedAtMs),
    refusal: ask?.refusal ?? null,
  };
}
