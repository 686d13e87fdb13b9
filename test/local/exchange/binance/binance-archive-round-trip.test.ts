import { createBinanceArchive } from '../../../../lambdas/shared/adapters/exchanges/archive/binance-archive';
import type { Candle } from '../../../../lambdas/shared/domain/candle';
import { DAY_MS } from '../../../../lambdas/shared/domain/interval';
import { daysIn } from '../../../../lambdas/shared/domain/ledger/ledger';
import { ArchiveMissingError } from '../../../../lambdas/shared/domain/ports';
import { exchangeSeed } from '../../../../local/exchange/candles/exchange-seed';
import { GeneratedCandles } from '../../../../local/exchange/candles/generated-candles';
import { Faults } from '../../../../local/exchange/faults';
import { FakeTelemetry } from '../../../fakes/telemetry';
import { asTexts, ExchangesUnderTest } from '../exchange-fixtures';

const PAIR = 'POWR_BTC';
const DECEMBER_MS = Date.UTC(2024, 11, 1);
const JANUARY_MS = Date.UTC(2025, 0, 1);
const FEBRUARY_MS = Date.UTC(2025, 1, 1);
const WITHIN_MS = 60_000;

/** Of each month its last days: a file of more takes its time. */
const LAST_DAYS_MS = 3 * DAY_MS;

const exchanges = new ExchangesUnderTest();
afterEach(() => exchanges.stopAll());

async function prepare(nowMs: number, listedMs: number) {
  const source = new GeneratedCandles({
    seed: exchangeSeed('binance', 7),
    pairs: [PAIR],
    listedSinceMs: { [PAIR]: listedMs },
  });
  const faults = new Faults();
  const served = { exchange: 'binance', source, faults, now: () => nowMs } as const;
  const { archiveUrl } = await exchanges.start(served);
  const telemetry = new FakeTelemetry();
  return { source, faults, archive: createBinanceArchive({ baseUrl: archiveUrl, telemetry }) };
}

/** The days of a month in `[fromMs, toMs)`. */
function query(monthMs: number, [fromMs, toMs]: readonly [number, number], nowMs: number) {
  const daysMs = daysIn(fromMs, toMs);
  return { pair: PAIR, monthMs, daysMs, nowMs, withinMs: WITHIN_MS };
}

test.each([
  ['in milliseconds', DECEMBER_MS, JANUARY_MS],
  ['in microseconds', JANUARY_MS, FEBRUARY_MS],
])('a month with times %s comes out of the archive to the last digit', async (_, monthMs, toMs) => {
  const [nowMs, listedMs] = [FEBRUARY_MS + DAY_MS, toMs - LAST_DAYS_MS];
  const { source, archive } = await prepare(nowMs, listedMs);

  const candles: Candle[] = [];
  for await (const day of archive.days(query(monthMs, [listedMs, toMs], nowMs))) {
    expect(day.refusal).toBeUndefined();
    candles.push(...(day.answer?.candles ?? []));
  }

  expect(candles.map(asTexts)).toEqual(source.candles(PAIR, listedMs, toMs));
});

test('the days of a month that goes on come from files of their own', async () => {
  const toMs = JANUARY_MS + 2 * DAY_MS;
  const { source, archive } = await prepare(toMs + DAY_MS / 2, JANUARY_MS);

  const candles: Candle[] = [];
  const asked = query(JANUARY_MS, [JANUARY_MS, toMs], toMs + DAY_MS / 2);
  for await (const { answer } of archive.days(asked)) candles.push(...(answer?.candles ?? []));

  expect(candles.map(asTexts)).toEqual(source.candles(PAIR, JANUARY_MS, toMs));
});

test('a month whose file is cut does not have its checksum: its days have files of their own', async () => {
  const [nowMs, listedMs] = [FEBRUARY_MS + DAY_MS, JANUARY_MS - LAST_DAYS_MS];
  const { source, archive, faults } = await prepare(nowMs, listedMs);
  faults.failNext('cut', { endpoint: 'archive' });

  const candles: Candle[] = [];
  const asked = query(DECEMBER_MS, [listedMs, JANUARY_MS], nowMs);
  for await (const { answer } of archive.days(asked)) candles.push(...(answer?.candles ?? []));

  expect(candles.map(asTexts)).toEqual(source.candles(PAIR, listedMs, JANUARY_MS));
});

test('a day whose own file is cut too gives nothing', async () => {
  const [nowMs, listedMs] = [FEBRUARY_MS + DAY_MS, JANUARY_MS - LAST_DAYS_MS];
  const { archive, faults } = await prepare(nowMs, listedMs);
  faults.failNext('cut', { endpoint: 'archive', times: 3 });

  const refusals: (string | undefined)[] = [];
  const asked = query(DECEMBER_MS, [listedMs, JANUARY_MS], nowMs);
  for await (const { refusal } of archive.days(asked)) refusals.push(refusal);

  expect(refusals).toEqual([expect.stringContaining('SHA-256'), undefined, undefined]);
});

test('a month that the archive does not have yet is missing', async () => {
  const { archive } = await prepare(JANUARY_MS, DECEMBER_MS);
  const asked = query(FEBRUARY_MS, [FEBRUARY_MS, FEBRUARY_MS + DAY_MS], FEBRUARY_MS + 90 * DAY_MS);
  const days = archive.days(asked);
  await expect(days[Symbol.asyncIterator]().next()).rejects.toThrow(ArchiveMissingError);
});
