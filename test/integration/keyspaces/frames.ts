import { isIPv4 } from 'node:net';

// Source: the CQL binary protocol v4, "native_protocol_v4.spec" of Apache Cassandra.
const VERSION = 0x04;
const ANSWER = 0x80;
const HEADER_BYTES = 9;
const LENGTH_AT = 5;
const GLOBAL_TABLE = 1;
const KINDS = { rows: 2, setKeyspace: 3, prepared: 4 };

export const OPCODES = {
  error: 0x00,
  startup: 0x01,
  ready: 0x02,
  authenticate: 0x03,
  options: 0x05,
  supported: 0x06,
  query: 0x07,
  result: 0x08,
  prepare: 0x09,
  execute: 0x0a,
  register: 0x0b,
  authChallenge: 0x0e,
  authResponse: 0x0f,
  authSuccess: 0x10,
};

/** What a client asks: one frame of the native protocol. */
export interface Request {
  readonly version: number;
  readonly stream: number;
  readonly opcode: number;
  readonly body: Buffer;
}

/** What it is answered. */
export interface Answer {
  readonly opcode: number;
  readonly body: Buffer;
}

/** A column: its name and the code of its type. */
export type Column = readonly [name: string, type: number];

/** The requests that are whole, and the bytes that are left of the next. */
export function requestsIn(bytes: Buffer): { requests: Request[]; rest: Buffer } {
  const requests: Request[] = [];
  let rest = bytes;
  while (rest.length >= HEADER_BYTES) {
    const end = HEADER_BYTES + rest.readUInt32BE(LENGTH_AT);
    if (rest.length < end) break;
    requests.push({
      version: rest.readUInt8(0),
      stream: rest.readInt16BE(2),
      opcode: rest.readUInt8(4),
      body: rest.subarray(HEADER_BYTES, end),
    });
    rest = rest.subarray(end);
  }
  return { requests, rest };
}

/** Whether the request is of the version that Keyspaces speaks. */
export function isSpoken({ version }: Request): boolean {
  return version === VERSION;
}

/** An answer as a frame. */
export function frame({ stream }: Request, { opcode, body }: Answer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION | ANSWER, 0);
  header.writeInt16BE(stream, 2);
  header.writeUInt8(opcode, 4);
  header.writeUInt32BE(body.length, LENGTH_AT);
  return Buffer.concat([header, body]);
}

/** The text of a QUERY or of a PREPARE. */
export function queryOf({ body }: Request): string {
  return body.toString('utf8', 4, 4 + body.readInt32BE(0));
}

/** What an AUTH_RESPONSE holds. */
export function tokenOf({ body }: Request): string {
  return body.toString('utf8', 4, 4 + body.readInt32BE(0));
}

export function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([short(bytes.length), bytes]);
}

export function bytesOf(value: Buffer): Buffer {
  return Buffer.concat([int(value.length), value]);
}

/** An address of IP version 4, as a value. */
export function inet(address: string): Buffer {
  if (!isIPv4(address)) throw new Error(`"${address}" is no address of IP version 4`);
  return Buffer.from(address.split('.').map(Number));
}

export function errorAnswer(code: number, message: string): Answer {
  return { opcode: OPCODES.error, body: Buffer.concat([int(code), text(message)]) };
}

function result(kind: number, ...parts: readonly Buffer[]): Answer {
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
): Answer {
  const metadata = [int(GLOBAL_TABLE), int(columns.length), specs(keyspace, name, columns)];
  return result(KINDS.rows, ...metadata, int(rows.length), ...rows.flat().map(valueOf));
}

/** A value of a row; null for a column without one. */
function valueOf(value: Buffer | null): Buffer {
  return value === null ? int(-1) : bytesOf(value);
}

export function keyspaceAnswer(keyspace: string): Answer {
  return result(KINDS.setKeyspace, text(keyspace));
}

/** @param id what EXECUTE names the statement by */
export function preparedAnswer(
  id: string,
  { keyspace, name, columns }: Table,
  parameters: readonly Column[],
): Answer {
  const [noPartitionKeys, head] = [int(0), int(GLOBAL_TABLE)];
  return result(
    KINDS.prepared,
    text(id),
    ...[head, int(parameters.length), noPartitionKeys, specs(keyspace, name, parameters)],
    ...[head, int(columns.length), specs(keyspace, name, columns)],
  );
}
