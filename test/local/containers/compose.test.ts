import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { CommandTimeoutError } from '../../../cli/processes/run-command';
import { Compose } from '../../../local/containers/compose';
import { portProblem } from '../../../local/containers/compose-problems';
import { composeProject } from '../../../local/containers/compose-project';
import { type FakeAnswer, fakeRun } from '../engines/fake-run';

const project = composeProject({ COMPOSE_PROJECT_NAME: 'cs', KAFKA_PORT: '19092' }, 'other');
const COMPOSE = `docker compose --project-name cs --file ${project.composeFile} --progress plain`;
const ALL = `${COMPOSE} --profile *`;
const EXCHANGE = `${COMPOSE} --profile exchange`;

function compose(answers: Parameters<typeof fakeRun>[0]) {
  const fake = fakeRun(answers);
  const said: string[] = [];
  return {
    ...{ fake, said },
    subject: new Compose({ project, run: fake.run, onProgress: (line) => said.push(line) }),
  };
}

const PS = 'docker ps --all --filter label=com.docker.compose.project=cs --format';
const FUNCTIONS = 'docker ps --all --quiet --filter name=^/?cs-localstack-1-lambda-';
/** Nothing of the project is there. */
const NOTHING = { [PS]: { stdout: '' }, [FUNCTIONS]: { stdout: '' } };

function container(service: string, state: string, status = 'Up 2 minutes', folder = ''): string {
  return [service, state, status, folder].join('\t');
}

test.each<[string, Record<string, FakeAnswer>, RegExp]>([
  ['no program', { 'docker compose version': 'missing' }, /no program "docker": install Docker/],
  [
    'no compose',
    { 'docker compose version': { exitCode: 1, stderr: "'compose' is not a docker command" } },
    /has no compose: install its compose plugin.*\n.*not a docker command/,
  ],
  [
    'a compose that is too old',
    { 'docker compose version': { stdout: 'v2.20.3\n' } },
    /compose plugin is v2\.20\.3: install 2\.21 or later/,
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
    /does not answer: "docker info" did not end/,
  ],
])('%s is told', async (_, answers, message) => {
  const { subject } = compose(answers);
  await expect(subject.check()).rejects.toThrow(message);
  await expect(subject.check()).rejects.toMatchObject({ name: 'DockerUnavailableError' });
});

test.each(['2.21.0', 'v2.40.3-desktop.1', '5.0.0', 'dev'])(
  'with compose %s and nothing there, all is well',
  async (version) => {
    const { subject } = compose({
      'docker compose version': { stdout: version },
      'docker info': { stdout: '20.10.24' },
      [PS]: { stdout: '' },
    });
    await expect(subject.check()).resolves.toBeUndefined();
  },
);

test.each<[string, string, string | undefined]>([
  ['another checkout', tmpdir(), `The containers of cs belong to the checkout in ${tmpdir()}: end`],
  ['this checkout', dirname(project.composeFile), undefined],
  ['a checkout that is deleted', '/no/such/checkout', undefined],
])('containers of %s', async (_, folder, message) => {
  const { subject } = compose({
    'docker compose version': { stdout: '2.40.3' },
    'docker info': { stdout: '20.10.24' },
    [PS]: { stdout: `${container('kafka', 'running', 'Up 2 minutes', folder)}\n` },
  });
  const refusal = await subject.check().then(
    () => undefined,
    (error: unknown) => (error as Error).message.slice(0, message?.length),
  );
  expect(refusal).toBe(message);
});

test('only the images that are missing are pulled, each told', async () => {
  const { subject, fake, said } = compose({
    [`${EXCHANGE} config --images`]: { stdout: 'here:1\nthere:2\nhere:1\n' },
    'docker image inspect here:1': {},
    'docker image inspect there:2': { exitCode: 1 },
    'docker pull --quiet there:2': {},
  });
  await subject.pullMissing(['exchange']);
  expect(said).toEqual(['pulling there:2']);
  expect(fake.lines.filter((line) => line.includes('inspect'))).toHaveLength(2);
});

test('an image that cannot be pulled is named, with what Docker said', async () => {
  const { subject } = compose({
    [`${EXCHANGE} config --images`]: { stdout: 'there:2\n' },
    'docker image inspect': { exitCode: 1 },
    'docker pull': { exitCode: 1, stderr: 'no such host' },
  });
  await expect(subject.pullMissing(['exchange'])).rejects.toMatchObject({
    name: 'ImagePullError',
    message: expect.stringMatching(/there:2 could not be pulled.*\nno such host/) as string,
  });
});

