import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { LoopbackServer } from '../../cli/loopback/loopback-server';
import { installedPythonTool } from '../../cli/processes/python-tool';
import type { Candle } from '../../lambdas/shared/domain/candle';
import { type Interval, INTERVALS } from '../../lambdas/shared/domain/interval';
import { InvocationCounts } from '../../local/watch/invocation-counts';
import { startRunApi } from '../../local/watch/run-api';
import { readRunState } from '../../local/watch/run-state';
import { RECORDED_PAIRS } from '../oracle/recordings';
import { endMs, LENGTH_MS, straightWindows } from '../oracle/straight-roll-up';
import { SCHEMATHESIS, SCHEMATHESIS_CONFIG } from '../schemathesis/tool';
import { testInBrowser } from './console/find-chromium';
import { PageBrowser } from './console/page-browser';
import { ChartClient } from './support/chart-client';
import { QueryClient, type ToldCandle } from './support/query-client';
import { MINUTE_MS, RecordedRun } from './support/recorded-run';
import { candleNumbers } from './support/stored-rows';
import { testWith } from './support/test-with';
import { until } from './support/waiting';

/** One run for all of the file: what is asked of the deployed function is held against the recording. */
const START_MS = Date.parse('2018-01-22T00:00:00Z');
const DAY_MINUTES = 1_440;
const LIMIT_MS = 10 * MINUTE_MS;
const MARKETS = RECORDED_PAIRS.map((pair) => ({ pair, market: `gate-io:${pair}` }));

const recorded = new RecordedRun({ fromMs: START_MS });
let api: LoopbackServer;
let client: QueryClient;
let chart: ChartClient;
const warnings: string[] = [];

beforeAll(async () => {
  await recorded.start();
  // The first tick says since when a market is live.
  await recorded.play(1);
  await recorded.catchUp(3 * DAY_MINUTES + 196);
  await recorded.caughtUp();
  const { pipeline } = recorded.run;
  const { query } = pipeline;
  if (query === undefined) throw new Error('The stage has no query API');
  api = await startRunApi({
    query,
    port: undefined,
    state: () =>
      readRunState({
        functions: ['query'],
        counts: new InvocationCounts(),
        lag: () => pipeline.lag(),
        recordCount: (topic) => pipeline.recordCount(topic),
      }),
    onWarning: (message) => warnings.push(message),
  });
  client = new QueryClient(api.url);
  chart = new ChartClient(api.url);
}, LIMIT_MS);

afterAll(async () => {
  await api.stop();
  await recorded.stop();
}, LIMIT_MS);

/** What the API is to tell of an interval, by the recording alone. */
function expectedCandles(pair: string, interval: Interval): ToldCandle[] {
  return windowsOf(pair, interval).map((candle) => {
    const isClosed = endMs(interval, candle.openTimeMs) <= recorded.playedToMs;
    const { openTimeMs, minuteCount } = candle;
    return [openTimeMs, ...candleNumbers(candle), minuteCount, isClosed].join(' ');
  });
}

function windowsOf(pair: string, interval: Interval): Candle[] {
  const minutes = recorded.minutes(pair, START_MS, recorded.playedToMs);
  return straightWindows(minutes, LENGTH_MS[interval]);
}

