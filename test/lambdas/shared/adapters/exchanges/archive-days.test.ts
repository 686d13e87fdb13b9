import fc from 'fast-check';
import { archivedDays } from '../../../../../lambdas/shared/adapters/exchanges/archive/archive-days';
import type { ArchiveFile } from '../../../../../lambdas/shared/adapters/exchanges/archive/archive-order';
import { GATE_IO_ROWS } from '../../../../../lambdas/shared/adapters/exchanges/archive/gate-io-archive-rows';
import { ArchiveRefusals } from '../../../../../lambdas/shared/adapters/exchanges/archive/archive-refusals';
import type { Candle } from '../../../../../lambdas/shared/domain/candle';
import { DAY_MS, floorTo } from '../../../../../lambdas/shared/domain/interval';
import type { ArchivedDay } from '../../../../../lambdas/shared/domain/ports';
import { FakeTelemetry } from '../../../../fakes/telemetry';
import {
  all,
  archivedAt,
  dayMs,
  FILE,
  minuteOfDay,
  MONTH,
  MONTH_END,
  rowOf,
  rowsOfDay,
} from './archive-fixtures';

type Lines = ArchiveFile['lines'];

function daysOf(
  lines: Lines,
  days: readonly number[],
  isYoung = false,
): AsyncIterable<ArchivedDay> {
  const month = { name: FILE, fromMs: MONTH, toMs: MONTH_END, rows: GATE_IO_ROWS };
  const file = { ...month, isCut: false, isYoung, lines };
  const refusals = new ArchiveRefusals(new FakeTelemetry(), FILE);
  return archivedDays(file, days.map(dayMs), refusals);
}

/** Lines as a file gives them, some at a time. */
function inParts(lines: readonly string[], size: number): Lines {
  return async function* () {
    for (let start = 0; start < lines.length; start += size) {
      yield await Promise.resolve(lines.slice(start, start + size));
    }
  };
}

test('no more than a day of a month is held', async () => {
  const days = Array.from({ length: 31 }, (_, index) => index + 1);
  const lines = days.flatMap((day) => rowsOfDay(day, 1_440));
  let passes = 0;
  let read = 0;
  const counted: Lines = async function* () {
    passes += 1;
    read = 0;
    for await (const part of inParts(lines, 100)()) {
      read += part.length;
      yield part;
    }
  };

  let given = 0;
  let mostHeld = 0;
  for await (const { answer } of daysOf(counted, days)) {
    mostHeld = Math.max(mostHeld, read - given);
    given += answer?.candles.length ?? 0;
  }

  expect(given).toBe(lines.length);
  expect(passes).toBe(2);
  expect(mostHeld).toBeLessThanOrEqual(1_440 + 100);
});

test('a young file that ends early is not taken for a quiet market', async () => {
  const lines = [1, 2, 3].flatMap((day) => rowsOfDay(day, 700));

  const young = await all(daysOf(inParts(lines, 100), [2, 3, 4, 31], true));
  const old = await all(daysOf(inParts(lines, 100), [2, 3, 4, 31]));

  expect(young.map(({ answer }) => answer?.candles.length)).toEqual([
    700,
    undefined,
    undefined,
    undefined,
  ]);
  for (const { refusal } of young.slice(1)) {
    expect(refusal).toContain(`${FILE} may not be complete yet: its last row is of`);
  }
  expect(old.map(({ answer }) => answer?.candles.length)).toEqual([700, 700, 0, 0]);
});

test('a young file that reaches the last hours of its month is complete', async () => {
  const lines = [1, 31].flatMap((day) => rowsOfDay(day, 1_440));

  const days = await all(daysOf(inParts(lines, 100), [1, 2, 31], true));

  expect(days.map(({ answer }) => answer?.candles.length)).toEqual([1_440, 0, 1_440]);
});

