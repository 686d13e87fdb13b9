import * as v from 'valibot';
import { type Candle, timeText } from '../../domain/candle';
import { formatDecimal } from '../../domain/decimal';
import { HOUR_MS, MINUTE_MS } from '../../domain/interval';
import { marketKey } from '../../domain/market';
import { missingEnd, missingStart } from '../../domain/plan';
import {
  type CandlesQuery,
  type Exchange,
  type ExchangeAnswer,
  joinedAnswers,
  type ListedPair,
  type Listings,
  type Telemetry,
  UnknownPairError,
} from '../../domain/ports';
import { newestOf } from '../../domain/segment';
import type { CandlesPage, ExchangeDescription } from './descriptions/description';
import { DESCRIPTIONS } from './descriptions/descriptions';
import { EXCHANGE_FACTS, type ExchangeName } from './exchange-facts';
import { AddressBan } from './http/address-ban';
import {
  createExchangeClient,
  type ExchangeBody,
  type ExchangeClient,
  type ExchangeClientOptions,
} from './http/exchange-client';
import { ExchangeError } from './http/exchange-error';
import { withinTime } from './http/retried';
import { readListing } from './rows/read-listing';
import { type ReadRows, readRows } from './rows/read-rows';

/** More than this no page has. */
const LONGEST_ANSWER_BYTES = 4_000_000;
/** Before this there was nothing to trade: a listing of that time does not say when it began. */
const FIRST_TRADE_MS = Date.UTC(2009, 0, 1);
/** A candle that is younger may be the newest one. */
const NEWEST_MS = HOUR_MS;
/** With a larger share of entries that name no pair it is no listing. */
const MOST_ODD_SHARE = 0.05;
/** Listings with all filters of all pairs have several megabytes. */
const LONGEST_LISTING_BYTES = 64_000_000;

/**
 * An exchange: its one-minute candles, a request a page, and its listings, each
 * query within its own time.
 */
export function createExchange(
  name: ExchangeName,
  options: ExchangeClientOptions,
): Exchange & Listings {
  return describedExchange(DESCRIPTIONS[name], options);
}

/** The exchange of a description. */
export function describedExchange(
  description: ExchangeDescription,
  options: ExchangeClientOptions,
): Exchange & Listings {
  const { ban = new AddressBan() } = options;
  const exchange: AskedExchange = {
    description,
    client: createExchangeClient(description, { ...options, ban }),
    telemetry: options.telemetry,
  };
  return {
    takeHeadroom: exchange.client.takeHeadroom,
    heedBan: (untilMs) => ban.heed(untilMs, Date.now()),
    banToNote: () => ban.toNote(Date.now()),
    refusedUntilMs: () => ban.endMs(Date.now()),
    candles: (query) => candlesOf(exchange, query),
    listedSince: (pair, withinMs) => listedSince(exchange, pair, withinMs),
    pairs: (withinMs) => listedPairs(exchange, withinMs),
  };
}

interface AskedExchange {
  readonly description: ExchangeDescription;
  readonly client: ExchangeClient;
  readonly telemetry: Telemetry;
}

async function candlesOf(exchange: AskedExchange, query: CandlesQuery): Promise<ExchangeAnswer> {
  const limit = limitOf(exchange, query.withinMs, `all minutes of ${query.pair}`);
  return knownPair(
    withinTime(limit, async (signal) => {
      const pages = pagesOf(exchange.description, query);
      const answers = await Promise.all(pages.map((page) => askPage(exchange, page, signal)));
      const again = await Promise.all(
        missingEnds(pages, answers).map((page) => askAgain(exchange, page, signal)),
      );
      return joinedAnswers([...answers, ...again]);
    }),
  );
}

function listedSince(
  exchange: AskedExchange,
  pair: string,
  withinMs: number,
): Promise<number | null> {
  const { request, before } = exchange.description.listings;
  const asked = { about: pair, mostBytes: LONGEST_ANSWER_BYTES };
  const limit = limitOf(exchange, withinMs, `the listing of ${pair}`);
  return knownPair(
    withinTime(limit, async (signal) => {
      const told = { request: request(pair), read: readingSince(exchange, pair) };
      const sinceMs = await exchange.client.ask({ ...asked, ...told }, signal);
      if (sinceMs === null || before === undefined) return sinceMs;
      const none = {
        request: before(pair, sinceMs),
        read: readingNothing(exchange, pair, sinceMs),
      };
      await exchange.client.ask({ ...asked, ...none }, signal);
      return sinceMs;
    }),
  );
}