test('a port that is taken is named, with the variable that changes it', async () => {
  const stderr =
    'Error response from daemon: driver failed programming external connectivity: listen tcp4 127.0.0.1:19092: bind: address already in use';
  const { subject } = compose({ ...NOTHING, [`${EXCHANGE} up`]: { exitCode: 1, stderr } });
  await expect(subject.up(['exchange'], {})).rejects.toMatchObject({
    name: 'PortInUseError',
    message: expect.stringMatching(/^Port 19092 .*set KAFKA_PORT to another port/) as string,
  });
});

test('both ways in which Docker says that a port is taken are understood', () => {
  const allocated = 'Bind for 127.0.0.1:4566 failed: port is already allocated';
  expect(portProblem(allocated, project)?.message).toContain('LOCALSTACK_PORT');
  expect(portProblem('something else at 127.0.0.1:4566', project)).toBeUndefined();
});

/** Of an earlier run: it is not to blame. */
const KAFKA_UI = container('kafka-ui', 'exited', 'Exited (143) 2 days ago');

test.each<[string, string, RegExp]>([
  [
    'ended',
    container('cassandra', 'exited', 'Exited (137) 1 minute ago'),
    /cassandra ended with exit code 137/,
  ],
  [
    'is not healthy',
    container('cassandra', 'running', 'Up 2 minutes (unhealthy)'),
    /OutOfMemory\n\nThe container of cassandra is not healthy\./,
  ],
])('a container that %s is told with its last lines', async (_, state, message) => {
  const { subject } = compose({
    ...NOTHING,
    [`${EXCHANGE} up`]: { exitCode: 1, stderr: 'dependency failed to start' },
    [PS]: { stdout: [KAFKA_UI, container('kafka', 'running'), state, ''].join('\n') },
    [`${ALL} logs`]: { stdout: 'OutOfMemory' },
  });
  await expect(subject.up(['exchange'], {})).rejects.toMatchObject({
    name: 'ContainerFailedError',
    message: expect.stringMatching(message) as string,
  });
});

test('a failure of another kind has what compose said', async () => {
  const { subject } = compose({
    ...NOTHING,
    [`${EXCHANGE} up`]: { exitCode: 1, stderr: 'invalid interpolation format' },
  });
  await expect(subject.up(['exchange'], {})).rejects.toThrow(
    /"docker compose up" failed:\ninvalid/,
  );
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
    project,
    onProgress: (line) => said.push(line),
    run: (_file, _args, { onLine }) => {
      for (const line of lines) onLine?.(line);
      return Promise.resolve({ exitCode: 0, stdout: '', stderr: '' });
    },
  });
  await subject.up([], {});
  return { said };
}

test('what the functions of a LocalStack that crashed have left is removed before it starts', async () => {
  const { subject, fake } = compose({
    [PS]: { stdout: `${container('localstack', 'exited', 'Exited (137) 1 hour ago')}\n` },
    [FUNCTIONS]: { stdout: 'a1\n' },
    'docker rm --force --volumes a1': {},
    [`${COMPOSE} up`]: {},
  });
  await subject.up([], {});
  expect(fake.lines.at(-2)).toBe('docker rm --force --volumes a1');
});

test('the functions of a LocalStack that runs are left alone', async () => {
  const { subject, fake } = compose({
    [PS]: { stdout: `${container('localstack', 'running')}\n` },
    [`${COMPOSE} up`]: {},
  });
  await subject.up([], {});
  expect(fake.lines).toHaveLength(2);
});

test('a paused container is restarted before the others start, and removes its functions itself', async () => {
  const { subject, fake } = compose({
    [PS]: { stdout: `${container('localstack', 'paused', 'Up 2 minutes (Paused)')}\n` },
    [`${ALL} unpause localstack`]: {},
    [`${ALL} restart localstack`]: {},
    [`${COMPOSE} up`]: {},
  });
  await subject.up([], {});
  expect(fake.lines.slice(1, 3)).toEqual([
    `${ALL} unpause localstack`,
    `${ALL} restart localstack`,
  ]);
});

test('down ends LocalStack first, then the containers of functions that it left, then all else', async () => {
  const { subject, fake } = compose({
    [PS]: { stdout: '' },
    [`${ALL} stop localstack`]: {},
    [FUNCTIONS]: { stdout: 'a1\nb2\n' },
    'docker rm --force --volumes a1 b2': {},
    [`${ALL} down --remove-orphans --timeout 20 --volumes`]: {},
  });
  await subject.down({ volumes: true });
  expect(fake.lines.map((line) => line.replace(`${ALL} `, '').split(' ').slice(0, 2))).toEqual([
    ['stop', 'localstack'],
    ['docker', 'ps'],
    ['docker', 'rm'],
    ['down', '--remove-orphans'],
    ['docker', 'ps'],
  ]);
});

