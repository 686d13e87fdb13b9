/**
 * A pair of an exchange: what is followed. Nothing is shared between two
 * markets.
 */
export interface Market {
  /** The exchange's name here, such as `gate-io`. */
  readonly exchange: string;
  /** As the exchange names it, such as `BTC_USDT`. */
  readonly pair: string;
}

/** Start of the day of the first Bitcoin block: no market has candles of before. */
export const EARLIEST_HISTORY_MS = Date.UTC(2009, 0, 3);

/** The longest name of a pair, in characters. */
export const LONGEST_PAIR = 60;

const EXCHANGE = /^[a-z0-9]{1,20}(?:-[a-z0-9]{1,20}){0,3}$/;
/** Whatever could end or forge a part of a URL, a key, a list or a log line. */
const HARMFUL = /[\p{C}\p{Z}/\\:;,?#%&=+"'`<>|*@^{}[\]()]/u;

/** The market as one text, `gate-io:BTC_USDT`: the key of its records, and its name in logs. */
export function marketKey({ exchange, pair }: Market): string {
  return `${exchange}:${pair}`;
}

/** The pair in a market's key. */
export function pairOfKey(key: string): string {
  return key.slice(key.indexOf(':') + 1);
}

/** Whether a text can name an exchange: lower-case words joined by hyphens. */
export function isExchangeName(text: string): boolean {
  return EXCHANGE.test(text);
}

/**
 * Whether a text can name a pair. Names in any alphabet can; a name with a
 * character that could hurt a URL, a key or a log line cannot.
 */
export function isPairName(text: string): boolean {
  return pairNameProblem(text) === undefined;
}

/** The reason why a text cannot name a pair, or undefined if it can. */
export function pairNameProblem(text: string): string | undefined {
  const length = Array.from(text).length;
  if (length === 0) return 'is empty';
  if (length > LONGEST_PAIR) return `has ${length} characters, at most ${LONGEST_PAIR} are allowed`;
  const harmful = HARMFUL.exec(text)?.[0];
  if (harmful !== undefined) return `has the character ${JSON.stringify(harmful)}`;
  if (/^\.+$/.test(text)) return 'has nothing but dots';
  return text === text.normalize('NFC') ? undefined : 'is not in Unicode normal form C';
}
