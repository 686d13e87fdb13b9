import { compareDecimals, parseDecimal } from '../../../lambdas/shared/domain/decimal';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { plainDecimal, volumeProduct } from './exact-decimals';
import { failureText } from '../../../cli/failure-text';
import type { ExchangeCandle } from './exchange-candle';

const JSON_STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const ROW_FIELDS = 6;
const WHOLE_NUMBER = /^\d{1,15}$/;

/** A recorded file is unusable; the message names the file, the row, the value, and the remedy. */
export class RecordedCandlesError extends Error {
  override readonly name = 'RecordedCandlesError';
}

/** The positions of the columns in a row, and the unit of its time. */
interface RowLayout {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly baseVolume: number;
  readonly timeUnitMs: number;
  readonly described: string;
}

const JSON_LAYOUT: RowLayout = {
  time: 0,
  open: 1,
  high: 2,
  low: 3,
  close: 4,
  baseVolume: 5,
  timeUnitMs: 1,
  described: '[openTimeMs, open, high, low, close, baseVolume]',
};

const ARCHIVE_LAYOUT: RowLayout = {
  time: 0,
  baseVolume: 1,
  close: 2,
  high: 3,
  low: 4,
  open: 5,
  timeUnitMs: 1_000,
  described: 'timestamp (Unix seconds), volume, close, high, low, open',
};

/**
 * Reads JSON rows `[openTimeMs, open, high, low, close, baseVolume]`. Numbers are
 * taken from the text, digit by digit (`9.818e-05` is `0.00009818`): none of them
 * ever is a floating-point number. As there is no quote volume in the file, it is
 * baseVolume x close, exact, rounded half up to 8 decimals.
 *
 * @throws RecordedCandlesError
 */
export function readJsonRows(file: string, text: string): ExchangeCandle[] {
  const rows = parsedJson(file, text);
  if (!Array.isArray(rows)) {
    throw new RecordedCandlesError(
      `${file}: expected a JSON array of rows ${JSON_LAYOUT.described}, found ${shown(rows)}; export it again`,
    );
  }
  return rows.map((row: unknown, index) => parseRow(row, JSON_LAYOUT, `${file}, row ${index + 1}`));
}

/**
 * Reads the rows of Gate.io's monthly archive, `timestamp,volume,close,high,low,open`
 * without a header: Unix seconds, and the volume in the base currency. The quote
 * volume is made as in {@link readJsonRows}.
 *
 * @throws RecordedCandlesError
 */
export function readArchiveRows(file: string, text: string): ExchangeCandle[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => {
    const fields = line.split(',').map((field) => field.trim());
    return parseRow(fields, ARCHIVE_LAYOUT, `${file}, row ${index + 1}`);
  });
}

function parsedJson(file: string, text: string): unknown {
  const quoted = text.replace(JSON_STRING_OR_NUMBER, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  try {
    return JSON.parse(quoted);
  } catch (cause) {
    throw new RecordedCandlesError(`${file} is not JSON (${failureText(cause)}); export it again`, {
      cause,
    });
  }
}

function parseRow(row: unknown, layout: RowLayout, where: string): ExchangeCandle {
  if (!Array.isArray(row) || row.length !== ROW_FIELDS) {
    throw new RecordedCandlesError(
      `${where}: expected the ${ROW_FIELDS} values ${layout.described}, found ${shown(row)}; correct or remove the row`,
    );
  }
  const field = (index: number, name: string) => decimalField(row[index], name, where);
  const close = field(layout.close, 'close');
  const baseVolume = field(layout.baseVolume, 'base volume');
  const candle: ExchangeCandle = {
    openTimeMs: openTimeMs(row[layout.time], layout, where),
    open: field(layout.open, 'open'),
    high: field(layout.high, 'high'),
    low: field(layout.low, 'low'),
    close,
    baseVolume,
    quoteVolume: volumeProduct(baseVolume, close),
  };
  checkPrices(candle, where);
  return candle;
}

function openTimeMs(value: unknown, { timeUnitMs }: RowLayout, where: string): number {
  const timeMs =
    typeof value === 'string' && WHOLE_NUMBER.test(value) ? Number(value) * timeUnitMs : NaN;
  if (!Number.isSafeInteger(timeMs) || timeMs % MINUTE_MS !== 0) {
    const unit = timeUnitMs === 1 ? 'milliseconds' : 'seconds';
    throw new RecordedCandlesError(
      `${where}: the time ${shown(value)} is not a whole minute in Unix ${unit}; use one-minute candles only`,
    );
  }
  return timeMs;
}

function decimalField(value: unknown, name: string, where: string): string {
  try {
    if (typeof value === 'string' && !value.startsWith('-')) return plainDecimal(value);
  } catch (cause) {
    throw notADecimal(value, name, where, { cause });
  }
  throw notADecimal(value, name, where);
}

function notADecimal(
  value: unknown,
  name: string,
  where: string,
  options?: ErrorOptions,
): RecordedCandlesError {
  return new RecordedCandlesError(
    `${where}: the ${name} ${shown(value)} is not a decimal number of at least 0; correct or remove the row`,
    options,
  );
}

function checkPrices({ open, high, low, close }: ExchangeCandle, where: string): void {
  const [lowest, highest] = [parseDecimal(low), parseDecimal(high)];
  const between = [open, close].every((price) => {
    const value = parseDecimal(price);
    return compareDecimals(lowest, value) <= 0 && compareDecimals(value, highest) <= 0;
  });
  if (between && lowest.unscaled > 0n) return;
  throw new RecordedCandlesError(
    `${where}: open ${open}, high ${high}, low ${low}, close ${close} are invalid: expected 0 < low <= open, close <= high; correct or remove the row`,
  );
}

function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}...` : text;
}
