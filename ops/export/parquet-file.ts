import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import { type Decimal, formatDecimal } from '../../lambdas/shared/domain/decimal';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import { OperationError } from '../operation-error';
import { CANDLE_COLUMNS, type CandleColumn, type ExportedCandle } from './candle-columns';
import type { ByteSink, CandleFile, CandleFileContent } from './candle-file';
import { DECIMAL_PRECISION, DECIMAL_SCALE, unscaledDecimal } from './parquet-decimal';
import { CANDLE_SCHEMA } from './parquet-schema';

/** A row group is written at once: what a reader skips or reads as a whole, and the most that is in memory. */
const ROW_GROUP_ROWS = 50_000;
const US_PER_MS = 1_000n;

type Cell = bigint | number | boolean | string | null;

/**
 * A Parquet file of candles: times in UTC microseconds, decimals as
 * `decimal(38,18)`, compressed by Snappy.
 *
 * @param rowGroupRows the most rows of a row group
 */
export function createParquetFile(
  content: CandleFileContent,
  sink: ByteSink,
  rowGroupRows = ROW_GROUP_ROWS,
): CandleFile {
  const writer = new SinkWriter(sink);
  const parquet = new ParquetWriter({
    writer,
    schema: CANDLE_SCHEMA,
    kvMetadata: metadataOf(content),
  });
  let columns = emptyColumns();
  let rowCount = 0;
  const writeRows = async () => {
    if (rowCount === 0) return;
    const columnData = CANDLE_COLUMNS.map(({ name }, index) => ({
      name,
      data: columns[index] ?? [],
    }));
    await parquet.write({ columnData, rowGroupSize: rowCount });
    columns = emptyColumns();
    rowCount = 0;
  };
  return {
    async append(candles) {
      for (const candle of candles) {
        CANDLE_COLUMNS.forEach((column, index) => {
          columns[index]?.push(cellOf(column, candle, content));
        });
        rowCount++;
        if (rowCount === rowGroupRows) await writeRows();
      }
    },
    async finish() {
      await writeRows();
      await parquet.finish();
      await writer.flush();
    },
  };
}

function emptyColumns(): Cell[][] {
  return CANDLE_COLUMNS.map(() => []);
}

/** Hands on what is encoded after each row group, so that no more than one is in memory. */
class SinkWriter extends ByteWriter {
  readonly #sink: ByteSink;

  constructor(sink: ByteSink) {
    super();
    this.#sink = sink;
  }

  async flush(): Promise<void> {
    await this.#sink.write(this.getBytes());
    this.index = 0;
  }
}

/** Says what the file holds, so that it can be told from its neighbours without its name. */
function metadataOf({ market, interval, fromMs, toMs }: CandleFileContent) {
  return [
    { key: 'candlestream.market', value: marketKey(market) },
    { key: 'candlestream.interval', value: interval },
    { key: 'candlestream.from', value: new Date(fromMs).toISOString() },
    { key: 'candlestream.to', value: new Date(toMs).toISOString() },
  ];
}

function cellOf(column: CandleColumn, candle: ExportedCandle, content: CandleFileContent): Cell {
  switch (column.kind) {
    case 'time':
      return BigInt(column.valueOf(candle)) * US_PER_MS;
    case 'decimal':
    case 'nullable decimal': {
      const value = column.valueOf(candle);
      return value === null ? null : fitting(value, { column: column.name, candle, content });
    }
    case 'count':
    case 'flag':
    case 'text':
      return column.valueOf(candle);
  }
}

interface CellPlace {
  readonly column: string;
  readonly candle: ExportedCandle;
  readonly content: { readonly market: Market; readonly interval: string };
}

function fitting(value: Decimal, { column, candle, content }: CellPlace): bigint {
  const units = unscaledDecimal(value);
  if (units !== undefined) return units;
  const whole = DECIMAL_PRECISION - DECIMAL_SCALE;
  throw new OperationError(
    `The ${content.interval} candle of ${marketKey(content.market)} that opens at ${new Date(candle.openTimeMs).toISOString()} has the ${column} ${formatDecimal(value)}, which does not fit Parquet's decimal(${DECIMAL_PRECISION},${DECIMAL_SCALE}) (${whole} digits before the point, ${DECIMAL_SCALE} behind it): export CSV, such as --out candles.csv`,
  );
}