test('a file is not read on after the last day that is wanted', async () => {
  const lines = [1, 2, 3, 4].flatMap((day) => rowsOfDay(day, 1_440));
  const read: number[] = [];
  const counted: Lines = async function* () {
    const pass = read.push(0) - 1;
    for await (const part of inParts(lines, 10)()) {
      read[pass] = (read[pass] ?? 0) + part.length;
      yield part;
    }
  };

  await all(daysOf(counted, [1, 2]));

  expect(read).toEqual([4 * 1_440, 2 * 1_440 + 10]);
});

/** Six minutes of each of five days. */
const DAYS = [1, 2, 3, 4, 5];
const CANDLES = DAYS.flatMap((day) =>
  Array.from({ length: 6 }, (_, minute) =>
    archivedAt(minuteOfDay(day, minute), { close: `10.${minute}` }),
  ),
);
const BY_TIME = new Map(CANDLES.map((candle) => [candle.openTimeMs, candle]));
const index = fc.nat(CANDLES.length - 1);

/** A row that is spoiled, at its place. */
const spoilings = fc.constantFrom<((row: string) => readonly string[])[]>(
  (row) => [row, row],
  (row) => [`${row},1`],
  (row) => [row.replace(',', '.0,')],
  (row) => [row.replace(',', '.5,')],
  (row) => [row, row.replace(/[^,]*$/, '9.9')],
  (row) => ['garbage', row],
  () => ['garbage'],
  (row) => [row.slice(0, 7)],
);
const spoiled = fc.array(fc.tuple(index, spoilings), { maxLength: 8 }).map((changes) =>
  CANDLES.map(rowOf).flatMap((row, place) => {
    const change = changes.find(([at]) => at === place);
    return change === undefined ? [row] : change[1](row);
  }),
);
const swapped = fc.array(fc.tuple(index, index), { maxLength: 6 }).map((swaps) => {
  const rows = CANDLES.map(rowOf);
  for (const [a, b] of swaps) [rows[a], rows[b]] = [rows[b] ?? '', rows[a] ?? ''];
  return rows;
});

/** What became of the minutes of some days: those that are neither given, rejected, nor of a refused day. */
function lostMinutes(days: readonly ArchivedDay[]): number[] {
  const accounted = new Set(
    days.flatMap(({ answer }) => [
      ...(answer?.candles ?? []).map(({ openTimeMs }) => openTimeMs),
      ...(answer?.rejected ?? []).map(({ openTimeMs }) => openTimeMs),
    ]),
  );
  const refused = new Set(
    days.filter(({ answer }) => answer === undefined).map((day) => day.dayMs),
  );
  return [...BY_TIME.keys()].filter(
    (timeMs) => !accounted.has(timeMs) && !refused.has(floorTo(timeMs, DAY_MS)),
  );
}

function candlesOf(days: readonly ArchivedDay[]): Candle[] {
  return days.flatMap(({ answer }) => answer?.candles ?? []);
}

test.each([
  ['rows are spoiled', spoiled],
  ['rows are not in order', swapped],
])(
  'if %s, each day is given once, in order, with true candles, and none is lost',
  async (_, files) => {
    await fc.assert(
      fc.asyncProperty(files, fc.integer({ min: 1, max: 7 }), async (lines, size) => {
        const days = await all(daysOf(inParts(lines, size), DAYS));

        expect(days.map((day) => day.dayMs)).toEqual(DAYS.map(dayMs));
        for (const candle of candlesOf(days)) {
          expect(candle).toEqual(BY_TIME.get(candle.openTimeMs));
        }
        expect(lostMinutes(days)).toEqual([]);
      }),
    );
  },
);

test('whatever the lines, each day is given once, in order', async () => {
  const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom('', 'NaN', '1e9', '-1'));
  const time = fc.oneof(
    number,
    fc.integer({ min: -2, max: 46 }).map((day) => dayMs(day) / 1_000),
  );
  const line = fc.oneof(
    fc.string(),
    fc.tuple(time, number, number, number, number, number).map((row) => row.join(',')),
    fc.tuple(time).map(([seconds]) => `${seconds},2,10,11,9.75,10.5`),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line), async (lines) => {
      const days = await all(daysOf(inParts(lines, 3), DAYS));

      expect(days.map((day) => day.dayMs)).toEqual(DAYS.map(dayMs));
    }),
  );
});
