import { formatDecimal } from '../../shared/domain/decimal';
import { timeText } from '../http/texts';
import type { CandleView } from './candles-view';

/** A candle as it is written: times in ISO 8601, decimals digit by digit. */
export interface CandleTexts {
  time: string;
  open: string;
  high: string;
  low: string;
  close: string;
  baseVolume: string;
  quoteVolume: string | null;
  minutes: number;
  closed: boolean;
  final: boolean;
  filled?: true;
}

/** A candle as it is written. */
export function candleTexts(candle: CandleView): CandleTexts {
  return {
    time: timeText(candle.openTimeMs),
    open: formatDecimal(candle.open),
    high: formatDecimal(candle.high),
    low: formatDecimal(candle.low),
    close: formatDecimal(candle.close),
    baseVolume: formatDecimal(candle.baseVolume),
    quoteVolume: candle.quoteVolume === null ? null : formatDecimal(candle.quoteVolume),
    minutes: candle.minuteCount,
    closed: candle.closed,
    final: candle.final,
    ...(candle.filled === true ? { filled: true } : {}),
  };
}

const CSV_COLUMNS = [
  'time',
  'open',
  'high',
  'low',
  'close',
  'baseVolume',
  'quoteVolume',
  'minutes',
  'closed',
  'final',
] as const;

/** Candles as RFC 4180 has them: a header, CRLF after each line. No field needs quotes; what is not known is empty. */
export function candlesCsv(candles: readonly CandleView[], withFilled: boolean): string {
  const header = withFilled ? [...CSV_COLUMNS, 'filled'] : CSV_COLUMNS;
  const lines = candles.map((candle) => csvLine(candleTexts(candle), withFilled));
  return `${[header.join(','), ...lines].join('\r\n')}\r\n`;
}

function csvLine(texts: CandleTexts, withFilled: boolean): string {
  const fields = CSV_COLUMNS.map((column) => String(texts[column] ?? ''));
  if (withFilled) fields.push(String(texts.filled === true));
  return fields.join(',');
}
