import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

/** Two pairs are recorded: one that trades every minute, one with many minutes without a trade. */
export const RECORDED_PAIRS = ['ETH_BTC', 'POWR_BTC'] as const;

/**
 * The folder of recorded candles: that of the variable `MARKET_DATA_DIR`, or
 * `../shared/market-data` beside the project.
 *
 * @throws Error where it does not hold both files of both pairs: without them nothing is tested
 */
export function recordedFolder(): string {
  const beside = join(__dirname, '..', '..', '..', 'shared', 'market-data');
  const folder = resolve(process.env['MARKET_DATA_DIR'] ?? beside);
  for (const pair of RECORDED_PAIRS) {
    for (const name of [`${pair}-1m.json.gz`, `${pair}-5m.json.gz`]) {
      if (existsSync(join(folder, name))) continue;
      throw new Error(
        `There is no ${name} in ${folder}: set MARKET_DATA_DIR to the folder with the recorded candles`,
      );
    }
  }
  return folder;
}

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
    const [time = '', ...rest] = row
      .slice(1, -1)
      .split(',')
      .map((cell) => cell.trim());
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
    const parts = windows.get(startMs);
    if (parts === undefined) windows.set(startMs, [minute]);
    else parts.push(minute);
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

/** When a candle ends. */
export function endMs(interval: Interval, openTimeMs: number): number {
  return openTimeMs + LENGTH_MS[interval];
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

/** What the exchange's own five-minute candles say, wherever the one-minute file covers them. */
export function exchangeWindows(folder: string, pair: string): ExpectedCandle[] {
  const minutes = recordedCandles(join(folder, `${pair}-1m.json.gz`));
  const firstMs = minutes[0]?.openTimeMs ?? Infinity;
  const lastMs = minutes.at(-1)?.openTimeMs ?? -Infinity;
  return recordedCandles(join(folder, `${pair}-5m.json.gz`)).filter(
    ({ openTimeMs }) => openTimeMs >= firstMs && endMs('5m', openTimeMs) <= endMs('1m', lastMs),
  );
}
