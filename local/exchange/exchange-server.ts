import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { failureText } from '../../cli/failure-text';
import { ARCHIVE_PATH } from './archive/archive-month';
import {
  type ExchangeCounts,
  ExchangeRequests,
  type ExchangeRequestsOptions,
} from './exchange-requests';

const LOOPBACK = '127.0.0.1';
/** Longer than clients pause between two ticks, so that no connection closes under a request. */
const KEEP_ALIVE_MS = 120_000;

/** Options of an exchange. */
export interface ExchangeOptions extends ExchangeRequestsOptions {
  /** The port; 0 for any free one. */
  readonly port: number;
  /** The address that it listens on. @default 127.0.0.1 */
  readonly host?: string;
}

/** An exchange that answers. */
export interface RunningExchange {
  /** Its base URL, without a path, in place of `https://api.gateio.ws`. */
  readonly url: string;
  /** The base URL of its archive, in place of `https://download.gatedata.org`. */
  readonly archiveUrl: string;
  counts(): ExchangeCounts;
  /** Ends every connection, hanging ones too, and frees the port. */
  stop(): Promise<void>;
}

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
 * Starts an HTTP server that speaks Gate.io's v4 spot market data:
 * `candlesticks`, `time`, `currency_pairs`, `currency_pairs/{pair}` and `tickers`
 * under `/api/v4/spot/`, and its archive of past months under `/archive`.
 *
 * @throws ExchangePortError
 */
export async function startExchange(options: ExchangeOptions): Promise<RunningExchange> {
  const requests = new ExchangeRequests(options);
  const server = createServer((request, response) => requests.answer(request, response));
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const { host = LOOPBACK } = options;
  await listening(server, host, options.port);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    archiveUrl: `http://${host}:${port}${ARCHIVE_PATH}`,
    counts: () => requests.counts(),
    stop: () => stopped(server),
  };
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new ExchangePortError(host, port, cause);
  }
}

async function stopped(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
