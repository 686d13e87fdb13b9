import { once } from 'node:events';
import { createServer, connect } from 'node:net';
import type { AddressInfo } from 'node:net';

const loopback = '127.0.0.1';
const connectLimitMs = 1000;

/** A TCP port of 127.0.0.1 that nothing listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, loopback);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A port that an engine needs is taken. */
export class PortInUseError extends Error {
  override readonly name = 'PortInUseError';
  readonly port: number;

  constructor(port: number, purpose: string) {
    super(
      `Port ${port} of ${loopback}, meant for ${purpose}, is in use: perhaps by another run or ` +
        `a server of its own. Find it with "lsof -nP -iTCP:${port} -sTCP:LISTEN" (or ` +
        `"ss -ltnp 'sport = :${port}'") and stop it, or choose another port.`,
    );
    this.port = port;
  }
}

/**
 * Makes sure that a port of 127.0.0.1 can be listened on.
 *
 * @throws PortInUseError where something has it
 * @throws Error of the system where it may not be used at all (below 1024, say)
 */
export async function assertPortFree(port: number, purpose: string): Promise<void> {
  // Some systems let us listen beside a server on 0.0.0.0, so that listening alone shows nothing.
  if (await accepts(port)) throw new PortInUseError(port, purpose);
  const server = createServer().listen(port, loopback);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new PortInUseError(port, purpose);
    throw error;
  }
  server.close();
  await once(server, 'close');
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: loopback, timeout: connectLimitMs });
    const settle = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}
