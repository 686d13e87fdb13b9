import { createGateIoArchive } from '../../../../lambdas/shared/adapters/exchanges/archive/gate-io-archive';
import { createExchange } from '../../../../lambdas/shared/adapters/exchanges/exchange';
import { DAY_MS } from '../../../../lambdas/shared/domain/interval';
import { daysIn } from '../../../../lambdas/shared/domain/ledger/ledger';
import {
  type Archive,
  ArchiveMissingError,
  UnknownPairError,
} from '../../../../lambdas/shared/domain/ports';
import { GeneratedCandles } from '../../../../local/exchange/candles/generated-candles';
import { Faults } from '../../../../local/exchange/faults';
import { FakeTelemetry } from '../../../fakes/telemetry';
import { asTexts, ExchangesUnderTest } from '../exchange-fixtures';

const PAIR = 'POWR_BTC';
const MAY_MS = Date.UTC(2024, 4, 1);
const JUNE_MS = Date.UTC(2024, 5, 1);
const LISTED_MS = Date.UTC(2023, 7, 5, 10);

const exchanges = new ExchangesUnderTest();
afterEach(() => exchanges.stopAll());

async function prepare() {
  const source = new GeneratedCandles({
    seed: 7,
    pairs: [PAIR],
    listedSinceMs: { [PAIR]: LISTED_MS },
  });
  const faults = new Faults();
  const exchange = await exchanges.start({ source, faults, now: () => JUNE_MS + DAY_MS });
  const telemetry = new FakeTelemetry();
  const archive = createGateIoArchive({ baseUrl: exchange.archiveUrl, telemetry });
  const gateIo = createExchange('gate-io', {
    baseUrl: `${exchange.url}/api/v4`,
    telemetry,
    requestsPer10Seconds: 180,
  });
  return { source, faults, telemetry, archive, gateIo };
}

/** All candles of a month, as texts. */
async function archived(archive: Archive, monthMs: number, toMs: number) {
  const candles: Record<string, unknown>[] = [];
  const query = {
    pair: PAIR,
    monthMs,
    daysMs: daysIn(monthMs, toMs),
    nowMs: toMs,
    withinMs: 60_000,
  };
  for await (const { answer, refusal } of archive.days(query)) {
    expect(refusal).toBeUndefined();
    candles.push(...(answer?.candles ?? []).map(asTexts));
  }
  return candles;
}

test('a generated month comes out of the archive to the last digit, without its quote volumes', async () => {
  const { source, telemetry, archive } = await prepare();

  const candles = await archived(archive, MAY_MS, JUNE_MS);

  const expected = source
    .candles(PAIR, MAY_MS, JUNE_MS)
    .map((candle) => ({ ...candle, quoteVolume: null }));
  expect(expected.length).toBeGreaterThan(30_000);
  expect(candles).toEqual(expected);
  expect(telemetry.metrics()).toEqual([]);
});

test('of a month that is cut the days before its end come, and all the next time', async () => {
  const { faults, archive } = await prepare();
  faults.failNext('cut', { endpoint: 'archive' });
  const query = {
    pair: PAIR,
    monthMs: MAY_MS,
    daysMs: daysIn(MAY_MS, JUNE_MS),
    nowMs: JUNE_MS,
    withinMs: 60_000,
  };

  const answered: boolean[] = [];
  for await (const { answer } of archive.days(query)) answered.push(answer !== undefined);

  expect(answered).toHaveLength(31);
  expect(answered[0]).toBe(true);
  expect(answered[30]).toBe(false);
  expect(answered.toSorted().reverse()).toEqual(answered);
  expect((await archived(archive, MAY_MS, JUNE_MS)).length).toBeGreaterThan(30_000);
});

test('the month that goes on is missing', async () => {
  const { archive } = await prepare();

  await expect(archived(archive, JUNE_MS, JUNE_MS + DAY_MS)).rejects.toThrow(ArchiveMissingError);
});

test('the pair says since when it is listed', async () => {
  const { gateIo } = await prepare();

  await expect(gateIo.listedSince(PAIR, 60_000)).resolves.toBe(LISTED_MS);
  await expect(gateIo.listedSince('NO_SUCH', 60_000)).rejects.toThrow(UnknownPairError);
});
