import * as v from 'valibot';
import { type Candle, hasPlausibleVolumes, hasSameValues, timeText } from '../../../domain/candle';
import { MINUTE_MS } from '../../../domain/interval';
import type { MetricName } from '../../../domain/metrics';
import type { ExchangeAnswer, MisplacedRows } from '../../../domain/ports';
import { inTimeOrder } from '../../../domain/roll-up';
import type { RejectedMinute } from '../../../domain/segment';
import type { CandlesDescription, CandlesPage, ExchangeRow } from '../descriptions/description';
import {
  anyDecimal,
  checkTradeCount,
  isWithoutTrade,
  LONGEST_REASON,
  readCandle,
  RejectedRowError,
} from './read-candle';

/** The rows of a page as they were answered. */
export interface AnsweredRows {
  readonly rows: readonly unknown[];
  readonly page: CandlesPage;
  /** The exchange's clock when it was asked: what closes later may not have been whole. */
  readonly asOfMs: number;
}

/** Rows as candles, and whatever about them is worth counting. */
export interface ReadRows extends ExchangeAnswer {
  /** Rows that could not be candles, by the metric that counts their kind. */
  readonly counts: ReadonlyMap<MetricName, number>;
  /** The first candle whose volumes contradict its prices; undefined if there is none. */
  readonly implausible: Candle | undefined;
  /** Open time of the oldest row of the page, of a minute without a trade too; undefined if there is none. */
  readonly oldestRowMs: number | undefined;
  /** If there are rows, and none shows that the range was heeded. */
  readonly isMisdirected: boolean;
  /** Open time of the newest row before the page that may come too; undefined if there is none. */
  readonly newestBeforeMs: number | undefined;
}

/**
 * Reads the rows of a page. A row that cannot be a candle costs its minute, not
 * its page: it is rejected with its reason. Further columns are ignored. A row
 * without any volume is a minute without a trade, and is no candle. The last
 * row may still be open, and is left out until it is closed. Of an open and a
 * closed row of one minute the closed one counts. Two of a kind with different
 * values cost the minute as well: neither is the better one.
 */
export function readRows(description: CandlesDescription, answered: AnsweredRows): ReadRows {
  const reading = new RowReading(description, answered);
  for (const row of answered.rows) reading.add(row);
  return reading.result();
}

/** A row of a minute that was asked for. */
interface MinuteRow {
  readonly candle: Candle;
  readonly isClosed: boolean;
}

class RowReading {
  readonly #description: CandlesDescription;
  readonly #page: CandlesPage;
  readonly #asOfMs: number;
  readonly #candles: Candle[] = [];
  readonly #open: Candle[] = [];
  /** The row that counts of each minute. */
  readonly #byTime = new Map<number, MinuteRow>();
  readonly #contradictory = new Set<number>();
  readonly #rejected = new Map<number, RejectedMinute>();
  readonly #counts = new Map<MetricName, number>();
  #misplaced: MisplacedRows | undefined;
  #implausible: Candle | undefined;
  #oldestRowMs: number | undefined;
  #newestBeforeMs: number | undefined;
  /** If a row is of a minute that was asked for, or of the range's end where that may come too. */
  #isHeeded = false;
  /** Rows of no minute, or of one that was not asked for. */
  #elsewhereCount = 0;

  constructor(description: CandlesDescription, { page, asOfMs }: AnsweredRows) {
    this.#description = description;
    this.#page = page;
    this.#asOfMs = asOfMs;
  }

  add(row: unknown): void {
    try {
      this.#read(row);
    } catch (cause) {
      if (!(cause instanceof RejectedRowError)) throw cause;
      this.#reject(row, cause);
    }
  }

