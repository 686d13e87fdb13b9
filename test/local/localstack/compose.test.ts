import { CommandTimeoutError } from '../../../local/engines/command-runner';
import { Compose } from '../../../local/localstack/compose';
import { portProblem } from '../../../local/localstack/compose-problems';
import { placeOf } from '../../../local/localstack/place';
import { type FakeAnswer, fakeRun } from '../engines/fake-run';

const place = placeOf({ COMPOSE_PROJECT_NAME: 'cs', KAFKA_PORT: '19092' });
const COMPOSE = `docker compose --project-name cs --file ${place.composeFile} --progress plain`;
const ALL = `${COMPOSE} --profile *`;
const MARKET = `${COMPOSE} --profile market`;

function compose(answers: Parameters<typeof fakeRun>[0]) {
  const fake = fakeRun(answers);
  const said: string[] = [];
  return {
    ...{ fake, said },
    subject: new Compose({ place, run: fake.run, onProgress: (line) => said.push(line) }),
  };
}

function container(service: string, state: string, health = '', exitCode = 0): string {
  return JSON.stringify({ Service: service, State: state, Health: health, ExitCode: exitCode });
}

test.each<[string, Record<string, FakeAnswer>, RegExp]>([
  ['no program', { 'docker compose version': 'missing' }, /no program "docker": install Docker/],
  [
    'no compose',
    { 'docker compose version': { exitCode: 1, stderr: "'compose' is not a docker command" } },
    /has no compose: install its compose plugin.*\n.*not a docker command/,
  ],
  [
    'an engine that is not there',
    {
      'docker compose version': { stdout: '2.40.3' },
      'docker info': { exitCode: 1, stderr: 'Cannot connect to the Docker daemon' },
    },
    /engine does not answer: start it.*\nCannot connect/,
  ],
  [
    'an engine that hangs',
    {
      'docker compose version': { stdout: '2.40.3' },
      'docker info': new CommandTimeoutError('"docker info" did not end within 10 s.'),
    },
    /does not get done: "docker info" did not end/,
  ],
])('%s is told', async (_, answers, message) => {
  const { subject } = compose(answers);
  await expect(subject.check()).rejects.toThrow(message);
  await expect(subject.check()).rejects.toMatchObject({ name: 'DockerUnavailableError' });
});

test('only the images that are missing are pulled, each told', async () => {
  const { subject, fake, said } = compose({
    [`${MARKET} config --images`]: { stdout: 'here:1\nthere:2\nhere:1\n' },
    'docker image inspect here:1': {},
    'docker image inspect there:2': { exitCode: 1 },
    'docker pull --quiet there:2': {},
  });
  await subject.pullMissing(['market']);
  expect(said).toEqual(['pulling there:2']);
  expect(fake.lines.filter((line) => line.includes('inspect'))).toHaveLength(2);
});

test('an image that cannot be pulled is named, with what Docker said', async () => {
  const { subject } = compose({
    [`${MARKET} config --images`]: { stdout: 'there:2\n' },
    'docker image inspect': { exitCode: 1 },
    'docker pull': { exitCode: 1, stderr: 'no such host' },
  });
  await expect(subject.pullMissing(['market'])).rejects.toMatchObject({
    name: 'ImagePullError',
    message: expect.stringMatching(/there:2 could not be pulled.*\nno such host/) as string,
  });
});

test('a port that is taken is named, with the variable that changes it', async () => {
  const stderr =
    'Error response from daemon: driver failed programming external connectivity: listen tcp4 127.0.0.1:19092: bind: address already in use';
  const { subject } = compose({ [`${MARKET} up`]: { exitCode: 1, stderr } });
  await expect(subject.up(['market'], {})).rejects.toMatchObject({
    name: 'ComposePortError',
    message: expect.stringMatching(/^Port 19092 .*set KAFKA_PORT to another port/) as string,
  });
});

test('both ways in which Docker says that a port is taken are understood', () => {
  const allocated = 'Bind for 127.0.0.1:4566 failed: port is already allocated';
  expect(portProblem(allocated, place.ports)?.message).toContain('LOCALSTACK_PORT');
  expect(portProblem('something else at 127.0.0.1:4566', place.ports)).toBeUndefined();
});

