import { createBinanceArchive } from '../../../../lambdas/shared/adapters/exchanges/archive/binance-archive';
import type { Candle } from '../../../../lambdas/shared/domain/candle';
import { formatDecimal } from '../../../../lambdas/shared/domain/decimal';
import { DAY_MS } from '../../../../lambdas/shared/domain/interval';
import { daysIn } from '../../../../lambdas/shared/domain/ledger/ledger';
import { ArchiveMissingError } from '../../../../lambdas/shared/domain/ports';
import { exchangeSeed } from '../../../../local/exchange/candles/exchange-seed';
import { GeneratedCandles } from '../../../../local/exchange/candles/generated-candles';
import { Faults } from '../../../../local/exchange/faults';
import { FakeTelemetry } from '../../../fakes/telemetry';
import { ExchangesUnderTest } from '../exchange-fixtures';

const PAIR = 'POWR_BTC';
const DECEMBER_MS = Date.UTC(2024, 11, 1);
const JANUARY_MS = Date.UTC(2025, 0, 1);
const FEBRUARY_MS = Date.UTC(2025, 1, 1);
const WITHIN_MS = 60_000;

const source = new GeneratedCandles({ seed: exchangeSeed('binance', 7), pairs: [PAIR] });
const exchanges = new ExchangesUnderTest();
afterEach(() => exchanges.stopAll());

async function prepare(nowMs: number) {
  const faults = new Faults();
  const served = { exchange: 'binance', source, faults, now: () => nowMs } as const;
  const { archiveUrl } = await exchanges.start(served);
  const telemetry = new FakeTelemetry();
  return { faults, archive: createBinanceArchive({ baseUrl: archiveUrl, telemetry }) };
}

function query(monthMs: number, monthEndMs: number, nowMs: number) {
  const daysMs = daysIn(monthMs, monthEndMs);
  return { pair: PAIR, monthMs, daysMs, nowMs, withinMs: WITHIN_MS };
}

function asTexts({ openTimeMs, quoteVolume, ...candle }: Candle) {
  return {
    openTimeMs,
    open: formatDecimal(candle.open),
    high: formatDecimal(candle.high),
    low: formatDecimal(candle.low),
    close: formatDecimal(candle.close),
    baseVolume: formatDecimal(candle.baseVolume),
    quoteVolume: quoteVolume === null ? null : formatDecimal(quoteVolume),
  };
}

test.each([
  ['in milliseconds', DECEMBER_MS, JANUARY_MS],
  ['in microseconds', JANUARY_MS, FEBRUARY_MS],
])(
  'a generated month with times %s comes out of the archive to the last digit',
  async (_, fromMs, toMs) => {
    const nowMs = FEBRUARY_MS + DAY_MS;
    const { archive } = await prepare(nowMs);

    const candles: Candle[] = [];
    for await (const { answer, refusal } of archive.days(query(fromMs, toMs, nowMs))) {
      expect(refusal).toBeUndefined();
      candles.push(...(answer?.candles ?? []));
    }

    expect(candles.map(asTexts)).toEqual(source.candles(PAIR, fromMs, toMs));
  },
);

test('the days of a month that goes on come from files of their own', async () => {
  const nowMs = JANUARY_MS + 2 * DAY_MS + DAY_MS / 2;
  const { archive } = await prepare(nowMs);

  const candles: Candle[] = [];
  const asked = query(JANUARY_MS, JANUARY_MS + 2 * DAY_MS, nowMs);
  for await (const { answer } of archive.days(asked)) candles.push(...(answer?.candles ?? []));

  const truth = source.candles(PAIR, JANUARY_MS, JANUARY_MS + 2 * DAY_MS);
  expect(candles.map(asTexts)).toEqual(truth);
});

test('a file that is cut has not its checksum, and gives no day', async () => {
  const nowMs = FEBRUARY_MS + DAY_MS;
  const { archive, faults } = await prepare(nowMs);
  faults.failNext('cut', { endpoint: 'archive' });

  const refusals: (string | undefined)[] = [];
  for await (const day of archive.days(query(DECEMBER_MS, JANUARY_MS, nowMs)))
    refusals.push(day.refusal);

  expect(refusals).toHaveLength(31);
  expect(refusals).not.toContain(undefined);
});

test('a month that the archive does not have yet is missing', async () => {
  const { archive } = await prepare(JANUARY_MS);
  const days = archive.days(query(FEBRUARY_MS, FEBRUARY_MS + DAY_MS, FEBRUARY_MS + 90 * DAY_MS));
  await expect(days[Symbol.asyncIterator]().next()).rejects.toThrow(ArchiveMissingError);
});
