import { csvHeader, csvRows } from '../../cli/csv';
import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import { CANDLE_COLUMNS, type CandleColumn, type ExportedCandle } from './candle-columns';
import type { ByteSink, CandleFile } from './candle-file';

const NAMES = CANDLE_COLUMNS.map(({ name }) => name);

/** A CSV file of candles: times in ISO 8601, decimals digit by digit as they are stored, null as nothing. */
export function createCsvFile(sink: ByteSink): CandleFile {
  let isEmpty = true;
  const writeHeader = async () => {
    if (!isEmpty) return;
    isEmpty = false;
    await sink.write(Buffer.from(csvHeader(NAMES), 'utf8'));
  };
  return {
    async append(candles) {
      await writeHeader();
      await sink.write(Buffer.from(csvRows(NAMES, candles.map(fieldsOf)), 'utf8'));
    },
    finish: writeHeader,
  };
}

function fieldsOf(candle: ExportedCandle): Record<string, string> {
  return Object.fromEntries(CANDLE_COLUMNS.map((column) => [column.name, textOf(column, candle)]));
}

function textOf(column: CandleColumn, candle: ExportedCandle): string {
  switch (column.kind) {
    case 'time':
      return new Date(column.valueOf(candle)).toISOString();
    case 'decimal':
      return formatDecimal(column.valueOf(candle));
    case 'nullable decimal': {
      const value = column.valueOf(candle);
      return value === null ? '' : formatDecimal(value);
    }
    case 'count':
    case 'flag':
    case 'text':
      return String(column.valueOf(candle));
  }
}