test.each<[string, string, RegExp]>([
  ['ended', container('cassandra', 'exited', '', 137), /cassandra ended with exit code 137/],
  [
    'is not healthy',
    container('cassandra', 'running', 'unhealthy'),
    /cassandra is not healthy\. It said last:\nOutOfMemory/,
  ],
])('a container that %s is told with its last lines', async (_, state, message) => {
  const { subject } = compose({
    [`${MARKET} up`]: { exitCode: 1, stderr: 'dependency failed to start' },
    [`${ALL} ps`]: { stdout: `${container('kafka', 'running', 'healthy')}\n${state}\n` },
    [`${ALL} logs`]: { stdout: 'OutOfMemory' },
  });
  await expect(subject.up(['market'], {})).rejects.toMatchObject({
    name: 'ContainerFailedError',
    message: expect.stringMatching(message) as string,
  });
});

test('a failure of another kind has what compose said', async () => {
  const { subject } = compose({
    [`${MARKET} up`]: { exitCode: 1, stderr: 'invalid interpolation format' },
    [`${ALL} ps`]: { stdout: '' },
  });
  await expect(subject.up(['market'], {})).rejects.toThrow(/"docker compose up" failed:\ninvalid/);
});

test('each service that becomes healthy is told', async () => {
  const { said } = await upWith([
    ' Container cs-kafka-1  Waiting ',
    ' Container cs-kafka-1  Healthy ',
    ' Container cs-kafka-ui-1  Healthy ',
  ]);
  expect(said).toEqual(['kafka: healthy after 0 s', 'kafka-ui: healthy after 0 s']);
});

async function upWith(lines: readonly string[]) {
  const said: string[] = [];
  const subject = new Compose({
    place,
    onProgress: (line) => said.push(line),
    run: (_file, _args, { onLine }) => {
      for (const line of lines) onLine?.(line);
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
    },
  });
  await subject.up([], {});
  return { said };
}

test('down ends LocalStack first, then the containers of functions that it left, then all else', async () => {
  const { subject, fake } = compose({
    [`${ALL} stop localstack`]: {},
    'docker ps --all --quiet --filter name=^/?cs-localstack-1-lambda-': { stdout: 'a1\nb2\n' },
    'docker rm --force --volumes a1 b2': {},
    [`${ALL} down --remove-orphans --volumes`]: {},
  });
  await subject.down({ volumes: true });
  expect(fake.lines.map((line) => line.replace(`${ALL} `, '').split(' ')[0])).toEqual([
    ...['stop', 'docker', 'docker', 'down'],
  ]);
});

test('a container of functions that has gone by itself meanwhile is no failure', async () => {
  const { subject } = compose({
    [`${ALL} stop localstack`]: {},
    'docker ps': { stdout: 'a1\n' },
    'docker rm': { exitCode: 1, stderr: 'Error: No such container: a1' },
    [`${ALL} down`]: {},
  });
  await expect(subject.down({ volumes: false })).resolves.toBeUndefined();
});

test('a container that ends while it is needed is told, one that is made anew is not', async () => {
  const running = [container('kafka', 'running'), container('market', 'running')];
  const looks = [
    running,
    // Made anew.
    [container('kafka', 'running')],
    running,
    [container('kafka', 'exited', '', 137), container('market', 'running')],
    [container('kafka', 'exited', '', 137), container('market', 'running')],
  ];
  const { run } = fakeRun({
    [`${ALL} ps`]: () => Promise.resolve({ stdout: looks.shift()?.join('\n') ?? '' }),
    [`${ALL} logs`]: { stdout: 'shutting down' },
  });
  const subject = new Compose({ place, run, onProgress: () => undefined, lookEveryMs: 1 });

  const failure = await subject.failure(['kafka', 'market'], new AbortController().signal);

  expect(failure.message).toMatch(/kafka ended with exit code 137.*\nshutting down/);
  expect(looks).toEqual([]);
});

test('nobody looks any more once the run ends', async () => {
  const { subject } = compose({});
  const ended = AbortSignal.abort(new Error('Ctrl-C'));
  await expect(subject.failure(['kafka'], ended)).rejects.toThrow('Ctrl-C');
});
