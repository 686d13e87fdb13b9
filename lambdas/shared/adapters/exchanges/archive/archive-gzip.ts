import { constants, createGunzip } from 'node:zlib';
import * as v from 'valibot';
import { LONGEST_LINE, withoutReturn } from './archive-rows';

/** A month of one-minute candles has 3 MB: more than this is no month. */
const MOST_BYTES = 64 * 1024 * 1024;

/** End of a gzip file: as it should be; too early; or it is damaged, with the reason. */
export type GzipEnd =
  | { readonly kind: 'whole' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'damaged'; readonly reason: string };

/**
 * Unzips a whole file once, its check sum included, and keeps nothing of it: what
 * is wrong at its end is known before anything of it is used.
 */
export async function endOf(gzip: Uint8Array): Promise<GzipEnd> {
  let bytes = 0;
  try {
    for await (const chunk of unzipped(gzip, constants.Z_FINISH)) {
      bytes += chunk.length;
      if (bytes > MOST_BYTES)
        return { kind: 'damaged', reason: `has more than ${MOST_BYTES} bytes` };
    }
  } catch (cause) {
    return wrongEnd(cause);
  }
  return { kind: 'whole' };
}

const ZlibError = v.object({ code: v.string(), message: v.string() });

function wrongEnd(cause: unknown): GzipEnd {
  const error = v.safeParse(ZlibError, cause);
  if (!error.success) throw cause;
  const { code, message } = error.output;
  if (code === 'Z_BUF_ERROR') return { kind: 'cut' };
  if (code === 'Z_DATA_ERROR') return { kind: 'damaged', reason: `is damaged: ${message}` };
  throw cause;
}

/**
 * The lines of a gzip file, some at a time, each at most {@link LONGEST_LINE}
 * characters and one, without its end. Of a file that is cut they are all that
 * can be unzipped, the last of them perhaps a part of a line.
 */
export async function* linesOf(gzip: Uint8Array): AsyncGenerator<readonly string[]> {
  let rest = '';
  for await (const chunk of unzipped(gzip, constants.Z_SYNC_FLUSH)) {
    const lines = (rest + chunk.toString('latin1')).split('\n');
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE + 1);
    yield lines.map(withoutReturn);
  }
  if (rest !== '') yield [withoutReturn(rest)];
}

/** @param finishFlush what is expected of the last byte: `Z_FINISH` makes an early end an error */
function unzipped(gzip: Uint8Array, finishFlush: number): AsyncIterable<Buffer> {
  const stream = createGunzip({ finishFlush });
  stream.end(gzip);
  return stream;
}