function readingSince(exchange: AskedExchange, pair: string) {
  return ({ json }: ExchangeBody) => sinceIn(exchange, json, pair);
}

/**
 * A reader of the answer about what is before a listing. It throws ExchangeError
 * if that is something else: older, or of now, as the newest candle is of a
 * request whose start is ignored.
 */
function readingNothing(exchange: AskedExchange, pair: string, sinceMs: number) {
  return ({ json, asOfMs }: ExchangeBody): void => {
    const otherMs = sinceIn(exchange, json, pair);
    const isOld = sinceMs < asOfMs - NEWEST_MS;
    if (otherMs === null || (otherMs === sinceMs && isOld)) return;
    throw new ExchangeError(
      'Malformed',
      `${titleOf(exchange)} answered ${timeText(otherMs)} for what is before ${timeText(sinceMs)}, since when it is to have ${pair}`,
    );
  };
}

/** @throws ExchangeError for no listing, or that of another pair, or if there is no such pair */
function sinceIn(exchange: AskedExchange, json: unknown, pair: string): number | null {
  const { since, expected } = exchange.description.listings;
  const title = titleOf(exchange);
  const told = readAs(since, json, `${title} answered no listing of ${pair}`, expected);
  if (told === null) throw new ExchangeError('UnknownPair', `${title} has no listing of ${pair}`);
  if (told.pair !== undefined && told.pair !== pair) {
    throw new ExchangeError(
      'Malformed',
      `${title} answered the listing of ${told.pair} for ${pair}`,
    );
  }
  return told.sinceMs !== null && told.sinceMs < FIRST_TRADE_MS ? null : told.sinceMs;
}

async function listedPairs(
  exchange: AskedExchange,
  withinMs: number,
): Promise<readonly ListedPair[]> {
  const { allRequest } = exchange.description.listings;
  const wanted = {
    request: allRequest,
    about: 'all pairs',
    mostBytes: LONGEST_LISTING_BYTES,
    read: ({ json }: ExchangeBody) => json,
  };
  const limit = limitOf(exchange, withinMs, 'the listing of all pairs');
  const json = await withinTime(limit, (signal) => exchange.client.ask(wanted, signal));
  try {
    return pairsIn(exchange, json);
  } catch (cause) {
    // It has several megabytes, and is read again by the next tick.
    exchange.telemetry.count('ExchangeMalformed', 1);
    throw cause;
  }
}

/** @throws ExchangeError if it is no listing, or has too many entries that name no pair */
function pairsIn(exchange: AskedExchange, json: unknown): readonly ListedPair[] {
  const { all, listed } = exchange.description.listings;
  const title = titleOf(exchange);
  const entries = readAs(all, json, `${title} answered no listing`, 'a list of pairs');
  const { pairs, odd } = readListing(listed, entries);
  if (odd.length === 0) return pairs;
  const first = JSON.stringify(odd[0]).slice(0, 200);
  if (odd.length <= entries.length * MOST_ODD_SHARE) {
    const message = 'entries of the listing left out: they name no pair';
    exchange.telemetry.warn(message, { entries: odd.length, first });
    return pairs;
  }
  throw new ExchangeError(
    'Malformed',
    `${title} answered a listing with ${odd.length} of ${entries.length} entries that name no pair, such as ${first}`,
  );
}

function titleOf({ description }: AskedExchange): string {
  return EXCHANGE_FACTS[description.exchange].title;
}

function limitOf({ description, telemetry }: AskedExchange, withinMs: number, wanted: string) {
  return { asked: EXCHANGE_FACTS[description.exchange], telemetry, withinMs, wanted };
}

/** Waits for an answer about a pair. @throws UnknownPairError if that is why there is none */
async function knownPair<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    const isUnknown = cause instanceof ExchangeError && cause.failure === 'UnknownPair';
    throw isUnknown ? new UnknownPairError(cause.message, { cause }) : cause;
  }
}

