import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { type CandleSource, candlesBetween } from './candle-source';
import { failureText } from '../../../cli/failure-text';
import type { ExchangeCandle } from './exchange-candle';
import { readArchiveRows, readJsonRows, RecordedCandlesError } from './recorded-rows';

const JSON_FILE = /^([A-Z0-9]+_[A-Z0-9]+)-1m\.json(?:\.gz)?$/;
const ARCHIVE_FILE = /^([A-Z0-9]+_[A-Z0-9]+)-\d{6}\.csv(?:\.gz)?$/;
const unzip = promisify(gunzip);

/** One file's candles, in time order. */
interface RecordedFile {
  readonly pair: string;
  readonly path: string;
  readonly candles: readonly ExchangeCandle[];
}

/** Candles that were recorded, held in memory. */
export class RecordedCandles implements CandleSource {
  readonly #byPair: ReadonlyMap<string, readonly ExchangeCandle[]>;

  /** @param byPair each pair's candles, in time order */
  constructor(byPair: ReadonlyMap<string, readonly ExchangeCandle[]>) {
    this.#byPair = new Map([...byPair].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  pairs(): readonly string[] {
    return [...this.#byPair.keys()];
  }

  startMs(pair: string): number {
    return this.#byPair.get(pair)?.[0]?.openTimeMs ?? 0;
  }

  candles(pair: string, fromMs: number, toMs: number): readonly ExchangeCandle[] {
    return candlesBetween(this.#byPair.get(pair) ?? [], fromMs, toMs);
  }

  /** The time from the first pair's start to the last one's end, half-open, in UTC milliseconds. */
  span(): { readonly fromMs: number; readonly toMs: number } {
    const all = [...this.#byPair.values()];
    return {
      fromMs: Math.min(...all.map((candles) => candles[0]?.openTimeMs ?? Infinity)),
      toMs: Math.max(
        ...all.map((candles) => (candles.at(-1)?.openTimeMs ?? -Infinity) + MINUTE_MS),
      ),
    };
  }
}

/**
 * Reads every recorded one-minute file of a folder: `PAIR-1m.json[.gz]` (see
 * {@link readJsonRows}) and Gate.io's archive `PAIR-YYYYMM.csv[.gz]` (see
 * {@link readArchiveRows}). Several files of a pair are joined. Other files are
 * left alone.
 *
 * @throws RecordedCandlesError for an empty or unreadable folder or file, and for
 * rows that are out of order, repeated or invalid
 */
export async function readRecordedCandles(folder: string): Promise<RecordedCandles> {
  const names = (await filesOf(folder)).filter((name) => pairOf(name) !== undefined).toSorted();
  const files: RecordedFile[] = [];
  for (const name of names) files.push(await readRecordedFile(join(folder, name), name));
  if (files.length === 0) {
    throw new RecordedCandlesError(
      `No recorded candles in ${folder}; expected files such as BTC_USDT-1m.json, BTC_USDT-1m.json.gz or BTC_USDT-202401.csv.gz`,
    );
  }
  const pairs = new Set(files.map((file) => file.pair));
  return new RecordedCandles(
    new Map([...pairs].map((pair) => [pair, joined(files.filter((file) => file.pair === pair))])),
  );
}

function pairOf(name: string): string | undefined {
  return (JSON_FILE.exec(name) ?? ARCHIVE_FILE.exec(name))?.[1];
}

async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    throw new RecordedCandlesError(
      `Cannot read the folder ${folder} (${failureText(cause)}); name a folder with recorded candles`,
      { cause },
    );
  }
}

async function readRecordedFile(path: string, name: string): Promise<RecordedFile> {
  const text = await textOf(path);
  const candles = JSON_FILE.test(name) ? readJsonRows(path, text) : readArchiveRows(path, text);
  if (candles.length === 0) {
    throw new RecordedCandlesError(`${path} holds no candle; remove the file or export it again`);
  }
  candles.forEach((candle, index) => {
    checkOrder(candles[index - 1], candle, `${path}, row ${index + 1}`);
  });
  return { pair: pairOf(name) ?? name, path, candles };
}

async function textOf(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    return (path.endsWith('.gz') ? await unzip(bytes) : bytes).toString('utf8');
  } catch (cause) {
    throw new RecordedCandlesError(
      `Cannot read ${path} (${failureText(cause)}); make it readable or remove it`,
      { cause },
    );
  }
}

function joined(files: readonly RecordedFile[]): readonly ExchangeCandle[] {
  const start = (file: RecordedFile) => file.candles[0]?.openTimeMs ?? 0;
  const ordered = files.toSorted((a, b) => start(a) - start(b));
  ordered.forEach((file, index) => {
    const former = ordered[index - 1];
    const [first] = file.candles;
    if (former === undefined || first === undefined) return;
    checkOrder(
      former.candles.at(-1),
      first,
      `${file.path}, row 1, after the last row of ${former.path}`,
    );
  });
  return ordered.flatMap((file) => file.candles);
}

function checkOrder(
  former: ExchangeCandle | undefined,
  candle: ExchangeCandle,
  where: string,
): void {
  if (former === undefined || former.openTimeMs < candle.openTimeMs) return;
  const fault = former.openTimeMs === candle.openTimeMs ? 'is there twice' : 'is out of order';
  throw new RecordedCandlesError(
    `${where}: the time ${candle.openTimeMs} ${fault}; sort the rows by time, each time once`,
  );
}
