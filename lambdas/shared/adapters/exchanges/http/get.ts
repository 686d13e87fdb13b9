import { type AskedParty, ExchangeError } from './exchange-error';

/** A request that is sent once. */
interface GetRequest {
  readonly asked: AskedParty;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Sends one request. @throws ExchangeError if nothing answers */
export async function get({ asked, url, headers, signal }: GetRequest): Promise<Response> {
  try {
    // An answer from elsewhere is none of the exchange's.
    return await fetch(url, { headers, redirect: 'manual', signal });
  } catch (cause) {
    throw networkError(asked, cause, url);
  }
}

function networkError({ title }: AskedParty, cause: unknown, url: string): ExchangeError {
  if (isTimeout(cause)) {
    return new ExchangeError('TimedOut', `${title} did not answer in time: ${url}`, { cause });
  }
  return new ExchangeError('NetworkError', `${title} could not be reached: ${url}`, { cause });
}

function isTimeout(cause: unknown): boolean {
  return (
    typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'TimeoutError'
  );
}

/** The body of an answer. @throws ExchangeError if it has more than `mostBytes`, or does not come whole */
export async function bodyOf(
  asked: AskedParty,
  response: Response,
  mostBytes: number,
): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk as Uint8Array);
      bytes += (chunk as Uint8Array).length;
      if (bytes > mostBytes) break;
    }
  } catch (cause) {
    throw networkError(asked, cause, response.url);
  }
  if (bytes <= mostBytes) return Buffer.concat(chunks);
  throw new ExchangeError(
    'Malformed',
    `${asked.title} answered more than ${mostBytes} bytes: ${response.url}`,
  );
}

/** The time of a header that is a date; undefined if it is absent, or says none. */
export function dateIn(headers: Headers, name: string): number | undefined {
  const timeMs = Date.parse(headers.get(name) ?? '');
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** The number of a header; undefined if it is absent, or says no number. */
export function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name) ?? '';
  const value = text === '' ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}
