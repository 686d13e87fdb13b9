import { cassandraArgs, cassandraYaml } from '../../../local/engines/jvm-cassandra';

const options = {
  java: 'java',
  jarsDir: '/jars/cassandra',
  dir: '/my data/cassandra',
  logFile: '/my data/logs/cassandra.log',
  port: 1111,
  storagePort: 2222,
};

test('the configuration has the ports and folders, on 127.0.0.1 only', () => {
  expect(JSON.parse(cassandraYaml(options))).toMatchObject({
    listen_address: '127.0.0.1',
    rpc_address: '127.0.0.1',
    native_transport_port: 1111,
    storage_port: 2222,
    data_file_directories: ['/my data/cassandra/data'],
    seed_provider: [{ parameters: [{ seeds: '127.0.0.1:2222' }] }],
  });
});

test('the commit log is synced ten times a second', () => {
  expect(JSON.parse(cassandraYaml(options))).toMatchObject({
    commitlog_sync: 'periodic',
    commitlog_sync_period: '100ms',
  });
});

test('java gets the agent, the configuration as a URL and its own class path', () => {
  const args = cassandraArgs(options, '/jars/cassandra/jamm-0.4.0.jar');
  expect(args).toContain('-javaagent:/jars/cassandra/jamm-0.4.0.jar');
  expect(args).toContain('-Dcassandra.config=file:///my%20data/cassandra/cassandra.yaml');
  expect(args.slice(-3)).toEqual([
    '-cp',
    '/my data/cassandra/conf:/jars/cassandra/*',
    'org.apache.cassandra.service.CassandraDaemon',
  ]);
});
