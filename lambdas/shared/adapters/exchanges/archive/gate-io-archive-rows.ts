import { type Candle, timeText } from '../../../domain/candle';
import { MINUTE_MS } from '../../../domain/interval';
import { readCandle, RejectedRowError } from '../rows/read-candle';
import { type ArchiveRows, columnsOf, shown, timeColumn, wrongShape } from './archive-rows';

const SECONDS = /^\d{1,12}$/;
/** A time that a careless program has written, such as `1704067200.0` or `1.7040672e9`. */
const ANY_SECONDS = /^\d{1,12}(?:\.\d{0,12})?(?:e\+?\d{1,2})?$/i;

/** Rows `timestamp,volume,close,high,low,open`: Unix seconds, and the volume in the base currency. */
export const GATE_IO_ROWS: ArchiveRows = {
  minuteOf,
  unplacedReason: (line) => `its time ${shown(timeColumn(line))} is no whole minute in seconds`,
  candleOf,
  mayHaveHeader: false,
};

function minuteOf(line: string): number | undefined {
  const text = timeColumn(line);
  const timeMs = ANY_SECONDS.test(text) ? Number(text) * 1_000 : NaN;
  return Number.isSafeInteger(timeMs) && timeMs % MINUTE_MS === 0 ? timeMs : undefined;
}

function candleOf(line: string): Candle {
  const columns = columnsOf(line, 6);
  const [seconds = '', baseVolume = '', close = '', high = '', low = '', open = ''] = columns;
  const prices = { open, high, low, close };
  return readCandle(openTimeOf(seconds), { ...prices, baseVolume, quoteVolume: null });
}

function openTimeOf(seconds: string): number {
  if (!SECONDS.test(seconds)) {
    throw wrongShape(`its time ${shown(seconds)} is no whole number of seconds`);
  }
  const timeMs = Number(seconds) * 1_000;
  if (timeMs % MINUTE_MS === 0) return timeMs;
  throw new RejectedRowError('RejectedTimes', `its time ${timeText(timeMs)} is no whole minute`);
}
