import { timeText } from '../../../domain/candle';
import { DAY_MS, floorTo, HOUR_MS } from '../../../domain/interval';
import type { ArchivedDay } from '../../../domain/ports';
import { DayReading } from './archive-day';
import {
  type ArchiveFile,
  type DayPlace,
  type FileOrder,
  isOfFile,
  orderOf,
} from './archive-order';
import type { ArchiveRefusals } from './archive-refusals';
import { isHeader, readArchiveRow } from './archive-rows';

/** A market may be quiet for so long at the end of a month, or of a day. */
export const QUIET_MS = 6 * HOUR_MS;
/** A month is taken as complete so long after its end; it was seen to come within five days. */
export const COMPLETE_AFTER_MS = 7 * DAY_MS;

/**
 * The wanted days of a file, oldest first, each as soon as a row of a later day
 * has come, so that no more than one day is held. The days from the last row of a
 * file on are refused if the file is cut, or is young and ends hours before its
 * month: an archive that is not complete yet is not a quiet market.
 *
 * The file is passed over twice. The first pass tells whether its days come in
 * order: so a day that is given gets no more rows afterwards. A day is whole if
 * the file is, or if a row of a later day follows it, all days being in order.
 *
 * @param daysMs starts of the wanted days, oldest first
 */
export async function* archivedDays(
  file: ArchiveFile,
  daysMs: readonly number[],
  refusals: ArchiveRefusals,
): AsyncGenerator<ArchivedDay> {
  const order = await orderOf(file);
  const problem = fileProblem(file, order);
  if (problem !== undefined) {
    refusals.add(problem);
    yield* refusedDays(daysMs, problem);
    return;
  }
  const standing = daysMs.filter((dayMs) => stands(file, order, dayMs));
  yield* readDays(
    new DaysReading({ file, misplaced: order.misplaced, daysMs: standing, refusals }),
  );
  const left = daysMs.slice(standing.length);
  if (left.length === 0 && !file.isCut) return;
  const end = file.isCut ? cutProblem(file, order) : earlyEndProblem(file, order);
  refusals.add(end);
  yield* refusedDays(left, end);
}

/** All days of a file that is wrong as a whole. */
export function refusedDays(daysMs: readonly number[], refusal: string): ArchivedDay[] {
  return daysMs.map((dayMs) => ({ dayMs, refusal }));
}

function fileProblem(file: ArchiveFile, order: FileOrder): string | undefined {
  const { name, isCut } = file;
  if (order.newestMs === undefined) {
    return `${name} has no row of ${periodText(file)}${isCut ? ', and is cut' : ''}`;
  }
  if (!isCut || order.misplaced.size === 0) return undefined;
  return `${cutProblem(file, order)}, and its rows are not in order of their days`;
}

function cutProblem({ name }: ArchiveFile, { newestMs = 0 }: FileOrder): string {
  return `${name} is cut: its last row is of ${timeText(newestMs)}`;
}

function earlyEndProblem({ name, toMs }: ArchiveFile, { newestMs = 0 }: FileOrder): string {
  return `${name} may not be complete yet: its last row is of ${timeText(newestMs)}, and its month ended ${timeText(toMs)}`;
}

/** `2024-01`, or `2024-01-31`. */
function periodText(file: ArchiveFile): string {
  return timeText(file.fromMs).slice(0, isOfDay(file) ? 10 : 7);
}

function isOfDay({ fromMs, toMs }: ArchiveFile): boolean {
  return toMs - fromMs <= DAY_MS;
}

/** Whether a day is whole, as far as the end of the file is concerned. */
function stands(file: ArchiveFile, { newestMs = 0 }: FileOrder, dayMs: number): boolean {
  const endsEarly = file.isYoung && newestMs < file.toMs - QUIET_MS;
  return (!file.isCut && !endsEarly) || dayMs < floorTo(newestMs, DAY_MS);
}

async function* readDays(reading: DaysReading): AsyncGenerator<ArchivedDay> {
  if (reading.isDone()) return;
  for await (const lines of reading.file.lines()) {
    for (const line of lines) {
      for (const day of reading.add(line)) yield day;
      if (reading.isDone()) return;
    }
  }
  yield* reading.end();
}

