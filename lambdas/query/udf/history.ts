import * as v from 'valibot';
import { calendarWindows } from '../../shared/domain/calendar/calendar-windows';
import { type Decimal, formatDecimal } from '../../shared/domain/decimal';
import { MINUTE_MS } from '../../shared/domain/interval';
import { type Answer, JSON_TYPE, jsonAnswer } from '../http/answer';
import { type PageCandle, type PageQuery, readPage } from '../candles/candle-page';
import { SymbolParameter } from '../http/texts';
import type { QueryContext } from '../ports';
import { intervalOf, RESOLUTIONS } from './resolutions';
import { marketOfSymbol } from './symbol-names';

const SECOND_MS = 1_000;
const MOST_BARS = 5_000;
/** More than a chart asks for: it gets as many as there may be. */
const MOST_COUNTBACK = 1_000_000;
/** Times beyond these come of a client's arithmetic; none is stored there. */
const FARTHEST_SECONDS = 100_000_000_000;

/** Some clients send fractions. */
const Seconds = v.pipe(v.number(), v.minValue(-FARTHEST_SECONDS), v.maxValue(FARTHEST_SECONDS));

/** Parameters of `/udf/history`. */
export const HistoryParameters = v.object({
  symbol: SymbolParameter,
  resolution: v.picklist(RESOLUTIONS),
  from: v.pipe(
    Seconds,
    v.description('Start of the range, in seconds since the epoch'),
    v.transform(Math.floor),
  ),
  to: v.pipe(
    Seconds,
    v.description('End of the range, which is not part of it'),
    v.transform(Math.ceil),
  ),
  countback: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(0),
      v.maxValue(MOST_COUNTBACK),
      v.description('As many bars at least, from before the range if it has fewer'),
    ),
    0,
  ),
});

const Numbers = v.array(v.number());

/** Answer of `/udf/history`. Times are in seconds, ascending; all arrays are of one length. */
export const HistoryAnswer = v.variant('s', [
  v.strictObject({
    s: v.literal('ok'),
    t: v.array(v.pipe(v.number(), v.integer())),
    o: Numbers,
    h: Numbers,
    l: Numbers,
    c: Numbers,
    v: Numbers,
  }),
  v.strictObject({
    s: v.literal('no_data'),
    nextTime: v.optional(
      v.pipe(v.number(), v.integer(), v.description('Time of the newest bar before the range')),
    ),
  }),
]);

/**
 * The bars of a range, or more of them from before it, up to `countback`: the
 * greater of the two. If they are too many, the newest.
 *
 * @throws Problem with status 404 if the market is not followed
 */
export async function answerHistory(
  parameters: v.InferOutput<typeof HistoryParameters>,
  context: QueryContext,
): Promise<Answer> {
  const { symbol, resolution, from, to, countback } = parameters;
  const market = await marketOfSymbol(context, symbol);
  const windows = calendarWindows(intervalOf(resolution));
  const endMs = context.nowMs + MINUTE_MS;
  const fromMs = bounded(from * SECOND_MS, endMs);
  const range = { market, windows, fromMs, toMs: bounded(to * SECOND_MS, endMs) };
  const inRange = await newest(context, { ...range, limit: MOST_BARS });
  const missing = Math.min(countback, MOST_BARS) - inRange.length;
  const earlier = { market, windows, fromMs: 0, toMs: Math.min(fromMs, range.toMs) };
  const before = missing > 0 ? await newest(context, { ...earlier, limit: missing }) : [];
  const bars = [...before, ...inRange];
  if (bars.length > 0) return { status: 200, contentType: JSON_TYPE, body: barsJson(bars) };
  // Nothing older is stored: this ends the chart's scrolling for good.
  if (missing > 0) return jsonAnswer({ s: 'no_data' });
  const [next] = await newest(context, { ...earlier, limit: 1 });
  return jsonAnswer(
    next === undefined ? { s: 'no_data' } : { s: 'no_data', nextTime: next.openTimeMs / SECOND_MS },
  );
}

function bounded(timeMs: number, endMs: number): number {
  return Math.min(Math.max(0, timeMs), endMs);
}

/** The newest bars of a range, oldest first: a page may have fewer than its limit, so that more are read. */
async function newest(
  { store }: QueryContext,
  query: Omit<PageQuery, 'side'>,
): Promise<readonly PageCandle[]> {
  let bars: readonly PageCandle[] = [];
  let toMs: number | null = query.toMs;
  while (toMs !== null && query.fromMs < toMs && bars.length < query.limit) {
    const limit = query.limit - bars.length;
    const page = await readPage(store, { ...query, toMs, limit, side: 'end' }, 0);
    bars = [...page.candles, ...bars];
    toMs = page.nextMs;
  }
  return bars;
}

/** The stored digits as they are, as JSON's numbers: no float comes near them. */
function barsJson(bars: readonly PageCandle[]): string {
  const numbers = (value: (bar: PageCandle) => Decimal) =>
    `[${bars.map((bar) => formatDecimal(value(bar))).join(',')}]`;
  const times = `[${bars.map(({ openTimeMs }) => openTimeMs / SECOND_MS).join(',')}]`;
  return [
    `{"s":"ok","t":${times}`,
    `"o":${numbers(({ open }) => open)}`,
    `"h":${numbers(({ high }) => high)}`,
    `"l":${numbers(({ low }) => low)}`,
    `"c":${numbers(({ close }) => close)}`,
    `"v":${numbers(({ baseVolume }) => baseVolume)}}`,
  ].join(',');
}
