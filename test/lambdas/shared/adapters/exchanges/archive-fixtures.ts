import { gzipSync } from 'node:zlib';
import type { Candle } from '../../../../../lambdas/shared/domain/candle';
import { formatDecimal } from '../../../../../lambdas/shared/domain/decimal';
import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import type { ArchivedDay, ExchangeAnswer } from '../../../../../lambdas/shared/domain/ports';
import { minuteAt } from '../../../../fakes/candles';

export const MONTH = Date.UTC(2026, 0, 1);
export const MONTH_END = Date.UTC(2026, 1, 1);
export const FILE = 'BTC_USDT-202601.csv.gz';

/** The start of a day of the month, from 1 on. */
export function dayMs(day: number): number {
  return MONTH + (day - 1) * DAY_MS;
}

/** A minute of a day of the month. */
export function minuteOfDay(day: number, minute: number): number {
  return dayMs(day) + minute * MINUTE_MS;
}

/** A candle as the archive has it: without a quote volume. */
export function archivedAt(openTimeMs: number, texts: Parameters<typeof minuteAt>[1] = {}): Candle {
  return { ...minuteAt(openTimeMs, texts), quoteVolume: null };
}

/** A candle as a row of the archive. */
export function rowOf({ openTimeMs, baseVolume, close, high, low, open }: Candle): string {
  return [openTimeMs / 1_000, ...[baseVolume, close, high, low, open].map(formatDecimal)].join(',');
}

/** The rows of the first minutes of a day. */
export function rowsOfDay(day: number, count = 3): string[] {
  return Array.from({ length: count }, (_, minute) => rowOf(archivedAt(minuteOfDay(day, minute))));
}

export function zipped(lines: readonly string[]): Buffer {
  return gzipSync(lines.map((line) => `${line}\n`).join(''));
}

/** The days that were given, as texts: the minutes that have a candle, and those that were rejected. */
export function outline(days: readonly ArchivedDay[]): Record<string, unknown> {
  return Object.fromEntries(
    days.map((day) => [
      `day ${(day.dayMs - MONTH) / DAY_MS + 1}`,
      day.answer === undefined ? day.refusal : outlineOf(day.dayMs, day.answer),
    ]),
  );
}

function outlineOf(startMs: number, { candles, rejected }: ExchangeAnswer) {
  const minute = (timeMs: number) => (timeMs - startMs) / MINUTE_MS;
  return {
    candles: candles.map(({ openTimeMs }) => minute(openTimeMs)),
    ...(rejected.length === 0
      ? {}
      : { rejected: rejected.map((one) => [minute(one.openTimeMs), one.reason]) }),
  };
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