describe.each(MARKETS)('every candle of $market', ({ pair, market }) => {
  test.each(INTERVALS)(
    '%s, page by page in JSON and CSV, forward and backward, is the one of the recording',
    async (interval) => {
      const range = { market, interval, fromMs: START_MS, toMs: recorded.playedToMs, limit: 5_000 };
      const expected = expectedCandles(pair, interval);
      expect(expected.length).toBeGreaterThan(0);
      expect(await client.allAsJson(range)).toEqual(expected);
      expect(await client.allAsCsv({ ...range, limit: 701 })).toEqual(expected);
      expect(await client.allBackward({ ...range, limit: 997 })).toEqual(expected);
    },
    LIMIT_MS,
  );

  test.each([
    ['1m', 1, 20],
    ['1m', 7, 200],
    ['5m', 7, DAY_MINUTES],
    ['15m', 7, 2 * DAY_MINUTES],
    ['1h', 7, 3 * DAY_MINUTES],
    ['4h', 1, 3 * DAY_MINUTES],
    ['1d', 1, 4 * DAY_MINUTES],
  ] as const)(
    '%s in pages of %d, over midnight, gives the same',
    async (interval, limit, minutes) => {
      const fromMs = START_MS + (DAY_MINUTES - 10) * MINUTE_MS * (interval === '1m' ? 1 : 0);
      const toMs = fromMs + minutes * MINUTE_MS;
      const expected = expectedCandles(pair, interval).filter((told) => {
        const openTimeMs = Number(told.split(' ')[0]);
        return openTimeMs >= fromMs && openTimeMs < toMs;
      });
      const range = { market, interval, fromMs, toMs, limit };
      expect(await client.allAsJson(range)).toEqual(expected);
      expect(await client.allAsCsv(range)).toEqual(expected);
      expect(await client.allBackward(range)).toEqual(expected);
    },
    LIMIT_MS,
  );

  test.each([
    ['1', '1m'],
    ['5', '5m'],
    ['15', '15m'],
    ['60', '1h'],
    ['240', '4h'],
    ['1D', '1d'],
  ] as const)(
    'a chart that scrolls back at the resolution %s gets them all, and is told where they end',
    async (resolution, interval) => {
      const expected = windowsOf(pair, interval).map((candle) =>
        [candle.openTimeMs / 1_000, ...candleNumbers(candle).slice(0, 5)].join(' '),
      );
      const asked = {
        symbol: `GATEIO:${pair}`,
        resolution,
        to: recorded.playedToMs / 1_000,
      };
      const seconds = LENGTH_MS[interval] / 1_000;
      expect(await chart.scrolledBack(asked, { countback: 329, seconds })).toEqual(expected);
    },
    LIMIT_MS,
  );
});

test(
  'a chart resolves a symbol, and follows it as minutes come',
  async () => {
    const symbol = 'GATEIO:ETH_BTC';
    expect(await chart.config()).toMatchObject({ supports_search: true });
    const described = await chart.symbol(symbol);
    expect(described).toMatchObject({ ticker: symbol, session: '24x7', minmov: 1 });
    expect(described).not.toHaveProperty('s');
    expect(await chart.symbol('GATEIO:NO_SUCH')).toEqual({ s: 'error', errmsg: 'unknown_symbol' });

    const live = async () => {
      const to = recorded.playedToMs / 1_000 + 60;
      const request = { symbol, resolution: '1', from: to - 660, to, countback: 2 };
      const answer = await chart.history(request);
      return answer.kind === 'bars' ? answer.bars : [];
    };
    const before = await live();
    expect(before.length).toBeGreaterThanOrEqual(2);
    await recorded.play(3);
    await until('a newer bar is told', async () => (await live()).at(-1) !== before.at(-1));
  },
  LIMIT_MS,
);

test(
  'what is known of the markets is told with the digits of the recording',
  async () => {
    const { markets } = (await client.json('/v1/markets')) as {
      markets: readonly Readonly<Record<string, unknown>>[];
    };
    const eth = markets.find(({ market }) => market === 'gate-io:ETH_BTC');
    const newest = windowsOf('ETH_BTC', '1m').at(-1);
    expect(eth?.['seenTo']).toBe(new Date(recorded.playedToMs).toISOString().replace('.000', ''));
    expect(eth?.['newest']).toBe(
      new Date(newest?.openTimeMs ?? NaN).toISOString().replace('.000', ''),
    );
    expect(Number(eth?.['close'])).toBe(Number(newest?.close.unscaled) / 1e8);
    expect(await client.json('/v1/gaps?market=gate-io:ETH_BTC')).toMatchObject({ gaps: [] });
    expect(await client.json('/v1/run')).toMatchObject({ deadLetters: 0 });
  },
  LIMIT_MS,
);