interface DaysReadingInput {
  readonly file: ArchiveFile;
  readonly misplaced: ReadonlyMap<number, DayPlace>;
  readonly daysMs: readonly number[];
  readonly refusals: ArchiveRefusals;
}

const NONE: readonly ArchivedDay[] = [];

/** The second pass over a file. */
class DaysReading {
  readonly file: ArchiveFile;
  readonly #misplaced: ReadonlyMap<number, DayPlace>;
  readonly #refusals: ArchiveRefusals;
  /** Days that are still to be given, oldest first. */
  readonly #left: number[];
  /** The day of the rows that come, if it is wanted. */
  #day: DayReading | undefined;
  #dayMs = -Infinity;
  #line = 0;
  /** Reason why a line since the last row has no minute; undefined if there was none. */
  #doubt: string | undefined;

  constructor({ file, misplaced, daysMs, refusals }: DaysReadingInput) {
    this.file = file;
    this.#misplaced = misplaced;
    this.#left = [...daysMs];
    this.#refusals = refusals;
  }

  isDone(): boolean {
    return this.#left.length === 0;
  }

  /** Reads the next line. @returns the days that are complete with it */
  add(text: string): readonly ArchivedDay[] {
    this.#line += 1;
    if (text === '') return NONE;
    const timeMs = this.file.rows.minuteOf(text);
    if (timeMs === undefined) return this.#addUnplaced(text);
    if (!isOfFile(this.file, timeMs)) return this.#addForeign(timeMs);
    const dayMs = floorTo(timeMs, DAY_MS);
    if (this.#misplaced.has(dayMs)) return NONE;
    const given = dayMs > this.#dayMs ? this.#goTo(dayMs) : NONE;
    this.#day?.add(
      { timeMs, line: this.#line, row: readArchiveRow(this.file.rows, text) },
      this.#doubt,
    );
    this.#doubt = undefined;
    return given;
  }

  /** @returns the days that are left at the end of the file */
  end(): readonly ArchivedDay[] {
    return this.#goTo(Infinity);
  }

  /** A line without a minute: a header, if it is the first one. */
  #addUnplaced(text: string): readonly ArchivedDay[] {
    if (this.#line === 1 && isHeader(text)) {
      if (this.file.rows.mayHaveHeader) return NONE;
      this.#refusals.add(
        `${this.#place()}: a header, expected none: ${JSON.stringify(text.slice(0, 60))}`,
      );
      return NONE;
    }
    this.#doubt = `${this.#place()}: ${this.file.rows.unplacedReason(text)}`;
    this.#refusals.add(this.#doubt, 'RejectedTimes');
    return NONE;
  }

  #place(): string {
    return this.#refusals.at(this.#line);
  }

  #addForeign(timeMs: number): readonly ArchivedDay[] {
    const reason = `${this.#place()}: ${timeText(timeMs)} is of another ${isOfDay(this.file) ? 'day' : 'month'}`;
    this.#refusals.add(reason, 'RejectedTimes');
    return NONE;
  }

  /** Ends all days before one, and begins that. */
  #goTo(dayMs: number): readonly ArchivedDay[] {
    const given: ArchivedDay[] = [];
    for (let next = this.#left[0]; next !== undefined && next < dayMs; next = this.#left[0]) {
      given.push(this.#ended(next));
      this.#left.shift();
    }
    this.#dayMs = dayMs;
    this.#day = this.#left[0] === dayMs ? new DayReading(dayMs, this.#refusals) : undefined;
    return given;
  }

  #ended(dayMs: number): ArchivedDay {
    if (this.#day?.dayMs === dayMs) return this.#day.end(this.#doubt);
    const refusal = this.#emptyProblem(dayMs);
    if (refusal === undefined) return { dayMs, answer: { candles: [], rejected: [] } };
    this.#refusals.add(`${timeText(dayMs)}: ${refusal}`);
    return { dayMs, refusal };
  }

  /** Reason why a day of which no row was read may have some. */
  #emptyProblem(dayMs: number): string | undefined {
    const place = this.#misplaced.get(dayMs);
    if (place !== undefined) {
      const lines = `lines ${place.firstLine} to ${place.lastLine}`;
      return `its rows stand among those of other days in ${this.file.name}, ${lines}`;
    }
    return this.#doubt && `a row without a time stands where its rows belong; ${this.#doubt}`;
  }
}
