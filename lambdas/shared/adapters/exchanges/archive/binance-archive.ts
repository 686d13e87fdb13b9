import { createHash } from 'node:crypto';
import { DAY_MS } from '../../../domain/interval';
import { monthAfter } from '../../../domain/ledger/ledger';
import {
  type Archive,
  type ArchivedDay,
  ArchiveMissingError,
  type ArchiveQuery,
} from '../../../domain/ports';
import { binanceSymbol } from '../descriptions/binance';
import { EXCHANGE_FACTS } from '../exchange-facts';
import { archivedDays, refusedDays } from './archive-days';
import type { ArchiveOptions } from './archive-options';
import { ArchiveRefusals } from './archive-refusals';
import { linesOfText, unzippedText } from './archive-zip';
import { binanceRows } from './binance-archive-rows';
import { download } from './download';

const ASKED = { title: `${EXCHANGE_FACTS.binance.title}'s archive` };

/** A month is published within a week after its end; until this the files of its days may be all there is. */
const MONTH_BY_DAYS_MS = 30 * DAY_MS;

/**
 * Binance's archive of one-minute candles: a zip file a month, and one a day, each with its SHA-256
 * beside it:
 * `<base>/data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip` and `.zip.CHECKSUM`, and
 * `daily` with `-2024-01-31`. Rows of twelve columns, without a header; times in milliseconds, and
 * from 2025 on in microseconds.
 *
 * The month's file is taken if there is one; while a month is young, those of its days. A file that
 * does not have its checksum, or cannot be read, gives no day. What is refused is counted as
 * `ArchiveRefused`, and failed requests by their kind, as `Exchange<kind>`.
 *
 * Source: github.com/binance/binance-public-data.
 */
export function createBinanceArchive(options: ArchiveOptions): Archive {
  return { days: (query) => daysOf(options, query) };
}

async function* daysOf(options: ArchiveOptions, query: ArchiveQuery): AsyncGenerator<ArchivedDay> {
  const deadlineMs = performance.now() + query.withinMs;
  const monthEndMs = monthAfter(query.monthMs);
  const month = periodOf(query.pair, query.monthMs, monthEndMs);
  const file = await fileOf(options, month, deadlineMs);
  if (file !== undefined) {
    yield* daysIn(options, file, query.daysMs);
    return;
  }
  if (query.nowMs >= monthEndMs + MONTH_BY_DAYS_MS) throw missing(month);
  let missed: Period | undefined;
  for (const dayMs of query.daysMs) {
    const day = periodOf(query.pair, dayMs, dayMs + DAY_MS);
    const dayFile = await fileOf(options, day, deadlineMs);
    if (dayFile === undefined) missed ??= day;
    else yield* daysIn(options, dayFile, [dayMs]);
  }
  if (missed !== undefined) throw missing(missed);
}

/** A month or a day of a pair. */
interface Period {
  /** Name of its file, without what follows the point. */
  readonly name: string;
  /** Path of its file, without what follows the point. */
  readonly path: string;
  readonly fromMs: number;
  readonly toMs: number;
}

function periodOf(pair: string, fromMs: number, toMs: number): Period {
  const symbol = binanceSymbol(pair);
  const isDay = toMs - fromMs === DAY_MS;
  const name = `${symbol}-1m-${new Date(fromMs).toISOString().slice(0, isDay ? 10 : 7)}`;
  const folder = `/data/spot/${isDay ? 'daily' : 'monthly'}/klines/${encodeURIComponent(symbol)}/1m`;
  return { name, path: `${folder}/${encodeURIComponent(name)}`, fromMs, toMs };
}

function missing({ name }: Period): ArchiveMissingError {
  return new ArchiveMissingError(`The archive does not have ${name}.zip`);
}

interface CheckedFile {
  readonly period: Period;
  readonly zip: Uint8Array;
  /** The text beside it; undefined if there is none. */
  readonly checksum: string | undefined;
}

/** The file of a period; undefined if the archive does not have it. */
async function fileOf(
  options: ArchiveOptions,
  period: Period,
  deadlineMs: number,
): Promise<CheckedFile | undefined> {
  const get = (end: string) =>
    download(options, {
      asked: ASKED,
      path: period.path + end,
      name: period.name + end,
      withinMs: Math.floor(deadlineMs - performance.now()),
    });
  const zip = await get('.zip');
  if (zip === undefined) return undefined;
  const checksum = await get('.zip.CHECKSUM');
  const text = checksum && Buffer.from(checksum).toString('latin1');
  return { period, zip, checksum: text };
}

async function* daysIn(
  { telemetry }: ArchiveOptions,
  file: CheckedFile,
  daysMs: readonly number[],
): AsyncGenerator<ArchivedDay> {
  const { name, fromMs, toMs } = file.period;
  const refusals = new ArchiveRefusals(telemetry, `${name}.zip`);
  try {
    const { text, problem } = textOf(file);
    if (text === undefined) {
      refusals.add(problem);
      yield* refusedDays(daysMs, problem);
      return;
    }
    const archived = {
      name: `${name}.csv`,
      fromMs,
      toMs,
      rows: binanceRows(fromMs),
      isCut: false,
      isYoung: false,
      lines: () => linesOfText(text),
    };
    yield* archivedDays(archived, daysMs, refusals);
  } finally {
    refusals.report();
  }
}

function textOf(file: CheckedFile): ReturnType<typeof unzippedText> {
  const { name } = file.period;
  const wrong = checksumProblem(file);
  if (wrong !== undefined) return { problem: `${name}.zip ${wrong}` };
  const unzipped = unzippedText(file.zip, `${name}.csv`);
  return unzipped.problem === undefined ? unzipped : { problem: `${name}.zip ${unzipped.problem}` };
}

const SHA256 = /^([0-9a-f]{64})\s/i;

/** Reason why a file is not the one that its checksum is of; undefined if it is. */
function checksumProblem({ zip, checksum }: CheckedFile): string | undefined {
  if (checksum === undefined) return 'has no checksum beside it';
  const wanted = SHA256.exec(`${checksum} `)?.[1]?.toLowerCase();
  if (wanted === undefined)
    return `has no SHA-256 beside it: ${JSON.stringify(checksum.slice(0, 60))}`;
  const found = createHash('sha256').update(zip).digest('hex');
  return found === wanted
    ? undefined
    : `has the SHA-256 ${found}, not ${wanted} as is said beside it`;
}
