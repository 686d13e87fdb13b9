/**
 * Writes in requests of Cassandra's native protocol.
 * Source: "native_protocol_v4.spec" of Apache Cassandra, the version that
 * Keyspaces speaks.
 */

/** A frame: a request, or a response. */
export interface Frame {
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

const VERSION = 0x04;
const RESPONSE = 0x80;
const COMPRESSED = 0x01;
const HEADER_BYTES = 9;
const LENGTH_AT = 5;
const PREPARED = 4;
const GLOBAL_TABLE = 0x01;
const HAS_VALUES = 0x01;
const WRITE_TIMEOUT = 0x1100;
const LOCAL_QUORUM = 6;

/** A client speaks what cannot be read here. */
export class UnreadableProtocolError extends Error {
  override readonly name = 'UnreadableProtocolError';
}

/**
 * The frames that are whole, and the bytes that are left of the next.
 *
 * @throws UnreadableProtocolError if a frame is of another version, or compressed
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
  const version = bytes.readUInt8(0) & ~RESPONSE;
  const flags = bytes.readUInt8(1);
  if (version !== VERSION || (flags & COMPRESSED) !== 0) {
    throw new UnreadableProtocolError(
      `A frame of version ${version} with flags ${flags} cannot be read; expected version ${VERSION}, not compressed`,
    );
  }
  return {
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
export function writeTimeout({ stream }: Frame, message: string): Buffer {
  const body = Buffer.concat([
    int(WRITE_TIMEOUT),
    text(message),
    short(LOCAL_QUORUM),
    int(0),
    int(2),
    text('SIMPLE'),
  ]);
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
