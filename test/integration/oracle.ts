import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { INTERVALS, type Interval } from '../../lambdas/shared/domain/interval';

/**
 * What should be stored, computed straight from the minutes of a recorded file:
 * on purpose without any of the project's own reading, decimals or roll-up.
 */

/** A recorded or expected candle; numbers are in units of 10^-8. */
export interface ExpectedCandle {
  readonly openTimeMs: number;
  readonly open: bigint;
  readonly high: bigint;
  readonly low: bigint;
  readonly close: bigint;
  readonly baseVolume: bigint;
  readonly quoteVolume: bigint;
  readonly minutes: number;
}

const EIGHT_DECIMALS = 8;

const LENGTH_MS: Readonly<Record<Interval, number>> = {
  '1m': 60_000,
  '5m': 300_000,
  '15m': 900_000,
  '1h': 3_600_000,
  '4h': 14_400_000,
  '1d': 86_400_000,
};

/** A number in the text of a file (`9.818e-05`, `3539.49175676`) in units of 10^-8. */
export function units(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const shift = Number(exponent) - fraction.length + EIGHT_DECIMALS;
  const digits = BigInt(whole + fraction);
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  if (digits % divisor !== 0n) throw new Error(`${text} has more than 8 decimals`);
  return digits / divisor;
}

/** The rows of a recorded file, whose quote volume is base volume x close, rounded half up. */
export function recordedCandles(file: string): ExpectedCandle[] {
  const text = gunzipSync(readFileSync(file)).toString('utf8');
  const rows = text.match(/\[[^[\]]+\]/g) ?? [];
  return rows.map((row) => {
    const [time = '', ...rest] = row.slice(1, -1).split(',').map((cell) => cell.trim());
    const [open = 0n, high = 0n, low = 0n, close = 0n, baseVolume = 0n] = rest.map(units);
    const product = baseVolume * close;
    const quoteVolume = (product + 50_000_000n) / 100_000_000n;
    const openTimeMs = Number(time);
    return { openTimeMs, open, high, low, close, baseVolume, quoteVolume, minutes: 1 };
  });
}

/** Every candle of every interval that the minutes of `[fromMs, toMs)` make. */
export function expectedCandles(
  minutes: readonly ExpectedCandle[],
  fromMs: number,
  toMs: number,
): Readonly<Record<Interval, ExpectedCandle[]>> {
  const within = minutes.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs);
  return Object.fromEntries(
    INTERVALS.map((interval) => [interval, straightFrom(within, LENGTH_MS[interval])]),
  ) as Record<Interval, ExpectedCandle[]>;
}

function straightFrom(minutes: readonly ExpectedCandle[], lengthMs: number): ExpectedCandle[] {
  const windows = new Map<number, ExpectedCandle[]>();
  for (const minute of minutes) {
    const startMs = minute.openTimeMs - (minute.openTimeMs % lengthMs);
    windows.set(startMs, [...(windows.get(startMs) ?? []), minute]);
  }
  return [...windows].map(([openTimeMs, parts]) => ({
    openTimeMs,
    open: parts[0]?.open ?? 0n,
    high: parts.reduce((most, { high }) => (high > most ? high : most), 0n),
    low: parts.reduce((least, { low }) => (low < least ? low : least), parts[0]?.low ?? 0n),
    close: parts.at(-1)?.close ?? 0n,
    baseVolume: parts.reduce((sum, part) => sum + part.baseVolume, 0n),
    quoteVolume: parts.reduce((sum, part) => sum + part.quoteVolume, 0n),
    minutes: parts.length,
  }));
}
