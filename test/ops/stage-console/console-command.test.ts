import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { text } from 'node:stream/consumers';
import {
  consoleCommand,
  type ConsoleSurroundings,
} from '../../../ops/stage-console/console-command';
import { OperationError } from '../../../ops/operation-error';
import { FakeFunctionUrl } from './fake-function-url';

const AT = Date.UTC(2026, 0, 15, 12);
const CREDENTIALS = { accessKeyId: 'AKID', secretAccessKey: 'secret' };

let stage: FakeFunctionUrl;

beforeEach(async () => {
  stage = new FakeFunctionUrl(CREDENTIALS, AT);
  await stage.start();
});

afterEach(() => stage.stop());

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Where the function was looked up. */
  readonly places: readonly object[];
}

interface RunOptions {
  readonly changes?: Partial<ConsoleSurroundings>;
  /** Is done while the page is served; then it is asked to stop. */
  readonly meanwhile?: (url: string) => Promise<void>;
}

async function run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { changes = {}, meanwhile = () => Promise.resolve() } = options;
  const asked = new AbortController();
  let [out, err, done] = ['', '', Promise.resolve()];
  const places: object[] = [];
  const code = await consoleCommand(args, {
    print: (printed) => {
      out += printed;
      const [, url] = /^page: (\S+)/.exec(printed) ?? [];
      if (url !== undefined) done = meanwhile(url).finally(() => asked.abort());
    },
    printError: (printed) => {
      err += printed;
    },
    findStage: (name) =>
      name === 'dev' ? Promise.resolve({}) : Promise.reject(new OperationError(`no stage ${name}`)),
    stageNames: () => Promise.resolve(['dev', 'prod']),
    region: ({ region }) => Promise.resolve(region ?? stage.region),
    findUrl: (place) => {
      places.push(place);
      return Promise.resolve(stage.url);
    },
    credentials: () => () => Promise.resolve(CREDENTIALS),
    clock: () => AT,
    signal: asked.signal,
    ...changes,
  });
  await done;
  return { code, out, err, places };
}

/** A request as it is written, which `fetch` would tidy up. */
async function ask(url: string, path: string, options: RequestOptions = {}) {
  const { hostname, port } = new URL(url);
  // Each run may have the port of the one before, but none of its connections.
  const sent = httpRequest({ agent: false, hostname, port, path, ...options }).end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await text(response) };
}

test('the page of a stage is served, signed, until it is asked to stop', async () => {
  stage.respond = (response) => response.end('the page');
  let answer: unknown;
  const { code, out, err, places } = await run(['--stage', 'dev', '--profile', 'ops'], {
    meanwhile: async (url) => {
      answer = await ask(url, '/?market=gate-io:BTC_USDT');
    },
  });
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/^page: http:\/\/127\.0\.0\.1:\d+ \(stage dev; Ctrl-C ends it\)\n$/);
  expect(places).toEqual([{ stage: 'dev', profile: 'ops', region: 'eu-central-1' }]);
  expect(answer).toEqual({ status: 200, body: 'the page' });
  expect(stage.requests).toMatchObject([{ url: '/?market=gate-io%3ABTC_USDT' }]);
});

test.each<[string, string, RequestOptions, number]>([
  ['a foreign host', '/v1/markets', { headers: { host: 'evil.example' } }, 403],
  ['a foreign origin', '/v1/markets', { headers: { origin: 'https://evil.example' } }, 403],
  ['POST', '/v1/markets', { method: 'POST' }, 405],
  ['DELETE', '/v1/markets', { method: 'DELETE' }, 405],
  ['a step up', '/assets/../v1/markets', {}, 400],
])('%s is refused, and nothing is signed for it', async (_what, path, options, status) => {
  let refused: number | undefined;
  await run(['--stage', 'dev'], {
    meanwhile: async (url) => {
      refused = (await ask(url, path, options)).status;
    },
  });
  expect(refused).toBe(status);
  expect(stage.requests).toEqual([]);
});

test.each([
  [[], 2, 'choose one of dev, prod'],
  [['--stage', 'qa'], 1, 'no stage qa'],
  [['--stage', 'dev', '--port', 'x'], 2, 'Expected a port'],
])('%j ends with %d and says why', async (args, code, said) => {
  const outcome = await run(args);
  expect(outcome.code).toBe(code);
  expect(outcome.err).toContain(said);
});

test('help names the options', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  for (const option of ['--stage', '--profile', '--region', '--port'])
    expect(out).toContain(option);
});

test('a port that is taken is named', async () => {
  const { port } = new URL(stage.url);
  const { code, err } = await run(['--stage', 'dev', '--port', port]);
  expect({ code, err }).toEqual({
    code: 1,
    err: `Port ${port} of 127.0.0.1 is taken; choose another\n`,
  });
});

test('without a region nothing is looked up', async () => {
  const changes = { region: () => Promise.resolve(undefined) };
  const outcome = await run(['--stage', 'dev'], { changes });
  expect(outcome).toMatchObject({ code: 1, places: [] });
  expect(outcome.err).toContain('--region');
});

test.each([
  'No AWS credentials were found: sign in',
  'There is no function query of the stage dev',
])('nothing is served if it fails: %s', async (message) => {
  const changes = { findUrl: () => Promise.reject(new OperationError(message)) };
  const outcome = await run(['--stage', 'dev'], { changes });
  expect(outcome).toMatchObject({ code: 1, out: '', err: `${message}\n` });
});
