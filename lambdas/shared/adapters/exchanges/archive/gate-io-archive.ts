import { monthAfter } from '../../../domain/calendar/months';
import {
  type Archive,
  type ArchivedDay,
  ArchiveMissingError,
  type ArchiveQuery,
} from '../../../domain/ports';
import { archivedDays, COMPLETE_AFTER_MS, refusedDays } from './archive-days';
import { endOf, linesOf } from './archive-gzip';
import { ArchiveRefusals } from './archive-refusals';
import type { ArchiveOptions } from './archive-options';
import { archiveParty, download } from './download';
import { GATE_IO_ROWS } from './gate-io-archive-rows';

const ASKED = archiveParty('gate-io');

/**
 * Gate.io's archive of one-minute candles, a file a month:
 * `<base>/spot/candlesticks_1m/YYYYMM/PAIR-YYYYMM.csv.gz`, rows
 * `timestamp,volume,close,high,low,open` in time order, without a header.
 *
 * The zipped file (about 1 MB) is held, and unzipped three times as a stream: to
 * check its end, its order, and to read it. So what is wrong with a file is
 * known before a day of it is given, and a day that was given is never asked for
 * again. A file that is damaged, or has no row of its month, gives no day; one that
 * is cut, or ends early within a week after its month, gives the days before the one in which it ends. Of a day whose rows stand
 * among those of other days nothing is given; of any other the smallest part
 * that is wrong is left out. What is refused is counted as `ArchiveRefused`, and failed
 * requests by their kind, as `Exchange<kind>`.
 */
export function createGateIoArchive(options: ArchiveOptions): Archive {
  return { days: (query) => daysOf(options, query) };
}

async function* daysOf(options: ArchiveOptions, query: ArchiveQuery): AsyncGenerator<ArchivedDay> {
  const name = fileName(query);
  const gzip = await download(options, {
    asked: ASKED,
    path: `/spot/candlesticks_1m/${monthText(query)}/${encodeURIComponent(name)}`,
    name,
    withinMs: query.withinMs,
  });
  if (gzip === undefined) throw new ArchiveMissingError(`The archive does not have ${name}`);
  const refusals = new ArchiveRefusals(options.telemetry, name);
  try {
    yield* daysIn(gzip, { ...query, name }, refusals);
  } finally {
    refusals.report();
  }
}

async function* daysIn(
  gzip: Uint8Array,
  { name, monthMs, daysMs, nowMs }: ArchiveQuery & { readonly name: string },
  refusals: ArchiveRefusals,
): AsyncGenerator<ArchivedDay> {
  const end = await endOf(gzip);
  if (end.kind === 'damaged') {
    const problem = `${name} ${end.reason}`;
    refusals.add(problem);
    yield* refusedDays(daysMs, problem);
    return;
  }
  const monthEndMs = monthAfter(monthMs);
  const file = {
    name,
    fromMs: monthMs,
    toMs: monthEndMs,
    rows: GATE_IO_ROWS,
    isCut: end.kind === 'cut',
    isYoung: nowMs < monthEndMs + COMPLETE_AFTER_MS,
    lines: () => linesOf(gzip),
  };
  yield* archivedDays(file, daysMs, refusals);
}

function fileName(query: ArchiveQuery): string {
  return `${query.pair}-${monthText(query)}.csv.gz`;
}

function monthText({ monthMs }: ArchiveQuery): string {
  return new Date(monthMs).toISOString().slice(0, 7).replace('-', '');
}
