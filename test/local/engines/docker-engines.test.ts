import { CommandTimeoutError } from '../../../cli/run-command';
import {
  cassandraRunArgs,
  dockerAnswers,
  dockerKafka,
  kafkaRunArgs,
  removeContainer,
} from '../../../local/engines/docker-engines';
import { fakeRun } from './fake-run';
import type { FakeAnswer } from './fake-run';

function options(run = fakeRun({}).run) {
  const logFile = '/nowhere/docker-wait.log';
  return { suffix: '1a2b', port: 5555, logFile, run, onProgress: () => undefined };
}

/** The values of an option that may be given several times. */
function valuesOf(option: string, args: readonly string[]): string[] {
  return args.flatMap((arg, index) => (args[index - 1] === option ? [arg] : []));
}

test('Kafka is published on 127.0.0.1 only and tells clients that address', () => {
  const args = kafkaRunArgs(options());
  expect(args.slice(0, 4)).toEqual(['run', '-d', '--name', 'candlestream-kafka-1a2b']);
  expect(valuesOf('-p', args)).toEqual(['127.0.0.1:5555:9092']);
  expect(valuesOf('-v', args)).toEqual(['candlestream-kafka-1a2b:/var/lib/kafka/data']);
  expect(valuesOf('-e', args)).toEqual(
    expect.arrayContaining([
      'KAFKA_ADVERTISED_LISTENERS=INTERNAL://localhost:19092,EXTERNAL://127.0.0.1:5555',
      'KAFKA_INTER_BROKER_LISTENER_NAME=INTERNAL',
      'KAFKA_LOG_DIRS=/var/lib/kafka/data',
      'KAFKA_AUTO_CREATE_TOPICS_ENABLE=false',
    ]),
  );
  expect(args.at(-1)).toBe('apache/kafka:4.3.1');
});

test('Cassandra keeps its data in a volume and skips the waits of a ring', () => {
  const args = cassandraRunArgs(options());
  expect(valuesOf('-p', args)).toEqual(['127.0.0.1:5555:9042']);
  expect(valuesOf('-v', args)).toEqual(['candlestream-cassandra-1a2b:/var/lib/cassandra']);
  expect(valuesOf('-e', args)).toContain('MAX_HEAP_SIZE=512M');
  expect(valuesOf('-e', args)[0]).toMatch(/^JVM_EXTRA_OPTS=-Dcassandra.ring_delay_ms=100 /);
  expect(args.at(-1)).toBe('cassandra:5.0');
});

test.each<[string, FakeAnswer, boolean]>([
  ['an engine that answers', { stdout: '28.0.1' }, true],
  ['a client without an engine', { exitCode: 1, stderr: 'Cannot connect' }, false],
  ['no client', 'missing', false],
  ['an engine that hangs', new CommandTimeoutError('5 s'), false],
])('%s', async (_, answer, expected) => {
  expect(await dockerAnswers(fakeRun({ 'docker info': answer }).run)).toBe(expected);
});

test('removing waits for a removal that is under way, and minds no container that is not there', async () => {
  const answers: FakeAnswer[] = [
    { exitCode: 1, stderr: 'removal of container x is already in progress' },
    { exitCode: 1, stderr: 'Error: No such container: x' },
  ];
  const { run, lines } = fakeRun({
    'docker rm': () => Promise.resolve(answers.shift() ?? 'missing'),
  });
  await removeContainer(run, 'x');
  expect(lines).toEqual(['docker rm -f -v x', 'docker rm -f -v x']);
});

test('a container that cannot start is removed, and the error has what Docker said', async () => {
  const { run, lines } = fakeRun({
    'docker image inspect': { exitCode: 1 },
    'docker pull': {},
    'docker rm': {},
    'docker run': { exitCode: 125, stderr: 'port is already allocated' },
  });
  await expect(dockerKafka(options(run)).start()).rejects.toThrow('port is already allocated');
  expect(lines.map((line) => line.split(' ')[1])).toEqual(['image', 'pull', 'rm', 'run', 'rm']);
});
