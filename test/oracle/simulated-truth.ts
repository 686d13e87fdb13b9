import type { Candle } from '../../lambdas/shared/domain/candle';
import { INTERVALS } from '../../lambdas/shared/domain/interval';
import type { MemoryCassandra, ReadRow } from '../simulation/memory-cassandra';
import type { Stretch } from '../simulation/exchange';
import { endMs, expectedBucket, LENGTH_MS, straightWindows, units } from './straight-roll-up';

/** Enough decimals for every number of a run. */
const DECIMALS = 20;

/** What a pair's tables must hold in the end. */
export interface Expectation {
  readonly pair: string;
  /** The final truth. */
  readonly minutes: readonly Candle[];
  readonly historyStartMs: number;
  /** The last tick's time. */
  readonly lastTickMs: number;
  /** How far back the exchange was asked. */
  readonly retentionMs: number;
  /** Where progress has stood. */
  readonly settledTimes: ReadonlySet<number>;
  /** Whether an operator set the progress back: gaps may then be of minutes stored before. */
  readonly wasRewound: boolean;
}

/** Everything that differs from what must be stored, in words; nothing where all is right. */
export function differences(cassandra: MemoryCassandra, expected: Expectation): string[] {
  const ofPair = (row: ReadRow): boolean => row.get('pair') === expected.pair;
  const gaps = cassandra.rowsOf('gaps').filter(ofPair);
  return [
    ...gapDifferences(gaps, expected),
    ...progressDifferences(cassandra.rowsOf('progress').filter(ofPair), expected),
    ...candleDifferences(cassandra.rowsOf('candles').filter(ofPair), expected, gaps.map(gapOf)),
  ].map((difference) => `${expected.pair}: ${difference}`);
}

function progressDifferences(rows: ReadRow[], { lastTickMs, pair }: Expectation): string[] {
  const found = rows.map((row) => `${time(row, 'settled_to')} seen ${time(row, 'seen_to')}`);
  const minuteMs = lastTickMs - (lastTickMs % 60_000);
  const wanted = `${iso(minuteMs - 120_000)} seen ${iso(minuteMs)}`;
  return found.length === 1 && found[0] === wanted
    ? []
    : [`the progress of ${pair} is [${found.join('; ')}], expected ${wanted}`];
}

/** A gap starts where progress stood, and ends where the exchange's retention starts. */
function gapDifferences(rows: ReadRow[], expected: Expectation): string[] {
  const gaps = rows
    .map((row) => ({ ...gapOf(row), observedAtMs: timeMs(row, 'observed_at') }))
    .sort((a, b) => a.fromMs - b.fromMs);
  return gaps.flatMap(({ fromMs, toMs, observedAtMs }) => {
    const retainedMs = Math.ceil((observedAtMs - expected.retentionMs) / 60_000) * 60_000;
    const name = `the gap [${iso(fromMs)}, ${iso(toMs)})`;
    return [
      ...(toMs === retainedMs ? [] : [`${name} ends elsewhere than the retention did`]),
      ...(expected.settledTimes.has(fromMs) || fromMs === expected.historyStartMs
        ? []
        : [`${name} starts where progress never stood`]),
    ];
  });
}

function gapOf(row: ReadRow): Stretch {
  return { fromMs: timeMs(row, 'from_time'), toMs: timeMs(row, 'to_time') };
}

function candleDifferences(rows: ReadRow[], expected: Expectation, gaps: Stretch[]): string[] {
  const wanted = wantedRows(expected, gaps);
  const found = new Map(rows.map((row) => [nameOf(row), row]));
  const missing = [...wanted]
    .filter(([name, text]) => text !== ANY && !found.has(name))
    .map(([name]) => `${name} is missing`);
  const wrong = [...found].flatMap(([name, row]) => {
    const text = wanted.get(name);
    if (text === undefined) return [`${name} is stored, but was never traded`];
    const stored = textOf(row);
    return text === ANY || text === stored ? [] : [`${name} is ${stored}, expected ${text}`];
  });
  const unknown = rows.length === found.size ? [] : ['a candle is stored in two buckets'];
  return [...missing, ...wrong, ...unknown];
}

/** What may be anything: a candle of minutes that the exchange no longer served in time. */
const ANY = '(any)';

function wantedRows(expected: Expectation, gaps: readonly Stretch[]): Map<string, string> {
  const minutes = expected.minutes.filter(
    ({ openTimeMs }) => openTimeMs >= expected.historyStartMs,
  );
  const coveredMs = expected.lastTickMs - (expected.lastTickMs % 60_000);
  const rows = new Map<string, string>();
  for (const interval of INTERVALS) {
    for (const candle of straightWindows(minutes, LENGTH_MS[interval])) {
      const openMs = candle.openTimeMs;
      const closeMs = endMs(interval, openMs);
      const inGap = gaps.some(({ fromMs, toMs }) => openMs < toMs && closeMs > fromMs);
      rows.set(
        `${interval} ${expectedBucket(interval, openMs)} ${iso(openMs)}`,
        inGap ? ANY : wantedText(candle, closeMs <= coveredMs),
      );
    }
  }
  return rows;
}

function wantedText(candle: Candle, closed: boolean): string {
  const { open, high, low, close, baseVolume, quoteVolume, minutes } = candle;
  const numbers = [open, high, low, close, baseVolume, quoteVolume];
  return [...numbers.map((number) => units(number, DECIMALS)), minutes, closed].join(' ');
}

function textOf(row: ReadRow): string {
  const numbers = ['open', 'high', 'low', 'close', 'base_volume', 'quote_volume'];
  return [
    ...numbers.map((column) => scaledText(String(row.get(column)))),
    String(row.get('minutes')),
    String(row.get('closed')),
  ].join(' ');
}

function scaledText(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(DECIMALS, '0'));
}

function nameOf(row: ReadRow): string {
  return `${String(row.get('interval'))} ${String(row.get('bucket'))} ${time(row, 'open_time')}`;
}

function timeMs(row: ReadRow, column: string): number {
  const value = row.get(column);
  return value instanceof Date ? value.getTime() : Number.NaN;
}

function time(row: ReadRow, column: string): string {
  return iso(timeMs(row, column));
}

function iso(ms: number): string {
  return Number.isNaN(ms) ? 'no time' : new Date(ms).toISOString();
}
