import { startEngines } from './engines/start-engines';
import { freePort } from './engines/free-port';
import { createCassandraSession } from '../lambdas/shared/adapters/cassandra-client';
import { checkCassandraAnswers } from './engines/engine-answers';
import { setTimeout as sleep } from 'node:timers/promises';
const info = () => process.getActiveResourcesInfo().join(' ');
(async () => {
  const e = await startEngines({ engines: 'jvm', dataDir: '/tmp/leak-data', kafkaPort: await freePort(), cassandraPort: await freePort(), fresh: true, onProgress: () => undefined });
  console.log('started', info());
  const mode = process.argv[2];
  const session = createCassandraSession({ CASSANDRA_CONTACT_POINTS: [e.cassandra.endpoint], CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1', CASSANDRA_AUTHENTICATION: 'none', CASSANDRA_KEYSPACE: 'system' });
  const q = () => session.rows({ query: 'SELECT key FROM local', params: [] }).then(() => 'ok', (x) => String(x).slice(0, 120));
  if (mode === 'session') console.log(await q());
  await e.cassandra.kill();
  if (mode === 'session') console.log(await q());
  await checkCassandraAnswers(e.cassandra.endpoint).catch((x) => console.log(String(x).slice(0, 100)));
  console.log('down', info());
  await e.cassandra.start();
  console.log('up', info());
  if (mode === 'session') { await sleep(3000); console.log(await q()); }
  await session.close();
  await e.stop();
  await sleep(3000);
  console.log('end', info());
  setTimeout(() => process.exit(), 12000); setInterval(() => console.log('still', info()), 5000).unref();
})();
