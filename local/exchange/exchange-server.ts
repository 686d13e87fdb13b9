import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { failureText } from '../../cli/failure-text';
import { closeServer, portOf } from '../../cli/loopback/http-server';
import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { ARCHIVE_PATH } from './archive/archive-format';
import {
  type ExchangeClocks,
  type ExchangeCounts,
  ExchangeRequests,
  type ServedExchange,
} from './exchange-requests';

const LOOPBACK = '127.0.0.1';
/** Longer than clients pause between two ticks, so that no connection closes under a request. */
const KEEP_ALIVE_MS = 120_000;
/** An origin for the paths of requests; it is not looked at. */
const ORIGIN = 'http://127.0.0.1';
/** The exchange whose paths have nothing before them. */
const UNPREFIXED: ExchangeName = 'gate-io';

/** Options of a server of exchanges. */
export interface ExchangeServerOptions extends ExchangeClocks {
  /** The port; 0 for any free one. */
  readonly port: number;
  /** The address that it listens on. @default 127.0.0.1 */
  readonly host?: string;
}

/** Options of a server of one exchange. */
export type ExchangeOptions = ExchangeServerOptions & ServedExchange;

/** An exchange that answers. */
export interface AnsweredExchange {
  /** Its base URL: what stands for `https://api.gateio.ws`, or the origin of another exchange. */
  readonly url: string;
  /** The base URL of its archive: what stands for `https://download.gatedata.org`, or another's origin. */
  readonly archiveUrl: string;
  counts(): ExchangeCounts;
}

/** Exchanges that answer at one port. */
export interface RunningExchanges {
  /** @throws RangeError for an exchange that was not started */
  of(exchange: ExchangeName): AnsweredExchange;
  /** Ends every connection, hanging ones too, and frees the port. */
  stop(): Promise<void>;
}

/** One exchange that answers at its port. */
export type RunningExchange = AnsweredExchange & Pick<RunningExchanges, 'stop'>;

/** The exchange cannot use its port. */
export class ExchangePortError extends Error {
  override readonly name = 'ExchangePortError';
  constructor(host: string, port: number, cause: unknown) {
    super(
      `The exchange cannot listen on ${host}:${port} (${failureText(cause)}); stop what uses the port, or choose another`,
      { cause },
    );
  }
}

/**
 * Starts an HTTP server that speaks the APIs of exchanges, each at a base URL of its own:
 * Gate.io's without a path, the others' under their names, such as `/binance`. The archive
 * of an exchange is under `/archive` there. Each has its own candles, limits and faults.
 *
 * @throws ExchangePortError
 */
export async function startExchanges(
  served: readonly ServedExchange[],
  options: ExchangeServerOptions,
): Promise<RunningExchanges> {
  const exchanges = new Map(
    served.map((one) => [one.exchange ?? UNPREFIXED, new ExchangeRequests(one, options)]),
  );
  const server = createServer((request, response) => answer(exchanges, request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const { host = LOOPBACK } = options;
  await listening(server, host, options.port);
  const origin = `http://${host}:${portOf(server)}`;
  return {
    of: (exchange) => answeredExchange(exchanges, exchange, origin),
    stop: () => closeServer(server),
  };
}

/**
 * Starts an HTTP server that speaks the API of one exchange.
 *
 * @throws ExchangePortError
 */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const running = await startExchanges([options], options);
  return { ...running.of(options.exchange ?? UNPREFIXED), stop: () => running.stop() };
}

type Exchanges = ReadonlyMap<ExchangeName, ExchangeRequests>;

function answeredExchange(
  exchanges: Exchanges,
  exchange: ExchangeName,
  origin: string,
): AnsweredExchange {
  const requests = exchanges.get(exchange);
  if (requests === undefined) {
    const started = [...exchanges.keys()].join(', ');
    throw new RangeError(`The exchange ${exchange} was not started; only ${started}`);
  }
  return { ...baseUrls(origin, exchange), counts: () => requests.counts() };
}

/** The base URLs of an exchange at a server of an origin, such as `http://127.0.0.1:4570`. */
export function baseUrls(
  origin: string,
  exchange: ExchangeName,
): Pick<AnsweredExchange, 'url' | 'archiveUrl'> {
  const url = origin + prefixOf(exchange);
  return { url, archiveUrl: url + ARCHIVE_PATH };
}

function answer(exchanges: Exchanges, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams: parameters } = parseUrl(request);
  for (const [exchange, requests] of exchanges) {
    const prefix = prefixOf(exchange);
    if (exchange === UNPREFIXED || !pathname.startsWith(`${prefix}/`)) continue;
    requests.answer(request, response, { path: pathname.slice(prefix.length), parameters });
    return;
  }
  const unprefixed = exchanges.get(UNPREFIXED);
  if (unprefixed !== undefined)
    unprefixed.answer(request, response, { path: pathname, parameters });
  else response.writeHead(404).end();
}

function prefixOf(exchange: ExchangeName): string {
  return exchange === UNPREFIXED ? '' : `/${exchange}`;
}

/** An address that cannot be parsed is the root's, which is not found. */
function parseUrl({ url = '/' }: IncomingMessage): URL {
  return new URL(URL.canParse(ORIGIN + url) ? ORIGIN + url : ORIGIN);
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new ExchangePortError(host, port, cause);
  }
}
