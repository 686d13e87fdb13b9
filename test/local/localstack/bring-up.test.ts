import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StopAsked } from '../../../cli/command-end';
import { freePort } from '../../../cli/free-port';
import { bringDown } from '../../../local/localstack/bring-down';
import { bringUp } from '../../../local/localstack/bring-up';
import { composeFor } from '../../../local/localstack/command';
import { parseLocalstackArguments } from '../../../local/localstack/localstack-request';
import { localstackProject } from '../../../local/localstack/localstack-project';
import { startContainers } from '../../../local/localstack/start-containers';
import { type FakeAnswer, fakeRun } from '../engines/fake-run';

const PORT_VARIABLES = [
  'LOCALSTACK_PORT',
  'KAFKA_PORT',
  'CASSANDRA_PORT',
  'EXCHANGE_PORT',
  'KAFKA_UI_PORT',
];

let dataDir: string;
/** Free ones: a run beside the tests may have the usual ones. */
let ports: Record<string, string>;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'candlestream-up-'));
  ports = {};
  for (const variable of PORT_VARIABLES) ports[variable] = String(await freePort());
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

const HERE: Record<string, FakeAnswer> = {
  'docker compose version': { stdout: '2.40.3' },
  'docker info': { stdout: '20.10.24' },
  'docker ps': { stdout: '' },
};

type Answers = Parameters<typeof fakeRun>[0];

/** @param answersOf given the `docker compose` of the project, and the answer that stops the run */
function commandOf(answersOf: (compose: string, stop: () => Promise<FakeAnswer>) => Answers) {
  const project = localstackProject({
    COMPOSE_PROJECT_NAME: 'cs',
    CANDLESTREAM_DATA_DIR: dataDir,
    ...ports,
  });
  const compose = `docker compose --project-name cs --file ${project.composeFile} --progress plain`;
  const stopping = new AbortController();
  const stop = () => {
    stopping.abort(new StopAsked());
    return Promise.resolve(new Error('"docker" could not be run: The operation was aborted'));
  };
  const { run, lines } = fakeRun({ ...HERE, ...answersOf(compose, stop) });
  const said: string[] = [];
  const unexpected = (): never => {
    throw new Error('there is nothing to show');
  };
  const shown = { note: (line: string) => said.push(line), update: unexpected, close: unexpected };
  return { said, lines, command: { project, run, shown, signal: stopping.signal } };
}

function upRequest(...args: string[]) {
  const request = parseLocalstackArguments(['--exchange', 'simulated', ...args]);
  if (request.kind !== 'up') throw new Error(`${request.kind} was not asked for`);
  return request;
}

test.each<[string, Parameters<typeof commandOf>[0], string]>([
  [
    'before the containers',
    (compose, stop) => ({ [`${compose} --profile exchange config`]: stop }),
    'stopped: this run has started nothing',
  ],
  [
    'while they come up',
    (compose, stop) => ({
      [`${compose} --profile exchange config`]: { stdout: 'here:1\n' },
      'docker image inspect here:1': {},
      [`${compose} --profile exchange up`]: stop,
    }),
    'stopped before everything was deployed: the containers go on until "npm run localstack -- --down"',
  ],
])('stopped %s, it says so and no more, and lets go of its lock', async (_, answersOf, line) => {
  const { command, said } = commandOf(answersOf);
  await expect(bringUp(upRequest(), command)).rejects.toBeInstanceOf(StopAsked);
  expect(said).toEqual(['exchange: simulated, seed 1', line]);
  expect((await readdir(command.project.folder)).filter((name) => name.includes('lock'))).toEqual(
    [],
  );
});

test('the image of the functions is fetched even if the exchange is no container', async () => {
  const { command, lines } = commandOf((compose) => ({
    [`${compose} --profile exchange config`]: { stdout: 'lambda:22\n' },
    'docker image inspect': { exitCode: 1 },
    'docker pull --quiet lambda:22': {},
    [`${compose} --profile * rm --stop --force exchange`]: {},
    [`${compose} up`]: {},
  }));
  const exchange = {
    description: 'live',
    inContainer: false,
    environment: {},
  };
  let hasBegun = false;
  const onBegun = () => (hasBegun = true);

  const compose = composeFor(command);
  await startContainers(command, { compose, exchange, ui: false, onBegun });

  expect(lines).toContain('docker pull --quiet lambda:22');
  expect(hasBegun).toBe(true);
});

test.each([
  [['--settings', '{"topcs":{}}'], 'Did you mean "topics"?'],
  [['--settings', '{"scheduleMinutes":90}'], 'scheduleMinutes is 90: give at most 60'],
  [['--history-start', '2999-01-01'], "is after the exchange's time"],
  [
    ['--exchange-time', '2018-01-23', '--history-start', '2018-01-24'],
    "--history-start 2018-01-24 is after the exchange's time, 2018-01-23 00:00 (UTC)",
  ],
  [
    ['--pairs', 'binance:BTC_USDT'],
    'of an exchange that is not followed: follow it with --exchanges gate-io,binance',
  ],
])('%j is refused before Docker is asked for anything', async (args, message) => {
  const { command, lines } = commandOf(() => ({}));
  const bringingUp = bringUp(upRequest(...args), command);
  await expect(bringingUp).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining(message) as string,
  });
  expect(lines).toEqual([]);
});

const OTHER_RUNS = {
  'ps -ww': { stdout: 'node --import tsx local/localstack/localstack.ts' },
};

test('what another run brings up is not brought up a second time', async () => {
  const { command } = commandOf(() => OTHER_RUNS);
  await mkdir(command.project.folder, { recursive: true });
  await writeFile(join(command.project.folder, 'deploy.lock'), String(process.ppid));
  await expect(bringUp(upRequest(), command)).rejects.toMatchObject({
    name: 'RunInProgressError',
    message: expect.stringContaining(
      `Process ${process.ppid} is bringing the containers up`,
    ) as string,
  });
});

test('down stops the run that brings things up before it removes them', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
  const ended = once(child, 'exit').then(() => child.signalCode);
  const { command, said } = commandOf((compose) => ({
    ...OTHER_RUNS,
    [`${compose} --profile * stop localstack`]: async () => ({ stdout: (await ended) ?? '' }),
    [`${compose} --profile * down`]: {},
  }));
  await mkdir(command.project.folder, { recursive: true });
  await writeFile(join(command.project.folder, 'deploy.lock'), String(child.pid));

  await bringDown({ volumes: false }, command);

  expect(await ended).toBe('SIGTERM');
  expect(said[0]).toBe(`process ${child.pid ?? ''} has stopped`);
  expect(await readdir(command.project.folder)).toEqual([]);
});

test('down removes the lock that a run left behind, whoever has its number now', async () => {
  const { command } = commandOf((compose) => ({
    'ps -ww': { stdout: 'vim local/localstack/localstack.ts' },
    [`${compose} --profile * stop localstack`]: {},
    [`${compose} --profile * down`]: {},
  }));
  await mkdir(command.project.folder, { recursive: true });
  await writeFile(join(command.project.folder, 'run.lock'), String(process.ppid));

  await bringDown({ volumes: false }, command);

  expect(await readdir(command.project.folder)).toEqual([]);
});
