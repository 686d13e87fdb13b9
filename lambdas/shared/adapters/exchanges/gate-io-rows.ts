import * as v from 'valibot';
import { type Candle, hasPlausibleVolumes, timeText } from '../../domain/candle';
import { MINUTE_MS } from '../../domain/interval';
import type { MetricName } from '../../domain/metrics';
import type { ExchangeAnswer } from '../../domain/ports';
import type { RejectedMinute } from '../../domain/segment';
import { inTimeOrder } from '../../domain/roll-up';
import { isWithoutTrade, LONGEST_REASON, readCandle, RejectedRowError } from './gate-io-candle';

/** The range that a page was asked for, and from when on its candles may still be open. */
export interface RowRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** A candle that opens before this is taken as closed, even if its row says that it is open. */
  readonly closedBeforeMs: number;
}

/** Rows as candles, and whatever about them is worth counting. */
export interface ReadRows extends ExchangeAnswer {
  /** Rows that could not be candles, by the metric that counts their kind. */
  readonly counts: ReadonlyMap<MetricName, number>;
}

/** The columns that are used: `[ts_seconds, quote_volume, close, high, low, open, base_volume, window_closed]`, all texts. */
const Columns = v.looseTuple([
  v.pipe(v.string(), v.regex(/^\d{1,12}$/)),
  v.string(),
  v.string(),
  v.string(),
  v.string(),
  v.string(),
  v.string(),
  v.picklist(['true', 'false']),
]);
type Columns = v.InferOutput<typeof Columns>;
const Time = v.looseTuple([v.pipe(v.string(), v.regex(/^\d{1,12}$/), v.transform(secondsToMs))]);

function secondsToMs(text: string): number {
  return Number(text) * 1_000;
}

/**
 * Reads the rows of a page. A row that cannot be a candle costs its minute, not
 * its page: it is rejected with its reason. Further columns are ignored. A row
 * without any volume is a minute without a trade, and is no candle. The last
 * row may still be open, and is left out until it is closed.
 */
export function readRows(rows: readonly unknown[], range: RowRange): ReadRows {
  const reading = new RowReading(range);
  for (const row of rows) reading.add(row);
  return reading.result();
}

class RowReading {
  readonly #range: RowRange;
  readonly #candles: Candle[] = [];
  readonly #open: Candle[] = [];
  readonly #rejected = new Map<number, RejectedMinute>();
  readonly #counts = new Map<MetricName, number>();

  constructor(range: RowRange) {
    this.#range = range;
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
      ({ openTimeMs }) => openTimeMs < newestMs || openTimeMs < this.#range.closedBeforeMs,
    );
    const candles = inTimeOrder([...this.#candles, ...closed]);
    for (const { openTimeMs } of candles) this.#rejected.delete(openTimeMs);
    const rejected = [...this.#rejected.values()].sort((a, b) => a.openTimeMs - b.openTimeMs);
    return { candles, rejected, counts: this.#counts };
  }

  #read(row: unknown): void {
    const [seconds, quoteVolume, close, high, low, open, baseVolume, closed] = columnsOf(row);
    const openTimeMs = secondsToMs(seconds);
    if (!this.#holds(openTimeMs)) {
      throw new RejectedRowError('RejectedTimes', outside(openTimeMs));
    }
    const candle = readCandle(openTimeMs, { open, high, low, close, baseVolume, quoteVolume });
    if (isWithoutTrade(candle)) return;
    if (!hasPlausibleVolumes(candle)) this.#count('ImplausibleVolumes');
    (closed === 'true' ? this.#candles : this.#open).push(candle);
  }

  #reject(row: unknown, { metric, message }: RejectedRowError): void {
    this.#count(metric);
    const time = v.safeParse(Time, row);
    if (!time.success || !this.#holds(time.output[0])) return;
    const [openTimeMs] = time.output;
    this.#rejected.set(openTimeMs, { openTimeMs, reason: message.slice(0, LONGEST_REASON) });
  }

  #holds(timeMs: number): boolean {
    return timeMs >= this.#range.fromMs && timeMs < this.#range.toMs && timeMs % MINUTE_MS === 0;
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

function columnsOf(row: unknown): Columns {
  const parsed = v.safeParse(Columns, row);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new RejectedRowError(
    'RejectedShapes',
    `${issue.message} at column ${v.getDotPath(issue) ?? '(all)'}, expected eight texts`,
  );
}
