import { DAY_MINUTES, DAY_MS, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { type CandleSource, candlesBetween } from './candle-source';
import type { ExchangeCandle } from './exchange-candle';
import { hash32, randomNumbers } from './random-numbers';
import { tradingProfile, type TradingProfile } from './trading-profile';

/** The move of a minute's price, as a share of it. */
const MINUTE_MOVE = 0.0008;
/** A day is about 0.5 MB: a bound on memory that still holds two days of each of 100 pairs. */
const DEFAULT_CACHED_DAYS = 200;
const VOLUME_SCALE = 8;

/** Options of generated trading. */
export interface GeneratedCandlesOptions {
  /** Any integer: another seed is another exchange. */
  readonly seed: number;
  /** The pairs that are traded, such as `BTC_USDT`. */
  readonly pairs: readonly string[];
  /** The time from which on a pair is traded, in UTC milliseconds. @default it was always traded */
  readonly listedSinceMs?: Readonly<Record<string, number>>;
  /** Number of days of all pairs that are kept in memory. @default 200 */
  readonly cachedDays?: number;
}

/**
 * Trading that never was, for any minute of any date: a candle follows from the
 * seed, the pair and the minute alone. A day starts and ends at prices that are a
 * hash of its date, and a bridge of random steps joins them, so that each
 * minute's opening is near the former one's close, over midnight too.
 */
export class GeneratedCandles implements CandleSource {
  readonly #seed: number;
  readonly #profiles: ReadonlyMap<string, TradingProfile>;
  readonly #listedSinceMs: Readonly<Record<string, number>>;
  readonly #cachedDays: number;
  readonly #days = new Map<string, readonly ExchangeCandle[]>();

  constructor(options: GeneratedCandlesOptions) {
    const { seed, pairs, listedSinceMs = {}, cachedDays = DEFAULT_CACHED_DAYS } = options;
    this.#seed = seed;
    this.#listedSinceMs = listedSinceMs;
    this.#profiles = new Map(pairs.toSorted().map((pair) => [pair, tradingProfile(seed, pair)]));
    this.#cachedDays = cachedDays;
  }

  pairs(): readonly string[] {
    return [...this.#profiles.keys()];
  }

  startMs(pair: string): number {
    return this.#listedSinceMs[pair] ?? 0;
  }

  candles(pair: string, fromMs: number, toMs: number): readonly ExchangeCandle[] {
    const profile = this.#profiles.get(pair);
    if (profile === undefined) return [];
    const found: ExchangeCandle[] = [];
    const firstMs = Math.max(fromMs, this.startMs(pair));
    for (let dayMs = floorTo(firstMs, DAY_MS); dayMs < toMs; dayMs += DAY_MS) {
      found.push(...candlesBetween(this.#day(pair, profile, dayMs / DAY_MS), firstMs, toMs));
    }
    return found;
  }

  #day(pair: string, profile: TradingProfile, day: number): readonly ExchangeCandle[] {
    const key = `${pair} ${day}`;
    const candles = this.#days.get(key) ?? generateDay(this.#seed, pair, profile, day);
    // Set anew on each use: a map keeps the order of insertion, the first is the least lately used.
    this.#days.delete(key);
    this.#days.set(key, candles);
    const [oldest] = this.#days.keys();
    if (this.#days.size > this.#cachedDays && oldest !== undefined) this.#days.delete(oldest);
    return candles;
  }
}

function generateDay(
  seed: number,
  pair: string,
  profile: TradingProfile,
  day: number,
): readonly ExchangeCandle[] {
  const random = randomNumbers(hash32(pair, seed, day));
  const path = pricePath(profile, anchor(seed, pair, day), anchor(seed, pair, day + 1), random);
  const candles: ExchangeCandle[] = [];
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    const opening = path[minute] ?? 1;
    const closing = path[minute + 1] ?? opening;
    const candle = minuteCandle(profile, opening, closing, random);
    const traded = random() >= profile.emptyShare;
    if (traded) candles.push({ openTimeMs: day * DAY_MS + minute * MINUTE_MS, ...candle });
  }
  return candles;
}

/**
 * The price at a day's start, as a multiple of the pair's base price, from 0.5 to
 * 1.5: slow and fast swings, each between hashes of whole multiples of its length.
 */
function anchor(seed: number, pair: string, day: number): number {
  let multiple = 1;
  for (const [lengthDays, height] of [
    [512, 0.3],
    [64, 0.14],
    [8, 0.05],
    [1, 0.01],
  ] as const) {
    const before = Math.floor(day / lengthDays);
    const share = day / lengthDays - before;
    const from = hash32(pair, seed, lengthDays, before) / 0xffff_ffff;
    const to = hash32(pair, seed, lengthDays, before + 1) / 0xffff_ffff;
    multiple += height * (2 * (from + (to - from) * share) - 1);
  }
  return multiple;
}

/** The price at each minute of a day and at its end, in ticks of the last decimal; at least 1. */
function pricePath(
  { basePrice, priceDecimals }: TradingProfile,
  from: number,
  to: number,
  random: () => number,
): readonly number[] {
  const steps = [0];
  let walk = 0;
  for (let minute = 0; minute < DAY_MINUTES; minute++) {
    walk += (random() + random() - 1) * 2 * MINUTE_MOVE;
    steps.push(walk);
  }
  const ticks = basePrice * 10 ** priceDecimals;
  return steps.map((step, minute) => {
    const share = minute / DAY_MINUTES;
    const multiple = (from + (to - from) * share) * (1 + step - walk * share);
    return Math.max(1, Math.round(ticks * multiple));
  });
}

function minuteCandle(
  profile: TradingProfile,
  opening: number,
  closing: number,
  random: () => number,
): Omit<ExchangeCandle, 'openTimeMs'> {
  const reach = opening * MINUTE_MOVE;
  const high = Math.max(opening, closing) + Math.round(reach * random() * random());
  const low = Math.max(1, Math.min(opening, closing) - Math.round(reach * random() * random()));
  const mean = low + (high - low) * random();
  const price = (ticks: number) => priceText(ticks, profile.priceDecimals);
  return {
    open: price(opening),
    high: price(high),
    low: price(low),
    close: price(closing),
    ...volumes(profile, mean / 10 ** profile.priceDecimals, random()),
  };
}

/** Most minutes trade little, a few a hundred times as much. */
function volumes(
  { minuteTurnover, amountDecimals }: TradingProfile,
  meanPrice: number,
  chance: number,
): Pick<ExchangeCandle, 'baseVolume' | 'quoteVolume'> {
  const turnover = (minuteTurnover * (chance + 0.001)) / (1.01 - chance);
  const amount = Math.max(1, Math.round((turnover / meanPrice) * 10 ** amountDecimals));
  const quote = Math.max(1, Math.round((amount / 10 ** amountDecimals) * meanPrice * 1e8));
  const zeros = '0'.repeat(VOLUME_SCALE - amountDecimals);
  return {
    baseVolume: decimalText(amount, amountDecimals) + (amountDecimals === 0 ? `.${zeros}` : zeros),
    quoteVolume: decimalText(quote, VOLUME_SCALE),
  };
}

/** As Gate.io writes prices: without zeros at the end. */
function priceText(ticks: number, decimals: number): string {
  return decimals > 0 && ticks % 10 === 0
    ? priceText(ticks / 10, decimals - 1)
    : decimalText(ticks, decimals);
}

/** `units` x 10^-`decimals`, with every decimal; `units` is a safe integer, not negative. */
function decimalText(units: number, decimals: number): string {
  if (decimals === 0) return String(units);
  const digits = String(units).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}