test('an answer is compressed, and is not sent again to who has it', async () => {
  const address = `/v1/candles?market=gate-io:ETH_BTC&interval=1m&from=${START_MS}&limit=100`;
  const first = await client.ask(address, { headers: { 'accept-encoding': 'gzip' } });
  expect(first.headers.get('content-encoding')).toBe('gzip');
  expect(await first.json()).toHaveProperty('candles');
  const tag = first.headers.get('etag') ?? '';
  const again = await client.ask(address, { headers: { 'if-none-match': tag } });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

test.each([
  ['a foreign host', '/v1/markets', { headers: { host: 'evil.example' } }, 403],
  ['a foreign origin', '/v1/markets', { headers: { origin: 'https://evil.example' } }, 403],
  ['POST', '/v1/markets', { method: 'POST' }, 405],
  ['a step up', '/assets/../v1/markets', {}, 400],
  ['a parameter given twice', '/v1/gaps?market=gate-io:ETH_BTC&market=gate-io:POWR_BTC', {}, 400],
])('%s is refused', async (_what, path, options, status) => {
  const { hostname, port } = new URL(api.url);
  const sent = httpRequest({ hostname, port, path, ...options }).end();
  const [response] = (await once(sent, 'response')) as [
    Parameters<typeof text>[0] & { statusCode: number },
  ];
  expect([response.statusCode, (await text(response)).includes('"status"')]).toEqual([
    status,
    true,
  ]);
});

const schemathesis = installedPythonTool(SCHEMATHESIS);

testWith(schemathesis)(
  'the contract that is served is that of the documents, and schemathesis finds nothing against it',
  async () => {
    if (schemathesis === undefined) {
      throw new Error('schemathesis is not installed: npm run install:schemathesis');
    }
    const document = join(__dirname, '../../docs/openapi.json');
    const served = await client.json('/openapi.json');
    expect(JSON.parse(readFileSync(document, 'utf8'))).toEqual(served);

    const options = [
      ...['--config-file', SCHEMATHESIS_CONFIG, 'run', `${api.url}/openapi.json`],
      ...['--phases', 'examples,coverage,fuzzing', '--max-examples', '15', '--seed', '1'],
      ...['--request-timeout', '60', '--no-color'],
    ];
    const run = spawn(schemathesis, options, {
      cwd: recorded.run.logsDir,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const [out, err] = await Promise.all([text(run.stdout), text(run.stderr)]);
    if (run.exitCode === null) await once(run, 'exit');
    expect({ exitCode: run.exitCode, findings: run.exitCode === 0 ? '' : out + err }).toEqual({
      exitCode: 0,
      findings: '',
    });
  },
  LIMIT_MS,
);

testInBrowser(
  'Cassandra killed: the API and the page say so, never show nothing instead, and recover',
  async () => {
    const address = `/v1/candles?market=gate-io:ETH_BTC&interval=1h&from=${START_MS}`;
    const before = await client.json(address);
    const browser = await PageBrowser.start(api.url);
    const page = await browser.open({ query: '?market=gate-io:ETH_BTC&interval=1h' });
    const banner = page.getByRole('alert');
    expect(browser.takeProblems()).toEqual([]);

    await recorded.run.engines.cassandra.kill();
    const answers = [
      await client.ask(address),
      await client.ask('/v1/markets'),
      await client.ask('/udf/history?symbol=GATEIO:ETH_BTC&resolution=60&from=0&to=2000000000'),
    ];
    await banner.waitFor({ timeout: LIMIT_MS });
    const outage = await banner.innerText();
    const legend = await page.locator('.legend').innerText();
    await recorded.run.engines.cassandra.start();

    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(answers.map(({ headers }) => headers.get('retry-after'))).toEqual(['5', '5', '5']);
    expect(outage).toContain('HTTP 503: The database does not answer');
    expect(legend).toContain('open');
    await until('it answers again', async () => (await client.ask(address)).ok);
    expect(await client.json(address)).toEqual(before);
    await banner.waitFor({ state: 'detached', timeout: LIMIT_MS });
    await browser.stop();
    expect(browser.takeProblems().filter((problem) => !problem.includes('503'))).toEqual([]);
    expect(warnings).toEqual([]);
  },
  LIMIT_MS,
);
