import { isIPv4 } from 'node:net';
import {
  GLOBAL_TABLE,
  int,
  OPCODES,
  type FrameContent,
  RESULT_KINDS,
  short,
  text,
} from '../../../local/keyspaces/cql-frames';

/** A column: its name and the code of its type. */
export type Column = readonly [name: string, type: number];

export function bytesOf(value: Buffer): Buffer {
  return Buffer.concat([int(value.length), value]);
}

/** An address of IP version 4, as a value. */
export function inet(address: string): Buffer {
  if (!isIPv4(address)) throw new Error(`"${address}" is no address of IP version 4`);
  return Buffer.from(address.split('.').map(Number));
}

export function errorAnswer(code: number, message: string): FrameContent {
  return { opcode: OPCODES.error, body: Buffer.concat([int(code), text(message)]) };
}

function result(kind: number, ...parts: readonly Buffer[]): FrameContent {
  return { opcode: OPCODES.result, body: Buffer.concat([int(kind), ...parts]) };
}

/** What the columns of a table are. */
function specs(keyspace: string, table: string, columns: readonly Column[]): Buffer {
  const described = columns.flatMap(([name, type]) => [text(name), short(type)]);
  return Buffer.concat([text(keyspace), text(table), ...described]);
}

export interface Table {
  readonly keyspace: string;
  readonly name: string;
  readonly columns: readonly Column[];
}

export function rowsAnswer(
  { keyspace, name, columns }: Table,
  rows: readonly (readonly (Buffer | null)[])[],
): FrameContent {
  const metadata = [int(GLOBAL_TABLE), int(columns.length), specs(keyspace, name, columns)];
  return result(RESULT_KINDS.rows, ...metadata, int(rows.length), ...rows.flat().map(valueOf));
}

/** A value of a row; null for a column without one. */
function valueOf(value: Buffer | null): Buffer {
  return value === null ? int(-1) : bytesOf(value);
}

export function keyspaceAnswer(keyspace: string): FrameContent {
  return result(RESULT_KINDS.setKeyspace, text(keyspace));
}

/** @param id what EXECUTE names the statement by */
export function preparedAnswer(
  id: string,
  { keyspace, name, columns }: Table,
  parameters: readonly Column[],
): FrameContent {
  const [noPartitionKeys, head] = [int(0), int(GLOBAL_TABLE)];
  return result(
    RESULT_KINDS.prepared,
    text(id),
    ...[head, int(parameters.length), noPartitionKeys, specs(keyspace, name, parameters)],
    ...[head, int(columns.length), specs(keyspace, name, columns)],
  );
}
