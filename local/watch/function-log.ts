import { type FileHandle, open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import * as v from 'valibot';
import { isMissingFile } from '../../cli/failure-text';

/** What the functions' log lines say that a console counts. */
const Stored = v.object({
  message: v.literal('stored'),
  pair: v.string(),
  minutes: v.number(),
  windows: v.number(),
});
const DeadLetter = v.object({ message: v.literal('dead letter'), key: v.nullable(v.string()) });
const Counted = v.variant('message', [Stored, DeadLetter]);

/** A log line of a function that a console counts. */
export type CountedLine = v.InferOutput<typeof Counted>;

/** The lines that are appended to a function's log file from now on. */
export class FunctionLog {
  readonly #file: string;
  /** A read may end within a character. */
  readonly #decoder = new StringDecoder('utf8');
  #offset: number;
  #rest = '';

  private constructor(file: string, offset: number) {
    this.#file = file;
    this.#offset = offset;
  }

  /** A log file that need not be there yet; what it holds already is passed over. */
  static async fromItsEnd(file: string): Promise<FunctionLog> {
    const stats = await whereThere(stat(file));
    return new FunctionLog(file, stats?.size ?? 0);
  }

  /** The counted lines since the last call. @throws where the file is there but cannot be read */
  async newLines(): Promise<CountedLine[]> {
    const lines = (this.#rest + (await this.#appended())).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.flatMap(countedLine);
  }

  async #appended(): Promise<string> {
    const file = await whereThere<FileHandle>(open(this.#file));
    if (file === undefined) return '';
    try {
      const { size } = await file.stat();
      const bytes = Buffer.alloc(Math.max(0, size - this.#offset));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.#offset);
      this.#offset += bytesRead;
      return this.#decoder.write(bytes.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  }
}

/** Undefined for a file that is not there (yet). */
async function whereThere<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (isMissingFile(error)) return undefined;
    throw error;
  }
}

/** The line where it counts: functions write others too, and not all of them are JSON. */
export function countedLine(line: string): CountedLine[] {
  if (!line.startsWith('{')) return [];
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), Counted), line);
  return parsed.success ? [parsed.output] : [];
}
