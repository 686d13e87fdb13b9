import type { StoredCandle } from '../../lambdas/shared/adapters/database/stored-candles';
import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import type { ShowFormat } from './show-request';
import { csvLines } from '../../cli/csv';
import { jsonLines } from '../../cli/json-lines';
import { type Column, tableLines } from '../../cli/text-table';
import { minuteText } from '../../cli/utc-time';

/** The text of candles in a format, with its final line end. */
export function formatCandles(format: ShowFormat, candles: readonly StoredCandle[]): string {
  switch (format) {
    case 'table':
      return candleTable(candles);
    case 'json':
      return jsonLines(candles.map(printed));
    case 'csv':
      return candleCsv(candles);
  }
}

const TABLE_COLUMNS: readonly Column[] = [
  { heading: 'open time (UTC)', align: 'left' },
  { heading: 'open', align: 'right' },
  { heading: 'high', align: 'right' },
  { heading: 'low', align: 'right' },
  { heading: 'close', align: 'right' },
  { heading: 'base volume', align: 'right' },
  { heading: 'quote volume', align: 'right' },
  { heading: 'minutes', align: 'right' },
  { heading: 'closed', align: 'left' },
];

/** A table for people; without candles it has no rows. */
function candleTable(candles: readonly StoredCandle[]): string {
  const rows = candles.map((candle) => [
    minuteText(candle.openTimeMs),
    formatDecimal(candle.open),
    formatDecimal(candle.high),
    formatDecimal(candle.low),
    formatDecimal(candle.close),
    formatDecimal(candle.baseVolume),
    candle.quoteVolume === null ? 'unknown' : formatDecimal(candle.quoteVolume),
    String(candle.minuteCount),
    candle.closed ? 'yes' : 'no',
  ]);
  return `${tableLines(TABLE_COLUMNS, rows).join('\n')}\n`;
}

/** A candle as JSON and CSV have it: ISO times, decimals as strings. */
interface PrintedCandle {
  readonly openTime: string;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly baseVolume: string;
  /** Null if it is unknown. */
  readonly quoteVolume: string | null;
  readonly minutes: number;
  readonly closed: boolean;
  readonly observedAt: string;
  readonly source: string;
}

function printed({ openTimeMs, observedAtMs, ...candle }: StoredCandle): PrintedCandle {
  return {
    openTime: new Date(openTimeMs).toISOString(),
    open: formatDecimal(candle.open),
    high: formatDecimal(candle.high),
    low: formatDecimal(candle.low),
    close: formatDecimal(candle.close),
    baseVolume: formatDecimal(candle.baseVolume),
    quoteVolume: candle.quoteVolume === null ? null : formatDecimal(candle.quoteVolume),
    minutes: candle.minuteCount,
    closed: candle.closed,
    observedAt: new Date(observedAtMs).toISOString(),
    source: candle.source,
  };
}

const CSV_COLUMNS = [
  ...(['openTime', 'open', 'high', 'low', 'close', 'baseVolume', 'quoteVolume'] as const),
  ...(['minutes', 'closed', 'observedAt', 'source'] as const),
] satisfies (keyof PrintedCandle)[];

function candleCsv(candles: readonly StoredCandle[]): string {
  return csvLines(CSV_COLUMNS, candles.map(printed));
}
