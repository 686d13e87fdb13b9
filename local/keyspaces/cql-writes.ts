/**
 * Writes in requests of Cassandra's native protocol.
 * Source: "native_protocol_v4.spec" of Apache Cassandra, the version that
 * Keyspaces speaks.
 */

/** A frame: a request, or a response. */
export interface Frame {
  /** Without the bit that says which of the two it is. */
  readonly version: number;
  readonly stream: number;
  readonly opcode: number;
  readonly body: Buffer;
  /** The whole frame. */
  readonly bytes: Buffer;
}

/** A row that is written or deleted. */
export interface RowWrite {
  readonly table: string;
  /** Its partition, as text; undefined if the statement does not name one. */
  readonly partition: string | undefined;
}

/** A statement that was prepared. */
export interface PreparedStatement {
  readonly id: string;
  readonly table: string;
  /** Indexes of the values that are the partition key. */
  readonly partitionIndexes: readonly number[];
}

export const OPCODES = {
  error: 0x00,
  result: 0x08,
  prepare: 0x09,
  execute: 0x0a,
  batch: 0x0d,
} as const;

/** The version that is understood. */
export const VERSION = 0x04;

const RESPONSE = 0x80;
const COMPRESSED = 0x01;
const HEADER_BYTES = 9;
const LENGTH_AT = 5;
const PREPARED = 4;
const GLOBAL_TABLE = 0x01;
const HAS_VALUES = 0x01;
const PROTOCOL_ERROR = 0x000a;
const WRITE_TIMEOUT = 0x1100;
const LOCAL_QUORUM = 6;

/** A client compresses its frames. */
export class CompressedFrameError extends Error {
  override readonly name = 'CompressedFrameError';
}

/**
 * The frames that are whole, and the bytes that are left of the next.
 *
 * @throws CompressedFrameError
 */
export function framesIn(bytes: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  while (rest.length >= HEADER_BYTES) {
    const end = HEADER_BYTES + rest.readUInt32BE(LENGTH_AT);
    if (rest.length < end) break;
    frames.push(readFrame(rest.subarray(0, end)));
    rest = rest.subarray(end);
  }
  return { frames, rest };
}

function readFrame(bytes: Buffer): Frame {
  if ((bytes.readUInt8(1) & COMPRESSED) !== 0) {
    throw new CompressedFrameError(
      'A compressed frame cannot be read; leave the compression of the driver off',
    );
  }
  return {
    version: bytes.readUInt8(0) & ~RESPONSE,
    stream: bytes.readInt16BE(2),
    opcode: bytes.readUInt8(4),
    body: bytes.subarray(HEADER_BYTES),
    bytes,
  };
}

/** The text of a PREPARE. */
export function preparedQuery({ body }: Frame): string {
  return new BodyReader(body).longText();
}

/** The statement that a RESULT says is prepared; undefined if it says something else. */
export function preparedStatement({ body }: Frame): PreparedStatement | undefined {
  const reader = new BodyReader(body);
  if (reader.int() !== PREPARED) return undefined;
  const id = reader.shortBytes().toString('hex');
  const flags = reader.int();
  reader.int();
  const partitionIndexes = Array.from({ length: reader.int() }, () => reader.short());
  if ((flags & GLOBAL_TABLE) === 0) return { id, table: '', partitionIndexes };
  reader.shortBytes();
  return { id, table: reader.shortBytes().toString(), partitionIndexes };
}

/** The rows that an EXECUTE or a BATCH writes; `prepared` holds the statements that write. */
export function rowWrites(
  { opcode, body }: Frame,
  prepared: ReadonlyMap<string, PreparedStatement>,
): RowWrite[] {
  const reader = new BodyReader(body);
  if (opcode === OPCODES.execute) return executedWrites(reader, prepared);
  return opcode === OPCODES.batch ? batchedWrites(reader, prepared) : [];
}

function executedWrites(
  reader: BodyReader,
  prepared: ReadonlyMap<string, PreparedStatement>,
): RowWrite[] {
  const statement = prepared.get(reader.shortBytes().toString('hex'));
  if (statement === undefined) return [];
  reader.short();
  const hasValues = (reader.byte() & HAS_VALUES) !== 0;
  return [rowWrite(statement, hasValues ? reader.values() : [])];
}

function batchedWrites(
  reader: BodyReader,
  prepared: ReadonlyMap<string, PreparedStatement>,
): RowWrite[] {
  reader.byte();
  return Array.from({ length: reader.short() }, () => {
    const isPrepared = reader.byte() === 1;
    const id = isPrepared ? reader.shortBytes().toString('hex') : reader.longText();
    const statement = prepared.get(id) ?? { id, table: '', partitionIndexes: [] };
    return rowWrite(statement, reader.values());
  });
}

function rowWrite(
  { table, partitionIndexes }: PreparedStatement,
  values: readonly Buffer[],
): RowWrite {
  const key = partitionIndexes.map((index) => values[index]?.toString('hex') ?? '');
  return { table, partition: key.length === 0 ? undefined : key.join(':') };
}

/** The response of Keyspaces to a write beyond the capacity: a write timeout that no replica acknowledged. */
export function writeTimeout(request: Frame, message: string): Buffer {
  const details = [short(LOCAL_QUORUM), int(0), int(2), text('SIMPLE')];
  return errorResponse(request, [int(WRITE_TIMEOUT), text(message), ...details]);
}

/** The response to a request of another version: the client tries a lower one. */
export function versionRefusal(request: Frame): Buffer {
  const message = `Invalid or unsupported protocol version (${request.version}); supported: ${VERSION}/v${VERSION}`;
  return errorResponse(request, [int(PROTOCOL_ERROR), text(message)]);
}

function errorResponse({ stream }: Frame, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION | RESPONSE, 0);
  header.writeInt16BE(stream, 2);
  header.writeUInt8(OPCODES.error, 4);
  header.writeUInt32BE(body.length, LENGTH_AT);
  return Buffer.concat([header, body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([short(bytes.length), bytes]);
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** Reads the protocol's types out of a body, one after the other. */
class BodyReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  byte(): number {
    return this.#bytes.readUInt8(this.#advance(1));
  }

  short(): number {
    return this.#bytes.readUInt16BE(this.#advance(2));
  }

  int(): number {
    return this.#bytes.readInt32BE(this.#advance(4));
  }

  shortBytes(): Buffer {
    return this.#read(this.short());
  }

  longText(): string {
    return this.#read(this.int()).toString();
  }

  /** Values of a statement; one that is null or not set is empty. */
  values(): Buffer[] {
    return Array.from({ length: this.short() }, () => this.#read(Math.max(0, this.int())));
  }

  #read(bytes: number): Buffer {
    const from = this.#advance(bytes);
    return this.#bytes.subarray(from, from + bytes);
  }

  #advance(bytes: number): number {
    const from = this.#at;
    this.#at += bytes;
    return from;
  }
}
