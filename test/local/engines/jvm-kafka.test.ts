import { formatArgs, kafkaArgs, kafkaProperties } from '../../../local/engines/jvm-kafka';
import { fakeRun } from './fake-run';

const options = {
  java: 'java',
  jarsDir: '/jars/kafka',
  dir: '/data/kafka',
  logFile: '/data/logs/kafka.log',
  port: 1111,
  controllerPort: 2222,
  run: fakeRun({}).run,
};

test('the broker listens on 127.0.0.1 only, on the ports that were given', () => {
  const lines = kafkaProperties(options).split('\n');
  expect(lines).toContain('listeners=PLAINTEXT://127.0.0.1:1111,CONTROLLER://127.0.0.1:2222');
  expect(lines).toContain('advertised.listeners=PLAINTEXT://127.0.0.1:1111');
  expect(lines).toContain('controller.quorum.voters=1@127.0.0.1:2222');
  expect(lines).toContain('log.dirs=/data/kafka/data');
});

test('topics come from the template only', () => {
  expect(kafkaProperties(options)).toContain('\nauto.create.topics.enable=false\n');
});

test('java gets the jars, the class and its configuration', () => {
  expect(kafkaArgs(options).slice(-4)).toEqual([
    '-cp',
    '/jars/kafka/*',
    'kafka.Kafka',
    '/data/kafka/server.properties',
  ]);
  expect(formatArgs(options, 'ID').slice(-6)).toEqual([
    'kafka.tools.StorageTool',
    'format',
    '-t',
    'ID',
    '-c',
    '/data/kafka/server.properties',
  ]);
});
