import {
  type CalendarWindows,
  firstStartFrom,
} from '../../shared/domain/calendar/calendar-windows';
import { DAY_MS, MINUTE_MS } from '../../shared/domain/interval';
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
  const range = shownRange(query, page);
  return {
    candles: page.candles.map((candle) => ({
      ...candle,
      final: isFinal(ledger, windowOf(query, candle)),
    })),
    gaps: gapsIn(ledger, range),
    nextMs: page.nextMs,
    isSealed: isFinal(ledger, range),
  };
}

function windowOf({ windows }: PageQuery, { openTimeMs }: PageCandle): TimeRange {
  return { fromMs: openTimeMs, toMs: windows.endOf(openTimeMs) };
}

/** A question with its range. */
interface BoundedQuery extends PageQuery {
  readonly isNewest: boolean;
}

/** Nothing is stored of the time to come. */
function boundedQuery(question: CandlesQuestion, nowMs: number): BoundedQuery {
  const endMs = nowMs + MINUTE_MS;
  const toMs = Math.min(question.toMs ?? endMs, endMs);
  const fromMs = Math.min(question.fromMs ?? 0, toMs);
  return { ...question, fromMs, toMs, isNewest: question.fromMs === null };
}

interface PageWithLedger {
  readonly page: CandlePage;
  readonly ledger: RangeLedger;
}

async function readStored(context: QueryContext, query: BoundedQuery): Promise<PageWithLedger> {
  // The ledger is read first: what it says is sealed was stored before.
  const [status, ledger] = await Promise.all([
    statusOf(context, query.market),
    readLedger(context, query.market, likelyRange(context, query)),
  ]);
  const seenToMs = status?.progress?.seenToMs ?? 0;
  const read = () => readPage(context.store, query, seenToMs);
  return covered(context, query, { page: await read(), ledger, read });
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

async function readFilled(context: QueryContext, query: BoundedQuery): Promise<PageWithLedger> {
  const { store } = context;
  const [status, span] = await Promise.all([
    statusOf(context, query.market),
    filledSpan(store, query),
  ]);
  const ledger = await readLedger(context, query.market, span);
  const read = () =>
    filledPage(store, query, span, {
      seenToMs: status?.progress?.seenToMs ?? 0,
      isUntraded: (window) => isUntraded(ledger, status, window),
    });
  return covered(context, query, { page: await read(), ledger, read });
}

/** The range of which gaps are told. Before the newest candles there may be older ones, or none: what is not shown is not told of. */
function shownRange({ isNewest }: BoundedQuery, page: CandlePage): TimeRange {
  const { candles, toMs } = page;
  if (!isNewest) return page;
  return { fromMs: candles[0]?.openTimeMs ?? toMs, toMs };
}

/** Audits that were observed so long ago are stored long since. */
const SURELY_STORED_MS = DAY_MS;

interface ReadAhead extends PageWithLedger {
  /** Reads the page again. */
  readonly read: () => Promise<CandlePage>;
}

/**
 * A page with the ledger of all of it: it may reach further than was likely.
 * Where a day was sealed only now, perhaps after its candles were read, they are
 * read again: what is final has the digits of the last audit.
 */
async function covered(
  context: QueryContext,
  query: BoundedQuery,
  { page, ledger, read }: ReadAhead,
): Promise<PageWithLedger> {
  const range = touchedRange(context, query, page);
  const isCovered =
    range.fromMs >= range.toMs || (range.fromMs >= ledger.fromMs && range.toMs <= ledger.toMs);
  if (isCovered) return { page, ledger };
  const whole = await readLedger(context, query.market, range);
  const isSealedNow = ([dayMs, auditedAtMs]: readonly [number, number]) =>
    !ledger.sealed.has(dayMs) && auditedAtMs > context.nowMs - SURELY_STORED_MS;
  if (![...whole.sealed].some(isSealedNow)) return { page, ledger: whole };
  return covered(context, query, { page: await read(), ledger: whole, read });
}

/** The range of a page and of its candles, from the start of history on. */
function touchedRange(
  { settings }: QueryContext,
  query: BoundedQuery,
  page: CandlePage,
): TimeRange {
  const range = shownRange(query, page);
  const first = page.candles[0]?.openTimeMs ?? range.toMs;
  const last = page.candles.at(-1);
  return {
    fromMs: Math.max(range.fromMs, Math.min(settings.historyStartMs, first)),
    toMs: Math.max(range.toMs, last === undefined ? 0 : query.windows.endOf(last.openTimeMs)),
  };
}
