import * as v from 'valibot';
import { isExchangeName, isPairName, type Market } from '../../shared/domain/market';

// Digits are spelled out: in other languages' expressions, \d is any script's.
const DAY_PATTERN = '(?:19[7-9][0-9]|[2-9][0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const CLOCK_PATTERN = 'T(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,3})?)?Z';
const TIME = new RegExp(`^(?:${DAY_PATTERN}(?:${CLOCK_PATTERN})?|[0-9]{1,13})$`);

/** A time as a parameter: ISO 8601 in UTC, or milliseconds. */
export function timeParameter(description: string) {
  return v.pipe(
    v.string(),
    v.regex(TIME, 'expected a time such as 2026-01-15T07:00:00Z, a day, or whole milliseconds'),
    v.description(description),
    v.transform(timeOf),
    v.check((timeMs) => !Number.isNaN(timeMs), 'expected a day that exists'),
  );
}

function timeOf(text: string): number {
  if (/^[0-9]+$/.test(text)) return Number(text);
  const day = text.slice(0, 'YYYY-MM-DD'.length);
  const startMs = Date.parse(`${day}T00:00:00Z`);
  // 30 February parses, but as a day of March.
  if (!new Date(startMs).toISOString().startsWith(day)) return NaN;
  return Date.parse(text);
}

const MARKET = /^[a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,3}:[^\s:/\\]{1,60}$/;

/** A market as a parameter: `gate-io:BTC_USDT`. */
export const MarketParameter = v.pipe(
  v.string(),
  v.regex(MARKET, 'expected an exchange and a pair such as gate-io:BTC_USDT'),
  v.description('Exchange and pair'),
  v.examples(['gate-io:BTC_USDT']),
  v.transform(marketFrom),
);

/** A symbol as a parameter of UDF: `GATEIO:BTC_USDT`. */
export const SymbolParameter = v.pipe(
  v.string(),
  v.nonEmpty('expected a symbol such as GATEIO:BTC_USDT'),
  v.description('Exchange and pair, or the pair alone'),
  v.examples(['GATEIO:BTC_USDT']),
);

function marketFrom(text: string): Market {
  const colon = text.indexOf(':');
  return { exchange: text.slice(0, colon), pair: text.slice(colon + 1) };
}

/** Whether a market can be one: nothing is asked of the database for a name that cannot be stored. */
export function canBeStored({ exchange, pair }: Market): boolean {
  return isExchangeName(exchange) && isPairName(pair);
}

/** A time in UTC as answers have it: `2026-01-15T07:00:00Z`. */
export function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('.000Z', 'Z');
}

/** The same; null stays null. */
export function timeOrNull(timeMs: number | null | undefined): string | null {
  return timeMs === null || timeMs === undefined ? null : timeText(timeMs);
}

/** A field of an answer that holds a market. */
export const MarketField = v.pipe(v.string(), v.description('Exchange and pair'));

/** A field of an answer that holds a time. */
export const TimeField = v.pipe(v.string(), v.isoTimestamp());

/** A field of an answer that holds a UTC day. */
export const DayField = v.pipe(v.string(), v.isoDate());

/** A field of an answer that holds an exact decimal number, as a text. */
export const DecimalField = v.pipe(v.string(), v.regex(/^\d+(?:\.\d+)?$/));

/** A field of an answer that holds a count. */
export const CountField = v.pipe(v.number(), v.integer(), v.minValue(0));
