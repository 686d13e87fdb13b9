import {
  addDecimals,
  compareDecimals,
  formatDecimal,
  parseDecimal,
} from '../../../lambdas/shared/domain/decimal';
import { DAY_MS, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { ExchangeFaults } from '../answer-fault';
import type { CandleSource } from '../candles/candle-source';
import { volumeShare } from '../candles/exact-decimals';
import type { ExchangeCandle } from '../candles/exchange-candle';
import { withZeroCandles } from '../candles/wrong-candles';

/** What candles are served from, at which time (UTC milliseconds). */
export interface ExchangeMoment {
  readonly source: CandleSource;
  readonly faults: ExchangeFaults;
  readonly nowMs: number;
  /** True if minutes without a trade have rows too. */
  readonly hasZeroRows: boolean;
  /** The minutes as the API shows them, or as the archive has them. @default visible */
  readonly shows?: 'visible' | 'archived';
}

/**
 * The one-minute candles of `[fromMs, toMs)` (whole minutes) as the exchange shows
 * them at its time: nothing that is still to come, the open minute with what it
 * has traded so far, late and corrected minutes as scripted.
 */
export function minutesServed(
  moment: ExchangeMoment,
  pair: string,
  fromMs: number,
  toMs: number,
): readonly ExchangeCandle[] {
  const { faults, nowMs, shows = 'visible' } = moment;
  const openMinuteMs = floorTo(nowMs, MINUTE_MS);
  const range = { fromMs, toMs: Math.min(toMs, openMinuteMs + MINUTE_MS), nowMs };
  const candles = faults[shows](pair, minutesOfSource(moment, pair, range), range);
  const last = candles.at(-1);
  if (last?.openTimeMs !== openMinuteMs) return candles;
  return [...candles.slice(0, -1), tradedSoFar(last, nowMs - openMinuteMs)];
}

function minutesOfSource(
  { source, hasZeroRows }: ExchangeMoment,
  pair: string,
  range: { readonly fromMs: number; readonly toMs: number },
): readonly ExchangeCandle[] {
  const candles = source.candles(pair, range.fromMs, range.toMs);
  if (!hasZeroRows) return candles;
  // What was traded before is told only by minutes before the first candle.
  if (candles[0]?.openTimeMs === range.fromMs) return withZeroCandles(candles, range, undefined);
  const before = source.candles(pair, range.fromMs - DAY_MS, range.fromMs);
  return withZeroCandles(candles, range, before.at(-1)?.close);
}

/**
 * The windows of `stepMs` that open in `[fromMs, toMs)` (aligned to it), rolled up
 * exactly from the minutes that are served.
 */
export function windowsServed(
  moment: ExchangeMoment,
  pair: string,
  { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
): readonly ExchangeCandle[] {
  if (stepMs === MINUTE_MS) return minutesServed(moment, pair, fromMs, toMs);
  const minutes = minutesServed({ ...moment, hasZeroRows: false }, pair, fromMs, toMs);
  const byWindow = new Map<number, ExchangeCandle[]>();
  for (const minute of minutes) {
    const openTimeMs = floorTo(minute.openTimeMs, stepMs);
    const own = byWindow.get(openTimeMs);
    if (own === undefined) byWindow.set(openTimeMs, [minute]);
    else own.push(minute);
  }
  return [...byWindow].flatMap(([openTimeMs, own]) => {
    const window = rolledUp(own);
    return window === undefined ? [] : [{ ...window, openTimeMs }];
  });
}

/** Candles in time order as one candle, exactly, from the first one's opening; none of none. */
export function rolledUp(candles: readonly ExchangeCandle[]): ExchangeCandle | undefined {
  const [first, ...rest] = candles;
  return first && rest.reduce(extended, first);
}

/**
 * An open minute: its first trade is in its first millisecond, its volume comes
 * evenly, and its high and low in the second half; its close only at its end.
 */
function tradedSoFar(candle: ExchangeCandle, elapsedMs: number): ExchangeCandle {
  const { open } = candle;
  const firstHalf = elapsedMs < MINUTE_MS / 2;
  return {
    ...candle,
    close: open,
    ...(firstHalf ? { high: open, low: open } : {}),
    baseVolume: volumeShare(candle.baseVolume, elapsedMs + 1, MINUTE_MS),
    quoteVolume: volumeShare(candle.quoteVolume, elapsedMs + 1, MINUTE_MS),
  };
}

function extended(window: ExchangeCandle, minute: ExchangeCandle): ExchangeCandle {
  return {
    openTimeMs: window.openTimeMs,
    open: window.open,
    high: isLess(window.high, minute.high) ? minute.high : window.high,
    low: isLess(minute.low, window.low) ? minute.low : window.low,
    close: minute.close,
    baseVolume: sum(window.baseVolume, minute.baseVolume),
    quoteVolume: sum(window.quoteVolume, minute.quoteVolume),
  };
}

function isLess(a: string, b: string): boolean {
  return compareDecimals(parseDecimal(a), parseDecimal(b)) < 0;
}

function sum(a: string, b: string): string {
  return formatDecimal(addDecimals(parseDecimal(a), parseDecimal(b)));
}
