import { createHash } from 'node:crypto';
import { DAY_MS } from '../../../domain/interval';
import type { ArchivedDay } from '../../../domain/ports';
import { binanceSymbol } from '../descriptions/binance';
import { archivedDays, refusedDays } from './archive-days';
import type { ArchiveOptions } from './archive-options';
import { ArchiveRefusals } from './archive-refusals';
import { linesOfText, unzippedText } from './archive-zip';
import { binanceRows } from './binance-archive-rows';
import { archiveParty, download } from './download';

const ASKED = archiveParty('binance');

/** A month or a day of a pair. */
export interface Period {
  /** Name of its file, without what follows the point. */
  readonly name: string;
  /** Path of its file, without what follows the point. */
  readonly path: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The period of a pair that has a file. */
export function periodOf(pair: string, fromMs: number, toMs: number): Period {
  const symbol = binanceSymbol(pair);
  const isDay = toMs - fromMs === DAY_MS;
  const name = `${symbol}-1m-${new Date(fromMs).toISOString().slice(0, isDay ? 10 : 7)}`;
  const folder = `/data/spot/${isDay ? 'daily' : 'monthly'}/klines/${encodeURIComponent(symbol)}/1m`;
  return { name, path: `${folder}/${encodeURIComponent(name)}`, fromMs, toMs };
}

/** A file, and what is said of it. */
export interface CheckedFile {
  readonly period: Period;
  readonly zip: Uint8Array;
  /** The text beside it; undefined if there is none. */
  readonly checksum: string | undefined;
}

/**
 * The file of a period; undefined if the archive does not have it.
 *
 * @param deadlineMs the latest `performance.now()`
 * @throws ExchangeError if it cannot be had
 */
export async function fileOf(
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

/** Days that are wanted from a file. */
export interface WantedDays {
  /** Starts of the days, oldest first. */
  readonly daysMs: readonly number[];
  /** If the file may have been published before its period was complete. */
  readonly isYoung: boolean;
}

/** The wanted days of a file, oldest first, each once: all are refused if the file is not the one of its checksum. */
export async function* daysIn(
  { telemetry }: ArchiveOptions,
  file: CheckedFile,
  { daysMs, isYoung }: WantedDays,
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
      isYoung,
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
