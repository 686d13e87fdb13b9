import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer of an exchange's server. A body that is no text and no bytes is sent as JSON. */
export interface ServerAnswer {
  readonly status?: number;
  /** A `date` that is empty is not sent. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** If the connection ends before its body does. @default false */
  readonly isCut?: boolean;
}

/** A request as a server sees it. */
export interface ServerRequest {
  readonly path: string;
  readonly query: URLSearchParams;
}

/** A request that came, and when. */
export interface SeenRequest extends ServerRequest {
  readonly headers: IncomingMessage['headers'];
  readonly atMs: number;
}

/** Says what a request is answered with; `hang` leaves it without an answer, `reset` ends its connection. */
export type Script = (
  request: ServerRequest,
  requestNumber: number,
) => ServerAnswer | 'hang' | 'reset';

/** No body is that long. */
const CUT_LENGTH = 1_000_000;

/** A real server on the loopback interface that answers as a script says. */
export class ScriptedServer {
  seen: SeenRequest[] = [];
  script: Script = unexpected;
  /** Told of each request that was left hanging and is given up by the other side. */
  givenUp: () => void = () => undefined;
  readonly #server: Server = createServer((request, response) => this.#answer(request, response));

  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  start(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  /** Forgets what was seen and said. */
  reset(): void {
    this.seen = [];
    this.script = unexpected;
    this.givenUp = () => undefined;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '', this.url);
    this.seen.push({ path, query, headers: request.headers, atMs: Date.now() });
    const said = this.script({ path, query }, this.seen.length);
    if (said === 'hang') response.on('close', () => this.givenUp());
    else if (said === 'reset') request.socket.destroy();
    else send(response, said);
  }
}

function unexpected(): never {
  throw new Error('unexpected request');
}

function send(
  response: ServerResponse,
  { status = 200, headers, body, isCut }: ServerAnswer,
): void {
  const { date, ...others } = headers ?? {};
  if (date === '') response.sendDate = false;
  else if (date !== undefined) response.setHeader('date', date);
  if (isCut === true) response.setHeader('content-length', CUT_LENGTH);
  response.writeHead(status, { 'content-type': 'application/json', ...others });
  const isAsItIs = typeof body === 'string' || body instanceof Uint8Array;
  const sent = isAsItIs ? body : JSON.stringify(body);
  if (isCut === true) response.write(sent, () => response.destroy());
  else response.end(sent);
}

/** Fakes all time but what real sockets need; {@link timePassing} lets it pass. */
export function fakeTime(): void {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
}

/** Waits for something while faked time passes, in steps that leave real sockets their turns. */
export async function timePassing<T>(awaited: Promise<T>): Promise<T> {
  let done = false;
  const mark = () => {
    done = true;
  };
  awaited.then(mark, mark);
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- it is set from a callback
  while (!done) {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
    await jest.advanceTimersByTimeAsync(50);
  }
  return awaited;
}
