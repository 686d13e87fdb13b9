import { DAY_MS, MINUTE_MS } from '../../../domain/interval';
import { monthAfter } from '../../../domain/calendar/months';
import {
  type Archive,
  type ArchivedDay,
  ArchiveMissingError,
  type ArchiveQuery,
} from '../../../domain/ports';
import { COMPLETE_AFTER_MS, QUIET_MS } from './archive-days';
import type { ArchiveOptions } from './archive-options';
import { daysIn, fileOf, type Period, periodOf } from './binance-archive-file';

/** A month is published within a week after its end; until this the files of its days may be all there is. */
const MONTH_BY_DAYS_MS = 30 * DAY_MS;

/**
 * Binance's archive of one-minute candles: a zip file a month, and one a day, each with its SHA-256
 * beside it:
 * `<base>/data/spot/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-01.zip` and `.zip.CHECKSUM`, and
 * `daily` with `-2024-01-31`. Rows of twelve columns, without a header; times in milliseconds, and
 * from 2025 on in microseconds.
 *
 * The month's file is taken if there is one; while a month is young, those of its days. A day that
 * the month's file refuses, or that ends hours early in it, is asked for by its own file as well:
 * months were published that lack days. If there is no such file, the month's holds. A file that
 * does not have its checksum, or cannot be read, gives no day. What is refused is counted as
 * `ArchiveRefused`, and failed requests by their kind, as `Exchange<kind>`.
 *
 * Source: github.com/binance/binance-public-data.
 */
export function createBinanceArchive(options: ArchiveOptions): Archive {
  return {
    days: (query) => daysOf({ options, query, deadlineMs: performance.now() + query.withinMs }),
  };
}

interface Ask {
  readonly options: ArchiveOptions;
  readonly query: ArchiveQuery;
  /** The latest `performance.now()`. */
  readonly deadlineMs: number;
}

async function* daysOf(ask: Ask): AsyncGenerator<ArchivedDay> {
  const { options, query, deadlineMs } = ask;
  const { pair, monthMs, daysMs, nowMs } = query;
  const month = periodOf(pair, monthMs, monthAfter(monthMs));
  const file = await fileOf(options, month, deadlineMs);
  if (file === undefined) {
    yield* daysWithoutMonth(ask, month);
    return;
  }
  const isYoung = nowMs < month.toMs + COMPLETE_AFTER_MS;
  for await (const day of daysIn(options, file, { daysMs, isYoung })) {
    yield isDoubtful(day) ? await comparedWithOwnFile(ask, day) : day;
  }
}

async function* daysWithoutMonth(ask: Ask, month: Period): AsyncGenerator<ArchivedDay> {
  const { pair, daysMs, nowMs } = ask.query;
  if (nowMs >= month.toMs + MONTH_BY_DAYS_MS) throw missing(month);
  let missed: Period | undefined;
  for (const dayMs of daysMs) {
    const day = await dayOfOwnFile(ask, dayMs);
    if (day === undefined) missed ??= dayPeriod(pair, dayMs);
    else yield day;
  }
  if (missed !== undefined) throw missing(missed);
}

/** If a day of a month's file may have more rows than are in it. */
function isDoubtful({ dayMs, answer }: ArchivedDay): boolean {
  const newestMs = answer?.candles.at(-1)?.openTimeMs;
  return newestMs === undefined || newestMs + MINUTE_MS < dayMs + DAY_MS - QUIET_MS;
}

/** A day of its own file, or as the month's file has it if that is all there is, or more of it. */
async function comparedWithOwnFile(ask: Ask, ofMonth: ArchivedDay): Promise<ArchivedDay> {
  const own = await dayOfOwnFile(ask, ofMonth.dayMs);
  if (own === undefined) return ofMonth;
  return candleCount(own) < candleCount(ofMonth) && own.answer !== undefined ? ofMonth : own;
}

function candleCount({ answer }: ArchivedDay): number {
  return answer?.candles.length ?? 0;
}

/** A day of its own file; undefined if it has none. */
async function dayOfOwnFile(ask: Ask, dayMs: number): Promise<ArchivedDay | undefined> {
  const { options, query, deadlineMs } = ask;
  const file = await fileOf(options, dayPeriod(query.pair, dayMs), deadlineMs);
  if (file === undefined) return undefined;
  let given: ArchivedDay | undefined;
  for await (const day of daysIn(options, file, { daysMs: [dayMs], isYoung: false })) given = day;
  return given;
}

function dayPeriod(pair: string, dayMs: number): Period {
  return periodOf(pair, dayMs, dayMs + DAY_MS);
}

function missing({ name }: Period): ArchiveMissingError {
  return new ArchiveMissingError(`The archive does not have ${name}.zip`);
}
