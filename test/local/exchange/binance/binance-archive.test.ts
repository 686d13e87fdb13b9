import { createHash } from 'node:crypto';
import { strFromU8, unzipSync } from 'fflate';
import { DAY_MS } from '../../../../lambdas/shared/domain/interval';
import { Faults } from '../../../../local/exchange/faults';
import { candleAt, ExchangesUnderTest, MINUTE_MS, sourceOf } from '../exchange-fixtures';

const DECEMBER_MS = Date.UTC(2024, 11, 1);
const JANUARY_MS = Date.UTC(2025, 0, 1);
const FEBRUARY_MS = Date.UTC(2025, 1, 1);
const MONTHLY = '/data/spot/monthly/klines/AB/1m/AB-1m';
const DAILY = '/data/spot/daily/klines/AB/1m/AB-1m';

const source = sourceOf({
  A_B: [
    ...[DECEMBER_MS, DECEMBER_MS + 2 * MINUTE_MS, JANUARY_MS - MINUTE_MS],
    ...[JANUARY_MS, JANUARY_MS + DAY_MS],
  ].map((timeMs) => candleAt(timeMs)),
});
const exchanges = new ExchangesUnderTest();
afterEach(() => exchanges.stopAll());

function start(options: Partial<Parameters<ExchangesUnderTest['start']>[0]> = {}) {
  const now = () => FEBRUARY_MS + DAY_MS;
  return exchanges.start({ exchange: 'binance', source, now, ...options });
}

async function get(path: string, options = {}) {
  const { archiveUrl } = await start(options);
  const response = await fetch(archiveUrl + path, { signal: AbortSignal.timeout(10_000) });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

function rowsIn(zip: Buffer): { readonly name: string | undefined; readonly rows: string[][] } {
  const [[name, text] = [undefined, new Uint8Array()]] = Object.entries(unzipSync(zip));
  const lines = strFromU8(text).split('\n').slice(0, -1);
  return { name, rows: lines.map((line) => line.split(',')) };
}

it('is a zip file a month, with a row of twelve columns for each minute after the first trade', async () => {
  const { status, bytes } = await get(`${MONTHLY}-2024-12.zip`);
  const { name, rows } = rowsIn(bytes);
  expect([status, name]).toEqual([200, 'AB-1m-2024-12.csv']);
  expect(rows.slice(0, 2).map((row) => [...row.slice(0, 8), row.length])).toEqual([
    [
      ...[String(DECEMBER_MS), '1.25', '2.00000001', '0.5', '1.5', '10.00000000'],
      ...[String(DECEMBER_MS + 59_999), '15.00000000', 12],
    ],
    [
      ...[String(DECEMBER_MS + MINUTE_MS), '1.5', '1.5', '1.5', '1.5', '0.00000000'],
      ...[String(DECEMBER_MS + MINUTE_MS + 59_999), '0.00000000', 12],
    ],
  ]);
  expect(rows.at(-1)?.[0]).toBe(String(JANUARY_MS - MINUTE_MS));
});

it('has times in microseconds from 2025 on', async () => {
  const { name, rows } = rowsIn((await get(`${DAILY}-2025-01-02.zip`)).bytes);
  const openMs = JANUARY_MS + DAY_MS;
  expect(name).toBe('AB-1m-2025-01-02.csv');
  expect([rows[0]?.[0], rows[0]?.[6]]).toEqual([`${openMs}000`, `${openMs + 59_999}999`]);
});

it('has the checksum of each file beside it, also of one that is cut', async () => {
  const { bytes } = await get(`${MONTHLY}-2025-01.zip`);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const checksum = (await get(`${MONTHLY}-2025-01.zip.CHECKSUM`)).bytes.toString();
  expect(checksum).toBe(`${sha256}  AB-1m-2025-01.zip\n`);
  const faults = new Faults();
  faults.failNext('cut', { endpoint: 'archive' });
  const cut = await get(`${MONTHLY}-2025-01.zip`, { faults });
  expect(cut.bytes).toEqual(bytes.subarray(0, Math.floor(bytes.length / 2)));
});

it.each([
  ['a month that is not over', `${MONTHLY}-2025-02.zip`],
  ['a month of which no candle is', `${MONTHLY}-2024-10.zip`],
  ['a symbol that it does not know', MONTHLY.replaceAll('AB', 'XY') + '-2025-01.zip'],
  ['a day that is none', `${DAILY}-2025-02-30.zip`],
  ['a month that is none', `${MONTHLY}-2025-13.zip`],
  ['a day among the months', `${MONTHLY}-2025-01-02.zip`],
])('does not have %s', async (_, path) => {
  expect((await get(path)).status).toBe(404);
});
