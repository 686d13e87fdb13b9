import { type AskedParty, ExchangeError, failureOfStatus } from '../http/exchange-error';
import { bodyOf, get } from '../http/get';
import { retried, withinTime } from '../http/retried';
import type { ArchiveOptions } from './archive-options';

/** A month of one-minute candles has about 2 MB, zipped. */
const MOST_BYTES = 16 * 1024 * 1024;
const LONGEST_MESSAGE_BYTES = 65_536;

/** A file of an archive. */
export interface WantedFile {
  /** Who has it, for messages. */
  readonly asked: AskedParty;
  /** Follows the base URL, with a slash before it. */
  readonly path: string;
  readonly name: string;
  /** The time that it has, repetitions included, in milliseconds. */
  readonly withinMs: number;
}

/** A file as it is; undefined if the archive does not have it. @throws ExchangeError if it cannot be had */
export function download(
  options: ArchiveOptions,
  file: WantedFile,
): Promise<Uint8Array | undefined> {
  const { telemetry, baseUrl } = options;
  const { asked, withinMs, name } = file;
  return withinTime({ asked, telemetry, withinMs, wanted: name }, (signal) =>
    retried(
      () => downloadOnce(options, { asked, url: baseUrl + file.path }, signal),
      { retries: 2, ...options },
      signal,
    ),
  );
}

async function downloadOnce(
  { timeoutMs = 30_000 }: ArchiveOptions,
  { asked, url }: { readonly asked: AskedParty; readonly url: string },
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  // The file is asked for as it is: unzipped on its way it could be cut unnoticed.
  const headers = { 'accept-encoding': 'identity' };
  const response = await get({ asked, url, headers, signal: limit });
  if (response.status === 200) return bodyOf(asked, response, MOST_BYTES);
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  const said = (await bodyOf(asked, response, LONGEST_MESSAGE_BYTES))
    .toString('utf8')
    .slice(0, 200);
  const message = `${asked.title} answered ${response.status} for ${url}: ${said}`;
  throw new ExchangeError(failureOfStatus(response.status), message);
}
