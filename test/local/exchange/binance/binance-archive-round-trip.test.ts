import { createArchive } from '../../../../lambdas/shared/adapters/exchanges/archive';
import { formatDecimal } from '../../../../lambdas/shared/domain/decimal';
import { DAY_MS } from '../../../../lambdas/shared/domain/interval';
import { daysIn } from '../../../../lambdas/shared/domain/ledger/ledger';
import { ArchiveMissingError } from '../../../../lambdas/shared/domain/ports';
import { GeneratedCandles } from '../../../../local/exchange/candles/generated-candles';
import { Faults } from '../../../../local/exchange/faults';
import { FakeTelemetry } from '../../../fakes/telemetry';
import { ExchangesUnderTest } from '../exchange-fixtures';

const PAIR = 'ODD_USDT';
const DECEMBER_MS = Date.UTC(2024, 11, 1);
const LISTED_MS = Date.UTC(2024, 11, 30, 7);
const JANUARY_MS = Date.UTC(2025, 0, 1);
const NOW_MS = JANUARY_MS + 4 * DAY_MS;

const exchanges = new ExchangesUnderTest();
afterEach(() => exchanges.stopAll());

async function prepare() {
  const listedSinceMs = { [PAIR]: LISTED_MS };
  const source = new GeneratedCandles({ seed: 7, pairs: [PAIR], listedSinceMs });
  const faults = new Faults();
  const served = await exchanges.start({ exchange: 'binance', source, faults, now: () => NOW_MS });
  const telemetry = new FakeTelemetry();
  const archive = createArchive('binance', { baseUrl: served.archiveUrl, telemetry });
  if (archive === undefined) throw new Error('no archive');
  return { source, faults, telemetry, archive };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

/** All candles of some days of a month, as texts, and the reasons why days are refused. */
async function archived({ archive }: Prepared, monthMs: number, daysMs: readonly number[]) {
  const candles: unknown[] = [];
  const refusals: string[] = [];
  const query = { pair: PAIR, monthMs, daysMs, nowMs: NOW_MS, withinMs: 60_000 };
  for await (const { answer, refusal } of archive.days(query)) {
    if (answer === undefined) refusals.push(refusal);
    for (const { openTimeMs, quoteVolume, ...candle } of answer?.candles ?? []) {
      candles.push({
        openTimeMs,
        open: formatDecimal(candle.open),
        high: formatDecimal(candle.high),
        low: formatDecimal(candle.low),
        close: formatDecimal(candle.close),
        baseVolume: formatDecimal(candle.baseVolume),
        quoteVolume: quoteVolume && formatDecimal(quoteVolume),
      });
    }
  }
  return { candles, refusals };
}

it.each([
  ['of a month, in milliseconds', DECEMBER_MS, daysIn(DECEMBER_MS, JANUARY_MS)],
  ['of days, in microseconds', JANUARY_MS, daysIn(JANUARY_MS, JANUARY_MS + 2 * DAY_MS)],
])('files %s come out to the last digit, with quote volumes', async (_, monthMs, daysMs) => {
  const prepared = await prepare();

  const { candles, refusals } = await archived(prepared, monthMs, daysMs);

  const toMs = (daysMs.at(-1) ?? 0) + DAY_MS;
  const expected = prepared.source.candles(PAIR, monthMs, toMs);
  expect(expected.length).toBeGreaterThan(1_000);
  expect(candles).toEqual(expected);
  expect(refusals).toEqual([]);
  expect(prepared.telemetry.metrics()).toEqual([]);
});

it('a file that comes cut gives no day, and all the next time', async () => {
  const prepared = await prepare();
  prepared.faults.failNext('cut', { endpoint: 'archive' });
  const daysMs = daysIn(LISTED_MS, JANUARY_MS);

  const first = await archived(prepared, DECEMBER_MS, daysMs);
  const second = await archived(prepared, DECEMBER_MS, daysMs);

  expect(first.candles).toEqual([]);
  expect(first.refusals).toHaveLength(2);
  expect(second.refusals).toEqual([]);
  expect(second.candles.length).toBeGreaterThan(1_000);
});

it('a month before the listing is missing', async () => {
  const monthMs = Date.UTC(2024, 9, 1);
  const asked = archived(await prepare(), monthMs, [monthMs]);
  await expect(asked).rejects.toThrow(ArchiveMissingError);
});