/** The ends of pages that their answers lack, although a later page has candles. */
function missingEnds(
  pages: readonly CandlesPage[],
  answers: readonly ExchangeAnswer[],
): CandlesPage[] {
  const lastIndex = answers.findLastIndex(({ candles }) => candles.length > 0);
  return pages.slice(0, Math.max(0, lastIndex)).flatMap((page, index) => {
    const newestMs = newestOf(answers[index]?.candles ?? []);
    const fromMs = missingEnd(page, newestMs);
    return fromMs === undefined ? [] : [{ ...page, fromMs }];
  });
}

function askAgain(exchange: AskedExchange, page: CandlesPage, signal: AbortSignal) {
  exchange.telemetry.count('RangesAskedAgain', 1);
  return askPage(exchange, page, signal);
}

function pagesOf(
  { exchange }: ExchangeDescription,
  { pair, fromMs, toMs, closedBeforeMs }: CandlesQuery,
): CandlesPage[] {
  const pageMs = EXCHANGE_FACTS[exchange].pageMinutes * MINUTE_MS;
  const count = Math.ceil((toMs - fromMs) / pageMs);
  return Array.from({ length: count }, (_, index) => ({
    pair,
    fromMs: fromMs + index * pageMs,
    toMs: Math.min(toMs, fromMs + (index + 1) * pageMs),
    closedBeforeMs,
  }));
}

/** The date of an answer has whole seconds: so long after its end a minute is surely over by it. */
const SURE_OF_CLOSE_MS = 1_100;

/**
 * Waits, if the last minute of a page has just ended, until the exchange's date says so too: asked
 * sooner, it would be left out until the next tick.
 */
async function sureOfClose({ toMs }: CandlesPage): Promise<void> {
  const waitMs = toMs + SURE_OF_CLOSE_MS - Date.now();
  if (waitMs <= 0 || waitMs > SURE_OF_CLOSE_MS) return;
  await new Promise((resolve) => {
    setTimeout(resolve, waitMs);
  });
}

/** A page, in as many requests as its answers make of it. */
async function askPage(
  exchange: AskedExchange,
  page: CandlesPage,
  signal: AbortSignal,
): Promise<ExchangeAnswer> {
  const { description } = exchange;
  if (description.candles.isClosedByClock === true) await sureOfClose(page);
  const answer = await askRows(exchange, { page, isWider: false }, signal);
  reportRows(exchange, page, answer);
  const wider = widerPage(exchange, page, answer);
  // If the row that came alone is in the answer to a range from it on, that range is heeded, and the rest of it silent.
  if (wider !== undefined) {
    const heeded = await askRows(exchange, { page: wider, isWider: true }, signal);
    reportRows(exchange, page, heeded);
    return within(page, joinedAnswers([answer, heeded]));
  }
  const toMs = missingBefore(description, page, answer);
  if (toMs === undefined) return answer;
  return joinedAnswers([await askAgain(exchange, { ...page, toMs }, signal), answer]);
}

/**
 * The end of the start of a page that its answer was cut by, if the newest rows
 * come first; undefined if there is none. An answer for it that has no row leaves
 * nothing to ask for.
 */
function missingBefore(
  { candles: { isWholeFromItsEnd, isNewestFirst } }: ExchangeDescription,
  page: CandlesPage,
  { candles, rejected, oldestRowMs, newestBeforeMs }: ReadRows,
): number | undefined {
  if (isWholeFromItsEnd === true) {
    return oldestRowMs !== undefined && oldestRowMs > page.fromMs ? oldestRowMs : undefined;
  }
  // A row from before the page comes last: nothing was cut.
  if (isNewestFirst !== true || newestBeforeMs !== undefined) return undefined;
  const timesMs = [...candles, ...rejected].map(({ openTimeMs }) => openTimeMs);
  return missingStart(
    page,
    timesMs.sort((a, b) => a - b),
  );
}

/** A page that is asked for. */
interface PageAsk {
  readonly page: CandlesPage;
  /** If it is wider than what is wanted: it is not widened again. */
  readonly isWider: boolean;
}

