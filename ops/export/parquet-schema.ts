import type { SchemaElement } from 'hyparquet-writer';
import { CANDLE_COLUMNS, type CandleColumn } from './candle-columns';
import { DECIMAL_PRECISION, DECIMAL_SCALE } from './parquet-decimal';

const DECIMAL_BYTES = 16;

const DECIMAL = {
  type: 'FIXED_LEN_BYTE_ARRAY',
  type_length: DECIMAL_BYTES,
  converted_type: 'DECIMAL',
  precision: DECIMAL_PRECISION,
  scale: DECIMAL_SCALE,
  logical_type: { type: 'DECIMAL', precision: DECIMAL_PRECISION, scale: DECIMAL_SCALE },
} as const satisfies Partial<SchemaElement>;

/** The schema of the columns of a candle, after that of the row itself. */
export const CANDLE_SCHEMA: SchemaElement[] = [
  { name: 'candles', num_children: CANDLE_COLUMNS.length },
  ...CANDLE_COLUMNS.map(elementOf),
];

function elementOf({ name, kind }: CandleColumn): SchemaElement {
  const required = { name, repetition_type: 'REQUIRED' } as const;
  switch (kind) {
    case 'time':
      return {
        ...required,
        type: 'INT64',
        converted_type: 'TIMESTAMP_MICROS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
      };
    case 'decimal':
      return { ...required, ...DECIMAL };
    case 'nullable decimal':
      return { ...required, ...DECIMAL, repetition_type: 'OPTIONAL' };
    case 'count':
      return { ...required, type: 'INT32' };
    case 'flag':
      return { ...required, type: 'BOOLEAN' };
    case 'text':
      return {
        ...required,
        type: 'BYTE_ARRAY',
        converted_type: 'UTF8',
        logical_type: { type: 'STRING' },
      };
  }
}
