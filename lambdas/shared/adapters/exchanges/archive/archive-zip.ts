import { crc32, inflateRawSync } from 'node:zlib';
import { LONGEST_LINE, withoutReturn } from './archive-rows';

/** A month of one-minute candles has 7 MB: more than this is no month. */
const MOST_BYTES = 64 * 1024 * 1024;
const LINES_AT_ONCE = 1_000;

const LOCAL_SIGNATURE = Buffer.from('PK\u0003\u0004');
const CENTRAL_SIGNATURE = Buffer.from('PK\u0001\u0002');
const END_SIGNATURE = Buffer.from('PK\u0005\u0006');
/** Size of the record that has the end signature, without a comment. */
const END_BYTES = 22;
/** Compression methods. */
const STORED = 0;
const DEFLATED = 8;

/** The text of a zip file, or the reason why it cannot be had. */
export type ZippedText =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly text?: undefined; readonly problem: string };

/**
 * The text of a zip file that holds one file, of a given name. It has the size and the CRC-32 that
 * the zip file declares, or there is none.
 */
export function unzippedText(zip: Uint8Array, name: string): ZippedText {
  try {
    return { text: contentOf(Buffer.from(zip.buffer, zip.byteOffset, zip.length), name) };
  } catch (cause) {
    if (!(cause instanceof DamagedZipError)) throw cause;
    return { problem: cause.message };
  }
}

class DamagedZipError extends Error {
  override readonly name = 'DamagedZipError';
}

function contentOf(zip: Buffer, name: string): string {
  const entry = onlyEntryOf(zip);
  if (entry.name !== name) {
    throw new DamagedZipError(`has ${JSON.stringify(entry.name)} in it, expected ${name}`);
  }
  if (entry.bytes > MOST_BYTES) {
    throw new DamagedZipError(`declares ${entry.bytes} bytes, more than the ${MOST_BYTES} allowed`);
  }
  const content = unpacked(entry);
  if (content.length !== entry.bytes) {
    throw new DamagedZipError(`is damaged: has ${content.length} bytes, declares ${entry.bytes}`);
  }
  if (crc32(content) !== entry.crc32) throw new DamagedZipError('is damaged: its CRC-32 is wrong');
  return content.toString('latin1');
}

/** A file in a zip file, as its central directory has it. */
interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly crc32: number;
  /** Size of its content. */
  readonly bytes: number;
  readonly packed: Buffer;
}

/**
 * Reads the headers of a zip file of one entry, which no library is needed for. Those with 64-bit
 * sizes declare more than {@link MOST_BYTES} here.
 */
function onlyEntryOf(zip: Buffer): ZipEntry {
  const end = zip.lastIndexOf(END_SIGNATURE, zip.length - END_BYTES);
  const count = end < 0 ? 0 : numberAt(zip, end + 10, 2);
  if (count !== 1) throw new DamagedZipError(`has ${count} files in it, expected one`);
  const central = numberAt(zip, end + 16, 4);
  checkSignature(zip, central, CENTRAL_SIGNATURE);
  const local = numberAt(zip, central + 42, 4);
  checkSignature(zip, local, LOCAL_SIGNATURE);
  const packedStart = local + 30 + numberAt(zip, local + 26, 2) + numberAt(zip, local + 28, 2);
  const nameStart = central + 46;
  return {
    name: zip.toString('latin1', nameStart, nameStart + numberAt(zip, central + 28, 2)),
    method: numberAt(zip, central + 10, 2),
    crc32: numberAt(zip, central + 16, 4),
    bytes: numberAt(zip, central + 24, 4),
    packed: zip.subarray(packedStart, packedStart + numberAt(zip, central + 20, 4)),
  };
}

function numberAt(zip: Buffer, offset: number, bytes: 2 | 4): number {
  if (offset + bytes <= zip.length) return zip.readUIntLE(offset, bytes);
  throw new DamagedZipError('is damaged: it is cut');
}

function checkSignature(zip: Buffer, offset: number, signature: Buffer): void {
  if (zip.subarray(offset, offset + signature.length).equals(signature)) return;
  throw new DamagedZipError('is damaged: a header is not where it belongs');
}

/** @throws DamagedZipError also as soon as there is more than the entry declares */
function unpacked({ method, packed, bytes }: ZipEntry): Buffer {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new DamagedZipError(`has the unknown compression ${method}`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(bytes, 1) });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DamagedZipError(
      `is damaged: it does not inflate to the ${bytes} bytes that it declares: ${reason}`,
      { cause },
    );
  }
}

/** The lines of a text, some at a time, each at most {@link LONGEST_LINE} characters and one, without its end. */
export async function* linesOfText(text: string): AsyncGenerator<readonly string[]> {
  const lines: string[] = [];
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const lineEnd = end < 0 ? text.length : end;
    lines.push(withoutReturn(text.slice(start, Math.min(lineEnd, start + LONGEST_LINE + 1))));
    start = lineEnd + 1;
    // In turns with whatever else there is to do.
    if (lines.length === LINES_AT_ONCE) yield await Promise.resolve(lines.splice(0));
  }
  if (lines.length > 0) yield lines;
}