/** Asks for the rows of a page. */
function askRows(exchange: AskedExchange, ask: PageAsk, signal: AbortSignal): Promise<ReadRows> {
  const { description, client } = exchange;
  const { page } = ask;
  const wanted = {
    request: description.candles.request(page, Date.now()),
    about: page.pair,
    mostBytes: LONGEST_ANSWER_BYTES,
    read: (body: ExchangeBody) => pageIn(exchange, body, ask),
  };
  return client.ask(wanted, signal);
}

/** The page from the newest row on, if all that came are before the page's start; undefined if that row is too long ago. */
function widerPage(
  { description }: AskedExchange,
  page: CandlesPage,
  { isMisdirected, newestBeforeMs }: ReadRows,
): CandlesPage | undefined {
  if (!isMisdirected || newestBeforeMs === undefined) return undefined;
  const longestMs = EXCHANGE_FACTS[description.exchange].pageMinutes * MINUTE_MS;
  return page.toMs - newestBeforeMs > longestMs ? undefined : { ...page, fromMs: newestBeforeMs };
}

/** The part of an answer that is of a page. */
function within(page: CandlesPage, answer: ExchangeAnswer): ExchangeAnswer {
  const isInside = ({ openTimeMs }: { readonly openTimeMs: number }): boolean =>
    openTimeMs >= page.fromMs;
  const { candles, rejected } = answer;
  return { ...answer, candles: candles.filter(isInside), rejected: rejected.filter(isInside) };
}

/** The page in an answer. @throws ExchangeError for one that is no list, or of other minutes, unless a wider page is to be asked for */
function pageIn(
  exchange: AskedExchange,
  { json, asOfMs }: ExchangeBody,
  { page, isWider }: PageAsk,
): ReadRows {
  const { candles } = exchange.description;
  const title = titleOf(exchange);
  const rows = readAs(candles.rows, json, `${title} answered no rows for ${page.pair}`, 'a list');
  const read = readRows(candles, { rows, page, asOfMs });
  if (!read.isMisdirected) return read;
  if (!isWider && widerPage(exchange, page, read) !== undefined) return read;
  throw new ExchangeError(
    'Malformed',
    `${title} answered ${rows.length} rows for ${page.pair}, and none of ${timeText(page.fromMs)} to ${timeText(page.toMs)}, which was asked for`,
  );
}

function readAs<T>(
  schema: v.GenericSchema<unknown, T>,
  json: unknown,
  what: string,
  expected: string,
): T {
  const read = v.safeParse(schema, json);
  if (read.success) return read.output;
  const said = JSON.stringify(json).slice(0, 200);
  throw new ExchangeError('Malformed', `${what}: ${said}; expected ${expected}`);
}

/** Counts what is wrong with the rows of a page, and logs the first one of each kind. */
function reportRows(
  { description, telemetry }: AskedExchange,
  { pair }: CandlesPage,
  { rejected: [rejected, ...others], misplaced, implausible, counts }: ReadRows,
): void {
  for (const [metric, count] of counts) telemetry.count(metric, count);
  const market = marketKey({ exchange: description.exchange, pair });
  if (rejected !== undefined) {
    telemetry.warn('rows rejected: they cannot be candles', {
      market,
      rows: others.length + 1,
      first: timeText(rejected.openTimeMs),
      reason: rejected.reason,
    });
  }
  if (misplaced !== undefined) {
    const { rows, reason } = misplaced;
    const message = 'rows rejected: their times are no minutes that were asked for';
    telemetry.warn(message, { market, rows, reason });
  }
  if (implausible !== undefined) {
    telemetry.warn('implausible volumes: they contradict the prices', {
      market,
      candles: counts.get('ImplausibleVolumes') ?? 0,
      ...describedVolumes(implausible),
    });
  }
}

function describedVolumes({ openTimeMs, low, high, baseVolume, quoteVolume }: Candle) {
  const quote = quoteVolume === null ? NaN : Number(formatDecimal(quoteVolume));
  return {
    first: timeText(openTimeMs),
    low: formatDecimal(low),
    high: formatDecimal(high),
    // To be looked at only.
    quoteByBase: (quote / Number(formatDecimal(baseVolume))).toPrecision(6),
  };
}
