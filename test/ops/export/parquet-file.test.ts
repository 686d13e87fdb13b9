import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { ExportedCandle } from '../../../ops/export/candle-columns';
import { createParquetFile } from '../../../ops/export/parquet-file';
import { DAY, minutesIn } from '../../fakes/candles';
import { BTC } from '../../fakes/pipelines';
import { readParquet } from './exported-rows';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parquet-file-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const TO_MS = DAY + 10 * MINUTE_MS;
const CONTENT = { market: BTC, interval: '1m', fromMs: DAY, toMs: TO_MS } as const;

function exportedMinutes(): ExportedCandle[] {
  return minutesIn(DAY, TO_MS).map((candle) => ({
    ...candle,
    closed: true,
    observedAtMs: candle.openTimeMs + 2 * MINUTE_MS,
    source: 'archive',
    final: false,
  }));
}

test('each row group is handed on once it is full, however the candles come', async () => {
  const chunks: Buffer[] = [];
  const sink = {
    write: (bytes: Uint8Array) => Promise.resolve(void chunks.push(Buffer.from(bytes))),
  };
  const file = createParquetFile(CONTENT, sink, 4);
  const candles = exportedMinutes();

  await file.append(candles.slice(0, 3));
  expect(chunks).toHaveLength(0);
  await file.append(candles.slice(3, 9));
  expect(chunks).toHaveLength(2);
  await file.append(candles.slice(9));
  await file.finish();

  const path = join(folder, 'candles.parquet');
  writeFileSync(path, Buffer.concat(chunks));
  const { rows, metadata } = await readParquet(path);
  expect(metadata.row_groups.map(({ num_rows }) => num_rows)).toEqual([4n, 4n, 2n]);
  expect(rows.map(({ time }) => Date.parse(String(time)))).toEqual(
    candles.map(({ openTimeMs }) => openTimeMs),
  );
  expect(rows.map(({ base_volume }) => base_volume)).toEqual(
    candles.map((_, minute) => `${minute}.500000000000000000`),
  );
});
