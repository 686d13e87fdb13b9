import { unzipSync } from 'fflate';
import { LONGEST_LINE } from './archive-rows';

/** A month of one-minute candles has 7 MB: more than this is no month. */
const MOST_BYTES = 64 * 1024 * 1024;
const LINES_AT_ONCE = 1_000;

/** The text of a zip file, or the reason why it cannot be had. */
export type ZippedText =
  | { readonly text: string; readonly problem?: undefined }
  | { readonly text?: undefined; readonly problem: string };

/** The text of the one file in a zip file, which has to have a name. */
export function unzippedText(zip: Uint8Array, name: string): ZippedText {
  let files: Readonly<Record<string, Uint8Array>>;
  try {
    files = unzipSync(zip, {
      filter: (file) => file.name === name && file.originalSize <= MOST_BYTES,
    });
  } catch (cause) {
    return { problem: `is damaged: ${cause instanceof Error ? cause.message : String(cause)}` };
  }
  const file = files[name];
  if (file === undefined) return { problem: `has no ${name} of at most ${MOST_BYTES} bytes` };
  return { text: Buffer.from(file.buffer, file.byteOffset, file.length).toString('latin1') };
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

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
