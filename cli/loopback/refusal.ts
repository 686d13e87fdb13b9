import { type LoopbackAnswer, problemAnswer } from './loopback-answer';

/** The head of a request, as far as it decides whether it is answered. */
export interface IncomingRequest {
  readonly method: string;
  /** As it came: path and query. */
  readonly url: string;
  readonly host: string | undefined;
  readonly origin: string | undefined;
  /** `Sec-Fetch-Site`: how the page that asks relates to this server. */
  readonly site: string | undefined;
  /** `Sec-Fetch-Mode`: for what the browser asks. */
  readonly mode: string | undefined;
}

/** Pages of another server, be it on another port of this machine. */
const FOREIGN_SITES = ['cross-site', 'same-site'];
const METHODS: readonly string[] = ['GET', 'HEAD'];

/**
 * The answer to a request that a server on the loopback interface refuses;
 * undefined for any other. A page of another site reaches such a server too, by
 * its address or by a name of its own that leads here (DNS rebinding): so the
 * `Host` and the `Origin` must be the server's own. A request without an `Origin`,
 * such as for an image, says by `Sec-Fetch-Site` that it is of another page; a link
 * from there may be followed.
 *
 * @param port of the server
 */
export function refusalOf(
  { method, url, host, origin, site, mode }: IncomingRequest,
  port: number,
): LoopbackAnswer | undefined {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  if (host === undefined || !hosts.includes(host.toLowerCase())) {
    return problemAnswer(403, `The host ${shown(host)} is not this server: open ${hosts[0] ?? ''}`);
  }
  if (origin !== undefined && !hosts.some((own) => origin.toLowerCase() === `http://${own}`)) {
    return problemAnswer(403, `Pages of ${shown(origin)} may not ask this server`);
  }
  if (site !== undefined && FOREIGN_SITES.includes(site) && mode !== 'navigate') {
    return problemAnswer(403, 'Pages of other sites may not ask this server');
  }
  if (!METHODS.includes(method)) {
    return problemAnswer(405, `${method} is not allowed: this server only reads`, {
      allow: METHODS.join(', '),
    });
  }
  if (isPlainPath(url)) return undefined;
  return problemAnswer(400, `${shown(url)} is no plain path`);
}

/** An absolute path without a step up, and without an escape that is invalid. */
function isPlainPath(url: string): boolean {
  if (!url.startsWith('/') || url.startsWith('//')) return false;
  const [path = ''] = url.split('?');
  try {
    return !/(?:^|[/\\])\.\.(?:[/\\]|$)/.test(decodeURIComponent(path));
  } catch {
    // The only failure of decoding is a wrong escape.
    return false;
  }
}

function shown(text: string | undefined): string {
  return text === undefined ? 'that is not named' : JSON.stringify(text.slice(0, 80));
}
