import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import getPort from 'get-port';

const LOOPBACK = '127.0.0.1';
const CONNECT_LIMIT_MS = 1_000;

/** A TCP port of 127.0.0.1 that nothing listens on now. */
export function freePort(): Promise<number> {
  return getPort({ host: LOOPBACK });
}

/** The port that a text gives, from 1 to 65535; undefined if it gives none. */
export function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port >= 1 && port <= 65_535 ? port : undefined;
}

/** A port that a server needs is in use. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;

  /** The remedy says how to choose another port: "set KAFKA_PORT to another port". */
  constructor(port: number, purpose: string, remedy: string) {
    super(
      `Port ${port} of ${LOOPBACK}, meant for ${purpose}, is in use, perhaps by another run or ` +
        `a server of its own. Find it with "lsof -nP -iTCP:${port} -sTCP:LISTEN" (or ` +
        `"ss -ltnp 'sport = :${port}'") and stop it, or ${remedy}.`,
    );
    this.port = port;
  }
}

/**
 * Makes sure that a port of 127.0.0.1 can be listened on.
 *
 * @throws PortInUseError if something listens on it
 * @throws Error of the system if it may not be used at all (below 1024, say)
 */
export async function assertPortFree(port: number, purpose: string, remedy: string): Promise<void> {
  // Some systems let us listen beside a server on 0.0.0.0, so that listening alone shows nothing.
  if (await accepts(port)) throw new PortInUseError(port, purpose, remedy);
  const server = createServer().listen(port, LOOPBACK);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new PortInUseError(port, purpose, remedy);
  }
  server.close();
  await once(server, 'close');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK, timeout: CONNECT_LIMIT_MS });
    const settle = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
