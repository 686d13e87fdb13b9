import { type Candle, hasSameValues, timeText } from '../../../domain/candle';
import { DAY_MS, MINUTE_MS } from '../../../domain/interval';
import type { ArchivedDay } from '../../../domain/ports';
import { inTimeOrder } from '../../../domain/roll-up';
import type { ArchiveRefusals } from './archive-refusals';
import type { ArchiveRow } from './archive-rows';
import { isWithoutTrade, LONGEST_REASON } from '../rows/read-candle';

/** A row with the minute and the place that it has in its file. */
export interface PlacedRow {
  readonly timeMs: number;
  readonly line: number;
  readonly row: ArchiveRow;
}

/**
 * The rows of one day, as they come. A minute with a wrong row, or with two that
 * differ, is rejected. If a line between two rows does not say its minute, those
 * that are absent between them are rejected: it may be any of them.
 */
export class DayReading {
  readonly dayMs: number;
  readonly #refusals: ArchiveRefusals;
  readonly #candles = new Map<number, Candle>();
  readonly #rejected = new Map<number, string>();
  readonly #doubtful = new Map<number, string>();
  /** The minute after the latest one that has come. */
  #nextMs: number;

  constructor(dayMs: number, refusals: ArchiveRefusals) {
    this.dayMs = dayMs;
    this.#refusals = refusals;
    this.#nextMs = dayMs;
  }

  /** @param doubt the reason why a line before the row has no minute; undefined if there is none */
  add({ timeMs, line, row }: PlacedRow, doubt: string | undefined): void {
    if (doubt !== undefined) this.#doubtUpTo(timeMs, doubt);
    const reason = row.candle === undefined ? row.reason : this.#problemOf(row.candle);
    if (reason !== undefined) this.#reject(timeMs, `${this.#refusals.at(line)}: ${reason}`, row);
    else if (row.candle !== undefined) this.#keep(row.candle, line);
    this.#nextMs = Math.max(this.#nextMs, timeMs + MINUTE_MS);
  }

  /** @param doubt the reason why a line after the last row has no minute; undefined if there is none */
  end(doubt: string | undefined): ArchivedDay {
    if (doubt !== undefined) this.#doubtUpTo(this.dayMs + DAY_MS, doubt);
    const wrong = [...this.#doubtful, ...this.#rejected].filter(
      ([timeMs]) => !this.#candles.has(timeMs),
    );
    if (this.#candles.size === 0 && wrong.length > 0) {
      const refusal = `no row of it can be a candle; ${wrong[0]?.[1] ?? ''}`;
      this.#refusals.add(`${timeText(this.dayMs)}: ${refusal}`);
      return { dayMs: this.dayMs, refusal };
    }
    const candles = [...this.#candles.values()].filter((candle) => !isWithoutTrade(candle));
    const rejected = [...new Map(wrong)]
      .map(([openTimeMs, reason]) => ({ openTimeMs, reason: reason.slice(0, LONGEST_REASON) }))
      .sort((a, b) => a.openTimeMs - b.openTimeMs);
    return { dayMs: this.dayMs, answer: { candles: inTimeOrder(candles), rejected } };
  }

  #problemOf(candle: Candle): string | undefined {
    const { openTimeMs } = candle;
    const known = this.#candles.get(openTimeMs);
    const isOther = known !== undefined && !hasSameValues(known, candle);
    if (!isOther && !this.#rejected.has(openTimeMs)) return undefined;
    return `the minute ${timeText(openTimeMs)} is there before, with other values`;
  }

  #keep(candle: Candle, line: number): void {
    const { openTimeMs } = candle;
    if (this.#candles.has(openTimeMs)) this.#note(openTimeMs, line, 'is there twice');
    else if (openTimeMs < this.#nextMs) {
      this.#note(openTimeMs, line, 'is there behind a later minute');
    }
    this.#candles.set(openTimeMs, candle);
  }

  #note(timeMs: number, line: number, what: string): void {
    this.#refusals.add(`${this.#refusals.at(line)}: ${timeText(timeMs)} ${what}`);
  }

  #reject(timeMs: number, reason: string, row: ArchiveRow): void {
    this.#refusals.add(reason, row.candle === undefined ? row.metric : undefined);
    this.#candles.delete(timeMs);
    if (!this.#rejected.has(timeMs)) this.#rejected.set(timeMs, reason);
  }

  #doubtUpTo(toMs: number, reason: string): void {
    for (let timeMs = this.#nextMs; timeMs < toMs; timeMs += MINUTE_MS) {
      this.#doubtful.set(timeMs, reason);
    }
  }
}
