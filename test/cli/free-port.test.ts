import { once } from 'node:events';
import { createServer } from 'node:net';
import { assertPortFree, freePort, PortInUseError } from '../../cli/free-port';

test('a free port can be listened on', async () => {
  await expect(assertPortFree(await freePort(), 'Kafka', 'go on')).resolves.toBeUndefined();
});

test('a port that is taken is named, with the remedy', async () => {
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');

  const check = assertPortFree(port, 'Kafka', 'choose another port with --kafka-port');

  await expect(check).rejects.toThrow(PortInUseError);
  await expect(check).rejects.toThrow(`Port ${port} of 127.0.0.1, meant for Kafka, is in use`);
  await expect(check).rejects.toThrow(`lsof -nP -iTCP:${port}`);
  await expect(check).rejects.toThrow('stop it, or choose another port with --kafka-port.');
  server.close();
});
