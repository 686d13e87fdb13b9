import { EXCHANGE_FACTS, type ExchangeName } from '../exchange-facts';
import { type AskedParty, ExchangeError, failureOfStatus } from '../http/exchange-error';
import { bodyOf, get } from '../http/get';
import { RequestLimits } from '../http/request-limits';
import { retried, withinTime } from '../http/retried';
import type { ArchiveOptions } from './archive-options';

/** A month of one-minute candles has about 2 MB, zipped. */
const MOST_BYTES = 16 * 1024 * 1024;
const LONGEST_MESSAGE_BYTES = 65_536;

/** A file of an archive. */
export interface WantedFile {
  /** The party that has it, for messages. */
  readonly asked: AskedParty;
  /** Follows the base URL, with a slash before it. */
  readonly path: string;
  readonly name: string;
  /** The time that it has, repetitions included, in milliseconds. */
  readonly withinMs: number;
}

/** The archive of an exchange, for messages. */
export function archiveParty(name: ExchangeName): AskedParty {
  return { title: `${EXCHANGE_FACTS[name].title}'s archive` };
}

/** The limits of an archive: it documents none, so in effect it is waited for only if it asks for that. */
export function archiveLimits(asked: AskedParty): RequestLimits {
  return new RequestLimits({ asked, windowMs: 10_000 }, { requestsPer10Seconds: 1_000 });
}

/** A file as it is; undefined if the archive does not have it. @throws ExchangeError if it cannot be had */
export function download(
  options: ArchiveOptions,
  file: WantedFile,
): Promise<Uint8Array | undefined> {
  const { telemetry, baseUrl } = options;
  const { asked, withinMs, name } = file;
  const limits = options.limits ?? archiveLimits(asked);
  const wanted = { asked, url: baseUrl + file.path, limits };
  return withinTime({ asked, telemetry, withinMs, wanted: name }, (signal) =>
    retried(
      () => limits.inTurn('files', () => downloadOnce(options, wanted, signal), signal),
      { retries: 2, ...options },
      signal,
    ),
  );
}

interface AskedFile {
  readonly asked: AskedParty;
  readonly url: string;
  readonly limits: RequestLimits;
}

async function downloadOnce(
  { timeoutMs = 30_000 }: ArchiveOptions,
  { asked, url, limits }: AskedFile,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  // The file is asked for as it is: unzipped on its way it could be cut unnoticed.
  const headers = { 'accept-encoding': 'identity' };
  const response = await get({ asked, url, headers, signal: limit });
  limits.heed(response, Date.now());
  if (response.status === 200) return bodyOf(asked, response, MOST_BYTES);
  if (response.status === 404) {
    await response.body?.cancel();
    return undefined;
  }
  const said = await messageOf(asked, response);
  const message = `${asked.title} answered ${response.status} for ${url}: ${said}`;
  throw new ExchangeError(failureOfStatus(response.status), message);
}

/** The start of the body of an error; nothing if it does not come: its status says enough. */
async function messageOf(asked: AskedParty, response: Response): Promise<string> {
  try {
    return (await bodyOf(asked, response, LONGEST_MESSAGE_BYTES)).toString('utf8').slice(0, 200);
  } catch (cause) {
    if (cause instanceof ExchangeError) return `(no body: ${cause.failure})`;
    throw cause;
  }
}
