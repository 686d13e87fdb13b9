import * as v from 'valibot';
import {
  CALENDAR_INTERVALS,
  calendarWindows,
  hasDays,
} from '../../shared/domain/calendar/calendar-windows';
import { MINUTE_MS } from '../../shared/domain/interval';
import { marketKey } from '../../shared/domain/market';
import { type Answer, CSV_TYPE, jsonAnswer } from '../http/answer';
import { parameterProblem } from '../http/problem';
import {
  CountField,
  DecimalField,
  MarketField,
  MarketParameter,
  TimeField,
  timeParameter,
  timeOrNull,
  timeText,
} from '../http/texts';
import { candlesCsv, candleTexts } from '../candles/candle-texts';
import { type CandlesView, readCandlesView } from '../candles/candles-view';
import type { QueryContext } from '../ports';
import { orderedRange } from './ordered-range';

const MINUTES_OF_HOUR = 60;
const DEFAULT_LIMIT = 1_000;
const MOST_CANDLES = 5_000;

const Offset = v.pipe(
  v.string(),
  v.regex(
    /^[+-](?:0[0-9]|1[0-4]):(?:00|15|30|45)$/,
    'expected an offset from UTC in quarters of an hour such as +05:30',
  ),
  v.description('Offset from UTC at which days start, for 1d, 1w and 1M'),
  v.examples(['+05:30']),
  v.transform(offsetMs),
);

function offsetMs(text: string): number {
  const minutes = Number(text.slice(1, 3)) * MINUTES_OF_HOUR + Number(text.slice(4));
  return (text.startsWith('-') ? -minutes : minutes) * MINUTE_MS;
}

/** Parameters of `/v1/candles`. */
export const CandlesParameters = v.strictObject({
  market: MarketParameter,
  interval: v.pipe(
    v.picklist(CALENDAR_INTERVALS),
    v.description('Length of a candle; 1w starts on Monday, 1M is a calendar month'),
  ),
  from: v.optional(
    timeParameter('Candles that open at this time or later; without it, the newest'),
  ),
  to: v.optional(timeParameter('Candles that open before this time; now if it is missing')),
  limit: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(1),
      v.maxValue(MOST_CANDLES),
      v.description(
        'The most candles of a page; a page may hold fewer, and `next` says whether there is more',
      ),
    ),
    DEFAULT_LIMIT,
  ),
  order: v.optional(
    v.pipe(
      v.picklist(['asc', 'desc']),
      v.description(
        'Oldest first, or newest first. With desc, pages come from the end of the range',
      ),
    ),
    'asc',
  ),
  format: v.optional(
    v.pipe(v.picklist(['json', 'csv']), v.description('Form of the answer')),
    'json',
  ),
  fill: v.optional(
    v.pipe(
      v.picklist(['previous']),
      v.description(
        'Fills windows that are known to be without a trade with the close before them, and marks them',
      ),
    ),
  ),
  timezone: v.optional(Offset),
});

/** The parameters as they are understood. */
export type CandlesParameters = v.InferOutput<typeof CandlesParameters>;

const CandleField = v.strictObject({
  time: v.pipe(TimeField, v.description('Opening, in UTC')),
  open: DecimalField,
  high: DecimalField,
  low: DecimalField,
  close: DecimalField,
  baseVolume: DecimalField,
  quoteVolume: v.pipe(v.nullable(DecimalField), v.description('Null if it is not known')),
  minutes: v.pipe(CountField, v.description('Minutes with a trade')),
  closed: v.pipe(
    v.boolean(),
    v.description(
      'Whether it was requested to its end; until it is final, late minutes may still change it',
    ),
  ),
  final: v.pipe(v.boolean(), v.description('Whether its days are sealed')),
  filled: v.optional(v.pipe(v.literal(true), v.description('Nobody traded: it was filled'))),
});

const GapField = v.strictObject({ from: TimeField, to: TimeField, reason: v.string() });

/** Answer of `/v1/candles` in JSON. */
export const CandlesAnswer = v.strictObject({
  market: MarketField,
  interval: v.picklist(CALENDAR_INTERVALS),
  candles: v.array(CandleField),
  gaps: v.pipe(v.array(GapField), v.description('The gaps that touch the range of the page')),
  next: v.pipe(
    v.nullable(TimeField),
    v.description(
      'Where the next page goes on: its `from`, or its `to` with order=desc; null on the last page',
    ),
  ),
});

/** The answer, and its parts. */
export type CandlesAnswer = v.InferOutput<typeof CandlesAnswer>;

/**
 * Candles of a market: a page of a range, or the newest.
 *
 * @throws Problem for an unknown market, or parameters that contradict each other
 */
export async function answerCandles(
  parameters: CandlesParameters,
  context: QueryContext,
): Promise<Answer> {
  refuseContradictions(parameters);
  const { market, interval, from, to, limit, order, fill, timezone } = parameters;
  const view = await readCandlesView(context, {
    market,
    windows: calendarWindows(interval, timezone ?? 0),
    fromMs: from ?? null,
    toMs: to ?? null,
    side: from === undefined || order === 'desc' ? 'end' : 'start',
    limit,
    isFilled: fill !== undefined,
  });
  const page = inOrder(view, parameters);
  const answer =
    parameters.format === 'csv'
      ? { status: 200, contentType: CSV_TYPE, body: candlesCsv(page.candles, fill !== undefined) }
      : jsonAnswer(pageJson(page, parameters));
  return { ...answer, freshness: page.isSealed ? 'sealed' : 'changing', ...nextOf(page, order) };
}

function refuseContradictions({ from, to, interval, timezone }: CandlesParameters): void {
  orderedRange(from, to);
  if (timezone !== undefined && !hasDays(interval)) {
    const reason = `a candle of ${interval} has no days; it goes with 1d, 1w and 1M`;
    throw parameterProblem(422, [{ name: 'timezone', reason }]);
  }
}

function inOrder(view: CandlesView, { from, order }: CandlesParameters): CandlesView {
  if (order === 'desc') return { ...view, candles: view.candles.toReversed() };
  // After the newest candles, oldest first, there is no page.
  return from === undefined ? { ...view, nextMs: null } : view;
}

function nextOf({ nextMs }: CandlesView, order: CandlesParameters['order']): Pick<Answer, 'next'> {
  if (nextMs === null) return {};
  return { next: { name: order === 'desc' ? 'to' : 'from', value: timeText(nextMs) } };
}

function pageJson(
  { candles, gaps, nextMs }: CandlesView,
  { market, interval }: CandlesParameters,
): CandlesAnswer {
  return {
    market: marketKey(market),
    interval,
    candles: candles.map(candleTexts),
    gaps: gaps.map(({ fromMs, toMs, reason }) => ({
      from: timeText(fromMs),
      to: timeText(toMs),
      reason,
    })),
    next: timeOrNull(nextMs),
  };
}
