import { readFileSync } from 'node:fs';
import {
  type FileMetaData,
  parquetMetadata,
  parquetReadObjects,
  type SchemaElement,
} from 'hyparquet';
import { formatDecimal } from '../../../lambdas/shared/domain/decimal';

/** A row of an exported file, with the digits that the file has. */
export type ExportedRow = Readonly<Record<string, string | number | boolean | null>>;

/** What a Parquet file holds, and what it says of itself. */
export interface ReadParquet {
  readonly metadata: FileMetaData;
  readonly rows: readonly ExportedRow[];
}

/** Reads a Parquet file; decimals as texts with all 18 digits behind the point. */
export async function readParquet(path: string): Promise<ReadParquet> {
  const file = new Uint8Array(readFileSync(path)).buffer;
  const metadata = parquetMetadata(file);
  const schema = metadata.schema.map(withRawDecimal);
  const rows = await parquetReadObjects({ file, metadata: { ...metadata, schema } });
  return { metadata, rows: rows.map(exportedRow) };
}

/** The reader makes floats of decimals: it is not told that they are some. */
function withRawDecimal(element: SchemaElement): SchemaElement {
  if (element.converted_type !== 'DECIMAL') return element;
  const { name, type, type_length, repetition_type } = element;
  return { name, type, type_length, repetition_type };
}

function exportedRow(row: Record<string, unknown>): ExportedRow {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cellOf(value)]));
}

function cellOf(value: unknown): ExportedRow[string] {
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return decimalText(value);
  if (value === undefined || value === null) return null;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  throw new TypeError(`Expected no ${typeof value} in an exported file`);
}

/** Big-endian two's complement in units of 10^-18. */
function decimalText(bytes: Uint8Array): string {
  const unsigned = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  return formatDecimal({ unscaled: BigInt.asIntN(bytes.length * 8, unsigned), scale: 18 });
}

/** Reads a CSV file whose fields need no quotes. */
export function readCsv(path: string): readonly ExportedRow[] {
  const [header = '', ...lines] = readFileSync(path, 'utf8').split('\r\n');
  expect(lines.pop()).toBe('');
  const names = header.split(',');
  return lines.map((line) => {
    const fields = line.split(',');
    expect(fields).toHaveLength(names.length);
    return Object.fromEntries(names.map((name, index) => [name, fields[index] ?? null]));
  });
}
