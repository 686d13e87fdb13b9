import { once } from 'node:events';
import type { Server } from 'node:http';

/** The port that a server listens on. @throws Error if it does not listen on one */
export function portOf(server: Server): number {
  const address = server.address();
  if (typeof address === 'object' && address !== null) return address.port;
  throw new Error('The server has no port, as it does not listen');
}

/** Ends every connection of a server, hanging ones too, and frees its port; a server that does not listen stays as it is. */
export async function closeServer(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