  result(): ReadRows {
    // Newer candles have come: what is still marked as open will not change any more.
    const newestMs = Math.max(0, ...[...this.#candles, ...this.#open].map(openTimeOf));
    const closed = this.#open.filter(
      (candle) =>
        (candle.openTimeMs < newestMs || candle.openTimeMs < this.#page.closedBeforeMs) &&
        this.#byTime.get(candle.openTimeMs)?.candle === candle,
    );
    const candles = inTimeOrder([...this.#candles, ...closed]).filter(
      ({ openTimeMs }) => !this.#contradictory.has(openTimeMs),
    );
    for (const { openTimeMs } of candles) this.#rejected.delete(openTimeMs);
    const rejected = [...this.#rejected.values()].sort((a, b) => a.openTimeMs - b.openTimeMs);
    return {
      candles,
      rejected,
      misplaced: this.#misplaced,
      counts: this.#counts,
      implausible: this.#implausible,
      oldestRowMs: this.#oldestRowMs,
      isMisdirected: this.#elsewhereCount > 0 && !this.#isHeeded,
      newestBeforeMs: this.#newestBeforeMs,
    };
  }

  #read(row: unknown): void {
    const read = this.#rowOf(row);
    const { openTimeMs, tradeCount } = read;
    if (!this.#holds(openTimeMs)) {
      if (this.#description.mayComeToo?.(openTimeMs, this.#page) === true) {
        this.#noteElsewhere(openTimeMs);
        return;
      }
      throw new RejectedRowError('RejectedTimes', outside(openTimeMs));
    }
    this.#isHeeded = true;
    this.#oldestRowMs = Math.min(this.#oldestRowMs ?? openTimeMs, openTimeMs);
    const candle = readCandle(openTimeMs, read, anyDecimal);
    if (tradeCount !== undefined) checkTradeCount(candle, tradeCount);
    const isClosed = this.#isClosed(read);
    if (this.#hasBetter({ candle, isClosed }) || isWithoutTrade(candle)) return;
    this.#checkVolumes(candle);
    (isClosed ? this.#candles : this.#open).push(candle);
  }

  #checkVolumes(candle: Candle): void {
    if (hasPlausibleVolumes(candle)) return;
    this.#count('ImplausibleVolumes');
    this.#implausible ??= candle;
  }

  /** Notes a row that may come too: without any other, only one of the range's end says something of the range. */
  #noteElsewhere(openTimeMs: number): void {
    if (openTimeMs === this.#page.toMs) this.#isHeeded = true;
    else this.#elsewhereCount += 1;
    if (openTimeMs < this.#page.fromMs) {
      this.#newestBeforeMs = Math.max(this.#newestBeforeMs ?? openTimeMs, openTimeMs);
    }
  }

  /**
   * Whether a closed row of the same minute has come, beside which an open one says nothing.
   *
   * @throws RejectedRowError if one of the same kind has other values
   */
  #hasBetter(row: MinuteRow): boolean {
    const { openTimeMs } = row.candle;
    const other = this.#byTime.get(openTimeMs);
    if (other?.isClosed === true && !row.isClosed) return true;
    this.#byTime.set(openTimeMs, row);
    if (other === undefined || hasSameValues(other.candle, row.candle)) return false;
    if (other.isClosed !== row.isClosed) {
      // Open rows that contradict each other do not count any more.
      this.#contradictory.delete(openTimeMs);
      return false;
    }
    this.#contradictory.add(openTimeMs);
    throw new RejectedRowError(
      'RejectedPrices',
      `the minute ${timeText(openTimeMs)} is there twice, with different values`,
    );
  }

  #rowOf(row: unknown): ExchangeRow {
    const parsed = v.safeParse(this.#description.row, row);
    if (parsed.success) return parsed.output;
    const [issue] = parsed.issues;
    throw new RejectedRowError(
      'RejectedShapes',
      `${issue.message} at column ${v.getDotPath(issue) ?? '(all)'}, expected ${this.#description.expectedRow}`,
    );
  }

  #isClosed({ openTimeMs, isClosed }: ExchangeRow): boolean {
    return isClosed ?? openTimeMs + MINUTE_MS <= this.#asOfMs;
  }

  #reject(row: unknown, { metric, message }: RejectedRowError): void {
    this.#count(metric);
    const reason = message.slice(0, LONGEST_REASON);
    const time = v.safeParse(this.#description.rowTime, row);
    if (!time.success || !this.#holds(time.output)) {
      this.#elsewhereCount += 1;
      this.#misplaced = { reason, ...this.#misplaced, rows: (this.#misplaced?.rows ?? 0) + 1 };
      return;
    }
    this.#isHeeded = true;
    const openTimeMs = time.output;
    this.#rejected.set(openTimeMs, { openTimeMs, reason });
  }

  #holds(timeMs: number): boolean {
    return timeMs >= this.#page.fromMs && timeMs < this.#page.toMs && timeMs % MINUTE_MS === 0;
  }

  #count(metric: MetricName): void {
    this.#counts.set(metric, (this.#counts.get(metric) ?? 0) + 1);
  }
}

function openTimeOf({ openTimeMs }: Candle): number {
  return openTimeMs;
}

function outside(timeMs: number): string {
  return `its time ${timeText(timeMs)} is not a minute that was asked for`;
}
