import { types } from 'cassandra-driver';
import { type Decimal, parseDecimal } from '../../domain/decimal';
import { DAY_MS } from '../../domain/interval';

/*
 * Values as Cassandra's native protocol writes them. The driver passes buffers
 * on as they are: half of what it spends on a row is its own encoding of
 * decimals, which goes through strings.
 * Source: Apache Cassandra, native_protocol_v4.spec, section 6 "Data Type Serialization Formats".
 */

/** A `text` column's value. */
export function textValue(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}

/** An `int` column's value. */
export function intValue(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** A `bigint` or `timestamp` column's value: a whole number that a double holds exactly. */
export function longValue(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeInt32BE(Math.floor(value / 0x1_0000_0000));
  bytes.writeUInt32BE(
    value >= 0 ? value % 0x1_0000_0000 : Number(BigInt.asUintN(32, BigInt(value))),
    4,
  );
  return bytes;
}

const TRUE = Buffer.of(1);
const FALSE = Buffer.of(0);

/** A `boolean` column's value. */
export function booleanValue(value: boolean): Buffer {
  return value ? TRUE : FALSE;
}

const EPOCH_DAY = 0x8000_0000;

/** A `date` column's value, of a text `YYYY-MM-DD`. */
export function dateValue(date: string): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(EPOCH_DAY + Date.parse(date) / DAY_MS);
  return bytes;
}

/** The range that six bytes hold, signed: nearly every price and volume. */
const SIX_BYTES = 2 ** 47;

/** A `decimal` column's value: the scale, then the unscaled number in as many bytes as it needs. */
export function decimalValue({ unscaled, scale }: Decimal): Buffer {
  const small = Number(unscaled);
  if (small >= -SIX_BYTES && small < SIX_BYTES) {
    const length = bytesOf(small);
    const bytes = Buffer.allocUnsafe(4 + length);
    bytes.writeInt32BE(scale);
    bytes.writeIntBE(small, 4, length);
    return bytes;
  }
  return largeDecimalValue(unscaled, scale);
}

function bytesOf(value: number): number {
  const magnitude = value < 0 ? -value - 1 : value;
  let length = 1;
  for (let limit = 0x80; magnitude >= limit; limit *= 0x100) length++;
  return length;
}

function largeDecimalValue(unscaled: bigint, scale: number): Buffer {
  const magnitude = unscaled < 0n ? -unscaled - 1n : unscaled;
  // One bit more than the magnitude has, for the sign.
  const length = Math.floor(magnitude.toString(2).length / 8) + 1;
  const hex = BigInt.asUintN(length * 8, unscaled)
    .toString(16)
    .padStart(length * 2, '0');
  const bytes = Buffer.allocUnsafe(4 + length);
  bytes.writeInt32BE(scale);
  bytes.write(hex, 4, 'hex');
  return bytes;
}

/** The longest that is read straight from its bytes: it has 59 digits at most. */
const MOST_BYTES = 24;
/** The most that a number may be read with at once. */
const NUMBER_BYTES = 6;

/** The exact value that the driver read from a `decimal` column. */
export function decimalOf(value: types.BigDecimal): Decimal {
  // The driver's own arithmetic, behind its texts, takes most of the time of an answer.
  const bytes = types.BigDecimal.toBuffer(value);
  const scale = bytes.readInt32BE();
  const length = bytes.byteLength - 4;
  const isPlain =
    scale >= 0 && scale <= MOST_BYTES && length <= MOST_BYTES && bytes.readInt8(4) >= 0;
  if (!isPlain) return parseDecimal(value.toString());
  return { unscaled: unsignedOf(bytes, length), scale };
}

function unsignedOf(bytes: Buffer, length: number): bigint {
  if (length <= NUMBER_BYTES) return BigInt(bytes.readUIntBE(4, length));
  return BigInt(`0x${bytes.toString('hex', 4)}`);
}

/** A `decimal` column of a row, exactly. */
export function decimalAt(row: types.Row, column: string): Decimal {
  if (isNull(row, column)) throw new TypeError(`its ${column} is null`);
  return decimalOf(row.get(column) as types.BigDecimal);
}

/** A `timestamp` column of a row, in UTC milliseconds. */
export function timeAt(row: types.Row, column: string): number {
  if (isNull(row, column)) throw new TypeError(`its ${column} is null`);
  return (row.get(column) as Date).getTime();
}

/** A `frozen<list<timestamp>>` column's value. */
export function timesValue(timesMs: readonly number[]): Buffer {
  const elements = timesMs.flatMap((timeMs) => [intValue(8), longValue(timeMs)]);
  return Buffer.concat([intValue(timesMs.length), ...elements]);
}

/** A `frozen<list<timestamp>>` column of a row, in UTC milliseconds; none if it has no value. */
export function timesAt(row: types.Row, column: string): number[] {
  const times = row.get(column) as readonly Date[] | null | undefined;
  return (times ?? []).map((time) => time.getTime());
}

/** A `date` column of a row: the start of the day, in UTC milliseconds. */
export function dateOf(row: types.Row, column: string): number {
  return Date.parse(`${String(row.get(column))}T00:00:00Z`);
}

/** Whether a column has no value. */
export function isNull(row: types.Row, column: string): boolean {
  const value = row.get(column) as unknown;
  return value === null || value === undefined;
}

/** The value of a `timestamp` column in milliseconds; null if it has none. */
export function timeOrNullAt(row: types.Row, column: string): number | null {
  return isNull(row, column) ? null : timeAt(row, column);
}
