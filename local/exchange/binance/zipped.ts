import { promisify } from 'node:util';
import { strToU8, type AsyncZippable, zip, type AsyncZipOptions } from 'fflate';

const zipFiles = promisify<AsyncZippable, AsyncZipOptions, Uint8Array>(zip);
/** The same file at all times has the same checksum. */
const MODIFIED = new Date(Date.UTC(2020, 0, 1));

/** A zip file that holds one file of text. */
export async function zipped(name: string, text: string): Promise<Buffer> {
  return Buffer.from(await zipFiles({ [name]: strToU8(text) }, { mtime: MODIFIED }));
}
