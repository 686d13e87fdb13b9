import { DAY_MS, floorTo } from '../../../domain/interval';
import type { ArchiveRows } from './archive-rows';

/** A file of an archive that can be read: of a month, or of a day. */
export interface ArchiveFile {
  /** `BTC_USDT-202401.csv.gz` */
  readonly name: string;
  /** Start of its month or day. */
  readonly fromMs: number;
  /** Start of the one after it. */
  readonly toMs: number;
  readonly rows: ArchiveRows;
  /** Whether it ends too early. */
  readonly isCut: boolean;
  /** Whether it may have been published before its period was complete: more rows may follow. */
  readonly isYoung: boolean;
  /** Its lines, some at a time, from the first one on each time. */
  lines(): AsyncIterable<readonly string[]>;
}

/** The place of a day's rows in a file, by the numbers of their lines, from 1 on. */
export interface DayPlace {
  readonly firstLine: number;
  readonly lastLine: number;
}

/** The order of a file's rows. */
export interface FileOrder {
  /** Days whose rows stand among those of others: without them the days come in order. */
  readonly misplaced: ReadonlyMap<number, DayPlace>;
  /** The latest minute of the file's period; undefined if no row is of it. */
  readonly newestMs: number | undefined;
}

/** Passes over a file, and keeps no more of it than the places of its days. */
export async function orderOf(file: ArchiveFile): Promise<FileOrder> {
  const places = new Map<number, DayPlace>();
  let line = 0;
  let newestMs: number | undefined;
  for await (const lines of file.lines()) {
    for (const text of lines) {
      line += 1;
      const timeMs = file.rows.minuteOf(text);
      if (timeMs === undefined || !isOfFile(file, timeMs)) continue;
      newestMs = Math.max(newestMs ?? timeMs, timeMs);
      const dayMs = floorTo(timeMs, DAY_MS);
      places.set(dayMs, { firstLine: places.get(dayMs)?.firstLine ?? line, lastLine: line });
    }
  }
  return { misplaced: misplacedOf(places), newestMs };
}

/** Whether a time is in the month or day of a file. */
export function isOfFile({ fromMs, toMs }: ArchiveFile, timeMs: number): boolean {
  return timeMs >= fromMs && timeMs < toMs;
}

/** Takes out the day that stands among the most others, until the rest are in order. */
function misplacedOf(places: ReadonlyMap<number, DayPlace>): Map<number, DayPlace> {
  const inPlace = [...places].map(([dayMs, place]) => ({ dayMs, ...place }));
  const misplaced = new Map<number, DayPlace>();
  for (;;) {
    const conflicts = inPlace.map((day) => inPlace.filter((one) => isInConflict(one, day)).length);
    const most = Math.max(0, ...conflicts);
    if (most === 0) return misplaced;
    for (const { dayMs, ...place } of inPlace.splice(conflicts.indexOf(most), 1)) {
      misplaced.set(dayMs, place);
    }
  }
}

type PlacedDay = DayPlace & { readonly dayMs: number };

function isInConflict(a: PlacedDay, b: PlacedDay): boolean {
  return a.dayMs < b.dayMs
    ? a.lastLine > b.firstLine
    : a.dayMs > b.dayMs && b.lastLine > a.firstLine;
}
