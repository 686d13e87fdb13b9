import type { Candle } from '../../lambdas/shared/domain/candle';
import type { Decimal } from '../../lambdas/shared/domain/decimal';
import type { Interval } from '../../lambdas/shared/domain/interval';

/*
 * The independent truth: windows straight from minutes, by grouping and BigInt
 * arithmetic. It shares nothing with the functions but the shape of a candle.
 */

/** More decimals than any candle of the tests has. */
const MOST_DECIMALS = 30;

export const LENGTH_MS: Readonly<Record<Interval, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};

/** Candles of the given length from minutes in any order; sums have the most decimals of their parts. */
export function straightWindows(minutes: readonly Candle[], lengthMs: number): Candle[] {
  const groups = new Map<number, Candle[]>();
  for (const minute of minutes.toSorted((a, b) => a.openTimeMs - b.openTimeMs)) {
    const openTimeMs = minute.openTimeMs - (minute.openTimeMs % lengthMs);
    const group = groups.get(openTimeMs);
    if (group === undefined) groups.set(openTimeMs, [minute]);
    else group.push(minute);
  }
  return [...groups].map(([openTimeMs, group]) => windowFrom(openTimeMs, group));
}

function windowFrom(openTimeMs: number, group: readonly Candle[]): Candle {
  const [first, last] = [group.at(0), group.at(-1)];
  if (first === undefined || last === undefined) throw new Error('A window needs a minute');
  return {
    openTimeMs,
    open: first.open,
    high: group.map(({ high }) => high).reduce((a, b) => (units(b) > units(a) ? b : a)),
    low: group.map(({ low }) => low).reduce((a, b) => (units(b) < units(a) ? b : a)),
    close: last.close,
    baseVolume: sum(group.map(({ baseVolume }) => baseVolume)),
    quoteVolume: sumIfKnown(group.map(({ quoteVolume }) => quoteVolume)),
    minuteCount: group.length,
  };
}

/** Unknown if any of them is. */
function sumIfKnown(values: readonly (Decimal | null)[]): Decimal | null {
  const known = values.filter((value): value is Decimal => value !== null);
  return known.length === values.length ? sum(known) : null;
}

function sum(values: readonly Decimal[]): Decimal {
  const scale = Math.max(...values.map((value) => value.scale));
  const unscaled = values.map((value) => units(value, scale)).reduce((a, b) => a + b);
  return { unscaled, scale };
}

/** A number in units of 10^-`decimals`; it must not have more of them. */
export function units({ unscaled, scale }: Decimal, decimals = MOST_DECIMALS): bigint {
  return unscaled * 10n ** BigInt(decimals - scale);
}

/** The first characters of its open time that a candle's bucket is made of, and what follows them. */
const BUCKET: Readonly<Record<Interval, readonly [characters: number, rest: string]>> = {
  '1m': [10, ''],
  '5m': [7, '-01'],
  '15m': [7, '-01'],
  '1h': [4, '-01-01'],
  '4h': [4, '-01-01'],
  '1d': [0, '1970-01-01'],
};

/** The bucket that a candle is stored in, as the design has it. */
export function expectedBucket(interval: Interval, openTimeMs: number): string {
  const [characters, rest] = BUCKET[interval];
  return new Date(openTimeMs).toISOString().slice(0, characters) + rest;
}

/** The end of a candle, in UTC milliseconds. */
export function endMs(interval: Interval, openTimeMs: number): number {
  return openTimeMs + LENGTH_MS[interval];
}
