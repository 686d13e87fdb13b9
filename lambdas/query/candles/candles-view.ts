import {
  type CalendarWindows,
  firstStartFrom,
} from '../../shared/domain/calendar/calendar-windows';
import { MINUTE_MS } from '../../shared/domain/interval';
import type { Market } from '../../shared/domain/market';
import type { QueryContext, StoredGap, TimeRange } from '../ports';
import { statusOf } from '../v1/known-market';
import { type CandlePage, type PageCandle, type PageQuery, readPage } from './candle-page';
import { filledPage, filledSpan } from './filled-page';
import { gapsIn, isFinal, isUntraded, type RangeLedger, readLedger } from './range-ledger';
import { spanFrom, wholeWindows } from './rolled-page';

/** A question for candles. */
export interface CandlesQuestion {
  readonly market: Market;
  readonly windows: CalendarWindows;
  /** Null for the newest. */
  readonly fromMs: number | null;
  /** Null for now. */
  readonly toMs: number | null;
  /** The first candles of the range, or its last ones. */
  readonly side: 'start' | 'end';
  readonly limit: number;
  readonly isFilled: boolean;
}

/** A candle with what the ledger says of it. */
export interface CandleView extends PageCandle {
  /** Whether all days that it touches are sealed. */
  readonly final: boolean;
}

/** A page as it is answered. */
export interface CandlesView {
  /** In time order. */
  readonly candles: readonly CandleView[];
  /** The gaps that touch the range of the page. */
  readonly gaps: readonly StoredGap[];
  readonly nextMs: number | null;
  /** Whether the page is of sealed days alone, from end to end. */
  readonly isSealed: boolean;
}

/**
 * Reads a page of candles, and what the ledger says of them.
 *
 * @throws Problem with status 404 for a market that is neither followed nor stored
 */
export async function readCandlesView(
  context: QueryContext,
  question: CandlesQuestion,
): Promise<CandlesView> {
  const query = boundedQuery(question, context.nowMs);
  const { page, ledger } = question.isFilled
    ? await readFilled(context, query)
    : await readStored(context, query);
  const range = question.fromMs === null ? fromFirstCandle(page) : page;
  const whole = await covering(context, { query, page, range, ledger });
  return {
    candles: page.candles.map((candle) => ({
      ...candle,
      final: isFinal(whole, windowOf(query, candle)),
    })),
    gaps: gapsIn(whole, range),
    nextMs: page.nextMs,
    isSealed: isFinal(whole, range),
  };
}

function windowOf({ windows }: PageQuery, { openTimeMs }: PageCandle): TimeRange {
  return { fromMs: openTimeMs, toMs: windows.endOf(openTimeMs) };
}

/** Nothing is stored of the time to come. */
function boundedQuery(question: CandlesQuestion, nowMs: number): PageQuery {
  const endMs = nowMs + MINUTE_MS;
  const toMs = Math.min(question.toMs ?? endMs, endMs);
  return { ...question, fromMs: Math.min(question.fromMs ?? 0, toMs), toMs };
}

interface PageWithLedger {
  readonly page: CandlePage;
  readonly ledger: RangeLedger;
}

async function readStored(context: QueryContext, query: PageQuery): Promise<PageWithLedger> {
  // The ledger is read first: what it says is sealed was stored before.
  const [status, ledger] = await Promise.all([
    statusOf(context, query.market),
    readLedger(context, query.market, likelyRange(context, query)),
  ]);
  const seenToMs = status?.progress?.seenToMs ?? 0;
  return { page: await readPage(context.store, query, seenToMs), ledger };
}

/** The range of a page of a market that trades all the time. */
function likelyRange({ settings }: QueryContext, query: PageQuery): TimeRange {
  const { windows, side, fromMs, toMs } = query;
  const whole = wholeWindows(query);
  if (whole.fromMs >= whole.toMs) return whole;
  const startMs = side === 'start' ? firstStartFrom(windows, fromMs) : windows.startOf(toMs - 1);
  const span = spanFrom(query, startMs, whole);
  return { fromMs: Math.max(span.fromMs, settings.historyStartMs), toMs: span.toMs };
}

async function readFilled(context: QueryContext, query: PageQuery): Promise<PageWithLedger> {
  const { store } = context;
  const [status, span] = await Promise.all([
    statusOf(context, query.market),
    filledSpan(store, query),
  ]);
  const ledger = await readLedger(context, query.market, span);
  const page = await filledPage(store, query, span, {
    seenToMs: status?.progress?.seenToMs ?? 0,
    isUntraded: (window) => isUntraded(ledger, status, window),
  });
  return { page, ledger };
}

/** Before the newest candles there may be older ones, or none: what is not shown is not told of. */
function fromFirstCandle({ candles, toMs }: CandlePage): TimeRange {
  return { fromMs: candles[0]?.openTimeMs ?? toMs, toMs };
}

interface Covered {
  readonly query: PageQuery;
  readonly page: CandlePage;
  readonly range: TimeRange;
  readonly ledger: RangeLedger;
}

/** The ledger of all of a page: it may reach further than was likely. */
async function covering(
  context: QueryContext,
  { query: { market, windows }, page, range, ledger }: Covered,
): Promise<RangeLedger> {
  const [first] = page.candles;
  const last = page.candles.at(-1);
  const fromMs = Math.max(
    range.fromMs,
    Math.min(context.settings.historyStartMs, first?.openTimeMs ?? range.toMs),
  );
  const toMs = Math.max(range.toMs, last === undefined ? 0 : windows.endOf(last.openTimeMs));
  const isCovered = fromMs >= toMs || (fromMs >= ledger.fromMs && toMs <= ledger.toMs);
  return isCovered ? ledger : readLedger(context, market, { fromMs, toMs });
}
