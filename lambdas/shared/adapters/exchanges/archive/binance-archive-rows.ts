import { type Candle, timeText } from '../../../domain/candle';
import { MINUTE_MS } from '../../../domain/interval';
import { checkTradeCount, readCandle, RejectedRowError } from '../rows/read-candle';
import { type ArchiveRows, columnsOf, shown, timeColumn, wrongShape } from './archive-rows';

/** The first day whose files have microseconds: all before have milliseconds. */
const MICROSECONDS_SINCE_MS = Date.UTC(2025, 0, 1);
const COLUMNS = 12;
const WHOLE = /^\d{1,17}$/;

/**
 * Rows of twelve columns, as the API has them, but all texts. The unit of their times follows from
 * the period of the file, and is not guessed from the number.
 *
 * @param periodMs start of the month or day that the file has
 */
export function binanceRows(periodMs: number): ArchiveRows {
  const isMicroseconds = periodMs >= MICROSECONDS_SINCE_MS;
  const perMs = isMicroseconds ? 1_000 : 1;
  const unit = isMicroseconds ? 'microseconds' : 'milliseconds';
  const timeOf = (text: string) => (WHOLE.test(text) ? Number(text) / perMs : NaN);
  return {
    minuteOf: (line) => {
      const timeMs = timeOf(timeColumn(line));
      return Number.isSafeInteger(timeMs) && timeMs % MINUTE_MS === 0 ? timeMs : undefined;
    },
    unplacedReason: (line) => `its time ${shown(timeColumn(line))} is no whole minute in ${unit}`,
    candleOf: (line) => candleOf(line, timeOf),
    mayHaveHeader: true,
  };
}

function candleOf(line: string, timeOf: (text: string) => number): Candle {
  const columns = columnsOf(line, COLUMNS);
  const [openTime = '', open = '', high = '', low = '', close = '', baseVolume = ''] = columns;
  const [closeTime = '', quoteVolume = '', trades = ''] = columns.slice(6);
  const openTimeMs = timeOf(openTime);
  if (!Number.isSafeInteger(openTimeMs) || openTimeMs % MINUTE_MS !== 0) {
    throw new RejectedRowError(
      'RejectedTimes',
      `its time ${timeText(openTimeMs)} is no whole minute`,
    );
  }
  // The last millisecond, or microsecond, of its minute.
  if (Math.floor(timeOf(closeTime)) !== openTimeMs + MINUTE_MS - 1) {
    throw wrongShape(`its close time ${shown(closeTime)} is not the end of its minute`);
  }
  if (!WHOLE.test(trades)) throw wrongShape(`its trades ${shown(trades)} are no whole number`);
  const prices = { open, high, low, close };
  const candle = readCandle(openTimeMs, { ...prices, baseVolume, quoteVolume });
  checkTradeCount(candle, Number(trades));
  return candle;
}
