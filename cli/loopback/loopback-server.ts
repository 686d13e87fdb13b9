import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { closeServer, portOf } from './http-server';
import { type LoopbackAnswer, type LoopbackRequest, problemAnswer } from './loopback-answer';
import { refusalOf } from './refusal';

/** A server that this machine alone reaches, for reading. */
export interface LoopbackServer {
  /** `http://127.0.0.1:8787` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Options for `startLoopbackServer`. */
export interface LoopbackServerOptions {
  /** The port to listen on; 0 for any. */
  readonly port: number;
  /** Whether any other port will do if that one is taken. */
  readonly otherPort: boolean;
  /** Called with requests that are not refused. If it rejects, the request is answered with 502. */
  readonly answer: (request: LoopbackRequest) => Promise<LoopbackAnswer>;
  /** The error of an answer that failed. */
  readonly onError: (error: unknown) => void;
}

/** The port is taken. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError';
  constructor(port: number, cause: unknown) {
    super(`Port ${port} of 127.0.0.1 is taken; choose another`, { cause });
  }
}

/**
 * Starts a server on the loopback interface, which refuses all but `GET` and
 * `HEAD`, foreign hosts and origins, and paths with steps up.
 *
 * @throws PortTakenError if the port is taken, and no other will do
 */
export async function startLoopbackServer(options: LoopbackServerOptions): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    void respond(options, request, response, portOf(server));
  });
  await listen(server, options);
  return { url: `http://127.0.0.1:${portOf(server)}`, stop: () => closeServer(server) };
}

async function listen(
  server: Server,
  { port, otherPort }: Pick<LoopbackServerOptions, 'port' | 'otherPort'>,
): Promise<void> {
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause;
    if (!otherPort) throw new PortTakenError(port, cause);
    await listen(server, { port: 0, otherPort: false });
  }
}

async function respond(
  { answer, onError }: LoopbackServerOptions,
  incoming: IncomingMessage,
  response: ServerResponse,
  port: number,
): Promise<void> {
  const { method = '', url = '' } = incoming;
  const headers = joinedHeaders(incoming.headers);
  const { host, origin, 'sec-fetch-site': site, 'sec-fetch-mode': mode } = headers;
  const refusal = refusalOf({ method, url, host, origin, site, mode }, port);
  if (refusal !== undefined) {
    // What comes with it is not read.
    send(response, { ...refusal, headers: { ...refusal.headers, connection: 'close' } });
    return;
  }
  const mark = url.indexOf('?');
  const request = {
    method: method === 'HEAD' ? ('HEAD' as const) : ('GET' as const),
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers,
  };
  try {
    send(response, await answer(request));
  } catch (error) {
    onError(error);
    send(response, problemAnswer(502, 'The answer could not be had'));
  }
}

function joinedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value] as const],
  );
  return Object.fromEntries(entries);
}

/** Node.js leaves the body of an answer to `HEAD` away. */
function send(response: ServerResponse, { status, headers, body }: LoopbackAnswer): void {
  response.writeHead(status, headers);
  response.end(body);
}