test('the functions of a project with an underscore are found as LocalStack names them', async () => {
  const { run, lines } = fakeRun({ docker: {} });
  const other = composeProject({ COMPOSE_PROJECT_NAME: 'my_cs' }, 'other');
  await new Compose({ project: other, run, onProgress: () => undefined }).down({ volumes: false });
  expect(lines).toContain('docker ps --all --quiet --filter name=^/?my-cs-localstack-1-lambda-');
});

const DOWN = { [`${ALL} stop localstack`]: {}, [FUNCTIONS]: {}, [`${ALL} down`]: {} };

test('what turns up while all is removed is removed too', async () => {
  const looks = [container('kafka', 'created', 'Created'), ''];
  const { subject, fake } = compose({
    ...DOWN,
    [PS]: () => Promise.resolve({ stdout: looks.shift() ?? 'not expected\trunning' }),
  });
  await subject.down({ volumes: false });
  expect(fake.lines.filter((line) => line.startsWith(`${ALL} down`))).toHaveLength(2);
});

test('what cannot be removed is named', async () => {
  const { subject } = compose({ ...DOWN, [PS]: { stdout: container('kafka', 'running') } });
  await expect(subject.down({ volumes: false })).rejects.toThrow(/there is still kafka: try again/);
});

test('a container of functions that has gone by itself meanwhile is no failure', async () => {
  const { subject } = compose({
    ...DOWN,
    [PS]: { stdout: '' },
    [FUNCTIONS]: { stdout: 'a1\n' },
    'docker rm': { exitCode: 1, stderr: 'Error: No such container: a1' },
  });
  await expect(subject.down({ volumes: false })).resolves.toBeUndefined();
});

const KAFKA = container('kafka', 'running');
const EXCHANGE_RUNS = container('exchange', 'running');
const KAFKA_ENDED = container('kafka', 'exited', 'Exited (137) 5 seconds ago');
const RUNNING = [KAFKA, EXCHANGE_RUNS];

/** Watches kafka and exchange; each look sees the next of these, the last one again and again. */
async function failureAfter(looks: (readonly string[] | 'no answer')[]) {
  const { run } = fakeRun({
    [PS]: () => {
      const look = looks.length > 1 ? looks.shift() : looks[0];
      const isAnswer = look !== undefined && look !== 'no answer';
      return Promise.resolve(
        isAnswer ? { stdout: look.join('\n') } : { exitCode: 1, stderr: 'the engine restarts' },
      );
    },
    [`${ALL} logs`]: { stdout: 'shutting down' },
  });
  const subject = new Compose({ project, run, onProgress: () => undefined, lookEveryMs: 1 });
  const failure = await subject.failure(['kafka', 'exchange'], new AbortController().signal);
  return failure.message;
}

test('a container that ends while it is needed is told, one that is made anew is not', async () => {
  const looks = [RUNNING, [EXCHANGE_RUNS], [EXCHANGE_RUNS], RUNNING, [KAFKA_ENDED, EXCHANGE_RUNS]];
  expect(await failureAfter(looks)).toMatch(
    /shutting down\n\nThe container of kafka ended with exit code 137, killed by hand or for lack of memory\.\n.*npm run localstack/,
  );
});

test('an exchange that another run does without is not missed, one that ended is', async () => {
  const gone = Array.from({ length: 8 }, () => [KAFKA]);
  const ended = [KAFKA, container('exchange', 'exited', 'Exited (1) 5 seconds ago')];
  expect(await failureAfter([...gone, ended])).toMatch(/exchange ended with exit code 1\./);
});

test('a look that fails is made again', async () => {
  const looks = ['no answer', 'no answer', RUNNING, 'no answer', [KAFKA_ENDED]] as const;
  expect(await failureAfter([...looks])).toMatch(/kafka ended/);
});

test('a Docker that does not answer any more is told', async () => {
  await expect(failureAfter([RUNNING, 'no answer'])).rejects.toThrow('the engine restarts');
});

test('nobody looks any more once the run ends', async () => {
  const { subject } = compose({});
  const ended = AbortSignal.abort(new Error('Ctrl-C'));
  await expect(subject.failure(['kafka'], ended)).rejects.toThrow('Ctrl-C');
});
