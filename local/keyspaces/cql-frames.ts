/**
 * Frames of Cassandra's native protocol, version 4, which Keyspaces speaks.
 * Source: "native_protocol_v4.spec" of Apache Cassandra.
 */

/** The version that is understood. */
export const VERSION = 0x04;

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
  batch: 0x0d,
  authChallenge: 0x0e,
  authResponse: 0x0f,
  authSuccess: 0x10,
} as const;

/** What a RESULT holds, by the number at its start. */
export const RESULT_KINDS = { rows: 2, setKeyspace: 3, prepared: 4 } as const;
/** Flag of a RESULT whose columns are all of one table. */
export const GLOBAL_TABLE = 0x01;

const RESPONSE = 0x80;
const COMPRESSED = 0x01;
const HEADER_BYTES = 9;
const LENGTH_AT = 5;

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

/** What a response says, before it is a frame. */
export interface FrameContent {
  readonly opcode: number;
  readonly body: Buffer;
}

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

/** The frame of a response to a request. */
export function responseFrame({ stream }: Frame, { opcode, body }: FrameContent): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(VERSION | RESPONSE, 0);
  header.writeInt16BE(stream, 2);
  header.writeUInt8(opcode, 4);
  header.writeUInt32BE(body.length, LENGTH_AT);
  return Buffer.concat([header, body]);
}

/** The protocol's `[short]`. */
export function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** The protocol's `[int]`. */
export function int(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

/** The protocol's `[string]`. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([short(bytes.length), bytes]);
}

/** Reads the protocol's types out of a body, one after the other. */
export class BodyReader {
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
