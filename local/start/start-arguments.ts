import { InvalidArgumentError, Option } from 'commander';
import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { dayArgument, timeArgument, UsageError, wholeNumberArgument } from '../../cli/command-line';
import {
  EXCHANGE_FACTS,
  EXCHANGE_NAMES,
  type ExchangeName,
  isKnownExchange,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { didYouMean } from '../../cli/near-names';
import { dayText, minuteText } from '../../cli/utc-time';
import { NEW_TABLE } from '../keyspaces/write-capacity';
import { isOfArchive, type Lie, LIES } from '../exchange/random-lies';
import type { AskedLie } from './start-request';
import { pairOrPatternProblem } from '../../lambdas/shared/domain/followed/pair-patterns';
import { EARLIEST_HISTORY_MS } from '../../lambdas/shared/domain/market';

/** The option `--exchange`, without a default. */
export function exchangeOption(): Option {
  return new Option(
    '--exchange <exchange>',
    'auto (live if every exchange that is followed answers, else all simulated), live, simulated, or a folder with recorded candles',
  );
}

/** The option `--exchanges`. */
export function exchangesOption(): Option {
  return new Option(
    '--exchanges <names>',
    `exchanges to follow, of ${EXCHANGE_NAMES.join(', ')} (default: those of the stage)`,
  ).argParser(exchangesArgument);
}

/** The option `--pairs`. */
export function pairsOption(): Option {
  return new Option(
    '--pairs <pairs>',
    'such as BTC_USDT,ETH_USDT, or binance:BTC_USDT (default: those of the stage, or of the recording)',
  ).argParser(marketsArgument);
}

/** All of these days are within the exchange's retention, so that they fill at once. */
const DEFAULT_HISTORY_DAYS = 5;

/** The option `--history-start`. */
export function historyStartOption(): Option {
  return new Option(
    '--history-start <day>',
    `first UTC day of the candles, such as 2024-01-01; what is missing since then fills, newest first (default: ${DEFAULT_HISTORY_DAYS} days back)`,
  ).argParser(dayArgument);
}

/**
 * The start of the first UTC day that is wanted: as asked for, or a few days back.
 *
 * @param exchangeNowMs the exchange's time, if it is not `nowMs`
 * @throws UsageError if it is after the exchange's time, or before any market
 */
export function historyStart(
  askedMs: number | undefined,
  nowMs: number,
  exchangeNowMs = nowMs,
): number {
  if (askedMs === undefined) return floorTo(nowMs, DAY_MS) - DEFAULT_HISTORY_DAYS * DAY_MS;
  if (askedMs < EARLIEST_HISTORY_MS) {
    throw new UsageError(
      `--history-start ${dayText(askedMs)} is before any market: choose ${dayText(EARLIEST_HISTORY_MS)}, the day of the first Bitcoin block, or a later day`,
    );
  }
  if (askedMs <= exchangeNowMs) return askedMs;
  throw new UsageError(
    `--history-start ${dayText(askedMs)} is after the exchange's time, ${minuteText(exchangeNowMs)} (UTC): choose an earlier day, or leave it out for the last ${DEFAULT_HISTORY_DAYS} days`,
  );
}

/** An option's value as pairs. @throws InvalidArgumentError */
export function pairsArgument(text: string): readonly string[] {
  const pairs = text.split(',');
  const wrong = pairs.find((pair) => pairProblem(pair) !== undefined);
  if (wrong === undefined) return pairs;
  const meant = likelyPair(wrong);
  const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
  throw new InvalidArgumentError(
    `${JSON.stringify(wrong)} is not a pair such as BTC_USDT: it ${pairProblem(wrong) ?? ''}.${hint}`,
  );
}

/** An option's value as pairs, of one exchange if it is named. @throws InvalidArgumentError */
function marketsArgument(text: string): readonly string[] {
  return text.split(',').map((market) => {
    const colon = market.indexOf(':');
    const exchange = market.slice(0, Math.max(0, colon));
    if (colon >= 0) exchangesArgument(exchange);
    const [pair = ''] = pairsArgument(market.slice(colon + 1));
    return colon < 0 ? pair : `${exchange}:${pair}`;
  });
}

/** An option's value as exchanges, each once. @throws InvalidArgumentError */
function exchangesArgument(text: string): readonly ExchangeName[] {
  const exchanges = text.split(',').map((name) => oneOf(name, EXCHANGE_NAMES, 'an exchange'));
  if (new Set(exchanges).size === exchanges.length) return exchanges;
  throw new InvalidArgumentError('Give each exchange once.');
}

/** The reason why there is no such pair: base and quote are joined by an underscore. */
function pairProblem(text: string): string | undefined {
  return pairOrPatternProblem(text) ?? (/[_*]/.test(text) ? undefined : 'has no underscore');
}

const QUOTED = /^(.+?)[^A-Z0-9]*(USDT|USDC|USD|BTC|ETH)$/;

/** The pair that `btc-usdt` or `BTCUSDT` probably stands for. */
function likelyPair(text: string): string | undefined {
  const [, base, quote] = QUOTED.exec(text.toUpperCase()) ?? [];
  if (base === undefined || quote === undefined) return undefined;
  const pair = `${base}_${quote}`;
  return pairProblem(pair) === undefined ? pair : undefined;
}

/** The option `--lies`. */
export function liesOption(): Option {
  return new Option(
    '--lies <lies>',
    `lies of a simulated or recorded exchange, such as late,stale, or binance:late for one exchange only; any of ${LIES.join(', ')}`,
  ).argParser(liesArgument);
}

/** The option `--lie-rate`. */
export function lieRateOption(): Option {
  return new Option(
    '--lie-rate <share>',
    'with --lies: share of answers, minutes and ten-minute spells that lie (default: 0.05)',
  ).argParser(shareArgument);
}

/** The option `--throttle`. */
export function throttleOption(): Option {
  return new Option(
    '--throttle [rows]',
    `the database takes this many rows a second of a table, and a quarter of a partition, as Keyspaces does`,
  )
    .argParser((rows: string | number) => rowsArgument(String(rows)))
    .preset(NEW_TABLE.tableRowsPerS);
}

const rowsArgument = wholeNumberArgument({ unit: 'rows a second', least: 200 });

/** An option's value as lies. @throws InvalidArgumentError */
function liesArgument(text: string): readonly AskedLie[] {
  return text.split(',').map(askedLie);
}

function askedLie(text: string): AskedLie {
  const parts = text.split(':');
  if (parts.length > 2 || parts.includes('')) {
    throw new InvalidArgumentError(
      `${JSON.stringify(text)} is not a lie such as late, nor one of a single exchange such as binance:late.`,
    );
  }
  const [name = '', exchangeName] = parts.toReversed();
  if (isKnownExchange(name)) throw exchangeForLie(name, exchangeName);
  const exchange =
    exchangeName === undefined ? undefined : oneOf(exchangeName, EXCHANGE_NAMES, 'an exchange');
  const lie = oneOf(name, LIES, 'a lie');
  if (exchange !== undefined && isOfArchive(lie)) assertArchive(exchange, lie);
  return { lie, exchange };
}

/** An exchange stands where its lie is to be: `binance`, or `late:binance`. */
function exchangeForLie(exchange: ExchangeName, before: string | undefined): InvalidArgumentError {
  const lie = LIES.find((one) => one === before) ?? 'late';
  return new InvalidArgumentError(
    `${JSON.stringify(exchange)} is an exchange, and not a lie; its lies are such as ${exchange}:${lie}.`,
  );
}

/** A lie about months would never be told. @throws InvalidArgumentError */
function assertArchive(exchange: ExchangeName, lie: Lie): void {
  const { title, archiveUrl } = EXCHANGE_FACTS[exchange];
  if (archiveUrl !== null) return;
  const others = EXCHANGE_NAMES.filter((name) => EXCHANGE_FACTS[name].archiveUrl !== null);
  throw new InvalidArgumentError(
    `${title} has no archive to lie with; choose ${others.map((name) => `${name}:${lie}`).join(' or ')}.`,
  );
}

/** The choice of a name. @throws InvalidArgumentError */
function oneOf<Choice extends string>(
  name: string,
  choices: readonly Choice[],
  kind: string,
): Choice {
  const found = choices.find((choice) => choice === name);
  if (found !== undefined) return found;
  const hint = didYouMean(name, choices);
  throw new InvalidArgumentError(
    `${JSON.stringify(name)} is not ${kind}; choose from ${choices.join(', ')}.${hint === undefined ? '' : ` ${hint}`}`,
  );
}

/** An option's value as a share, 0 to 1. @throws InvalidArgumentError */
function shareArgument(text: string): number {
  const share = /^\d*\.?\d+$/.test(text) ? Number(text) : NaN;
  if (share <= 1) return share;
  throw new InvalidArgumentError('Expected a number from 0 to 1, such as 0.05.');
}

/** An option's value as a whole minute: UTC milliseconds. @throws InvalidArgumentError */
export function minuteArgument(text: string): number {
  const timeMs = timeArgument(text);
  if (timeMs % MINUTE_MS === 0) return timeMs;
  throw new InvalidArgumentError('Expected a whole minute.');
}
