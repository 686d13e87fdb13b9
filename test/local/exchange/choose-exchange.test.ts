import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chooseExchange, ExchangeChoiceError } from '../../../local/exchange/choose-exchange';
import type { Fetch } from '../../../local/exchange/real-exchanges';

/** An answer with the time of each exchange, by the address that it is asked at. */
const TIMES: Readonly<Record<string, string>> = {
  'https://api.gateio.ws/api/v4/spot/time': '{"server_time":1717246800000}',
  'https://data-api.binance.vision/api/v3/time': '{"serverTime":1717246800000}',
  'https://www.okx.com/api/v5/public/time': '{"code":"0","data":[{"ts":"1717246800000"}],"msg":""}',
  'https://api.coinbase.com/api/v3/brokerage/time':
    '{"iso":"2024-06-01T13:00:00Z","epochSeconds":"1717246800","epochMillis":"1717246800000"}',
};
const allAnswer: Fetch = (url) => {
  const time = TIMES[url];
  if (time === undefined) return Promise.reject(new Error(`unexpected: ${url}`));
  return Promise.resolve(new Response(time));
};
/** All answer but those with a text in their address. */
const allBut =
  (part: string, silence: Fetch): Fetch =>
  (url, init) =>
    url.includes(part) ? silence(url, init) : allAnswer(url, init);

const unused: Fetch = () => Promise.reject(new Error('unexpected: nothing was to be asked'));
const refused: Fetch = () =>
  Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
const silent: Fetch = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
const answersAnywhere =
  (body: string, status: number): Fetch =>
  () =>
    Promise.resolve(new Response(body, { status }));
const answers =
  (body: string, status = 200): Fetch =>
  (url) =>
    url === 'https://api.gateio.ws/api/v4/spot/time'
      ? Promise.resolve(new Response(body, { status }))
      : Promise.reject(new Error(`unexpected: ${url}`));

it.each(['auto', 'live'])('%s is Gate.io where it answers', async (choice) => {
  const fetch = answers('{"server_time":1717246800000}');
  expect(await chooseExchange(choice, ['gate-io'], { fetch })).toEqual({
    kind: 'live',
    description: 'exchange: Gate.io, live',
  });
});

describe('with several exchanges', () => {
  const all = ['gate-io', 'binance', 'okx', 'coinbase'] as const;

  it.each(['auto', 'live'])('%s is live where each of them answers', async (choice) => {
    expect(await chooseExchange(choice, all, { fetch: allAnswer })).toEqual({
      kind: 'live',
      description: 'exchange: Gate.io, Binance, OKX, Coinbase, live',
    });
  });

  it('auto is simulated if one of them does not answer, and says which', async () => {
    const fetch = allBut('binance', answersAnywhere('', 451));
    expect(await chooseExchange('auto', all, { fetch })).toEqual({
      kind: 'simulated',
      description: 'exchange: simulated (Binance answered HTTP 451), seed 1',
    });
  });

  it('live is refused if one of them does not answer', async () => {
    const fetch = allBut('okx', refused);
    await expect(chooseExchange('live', all, { fetch })).rejects.toThrow(
      'Live was chosen, but OKX could not be reached: connect ECONNREFUSED; check the network',
    );
  });

  it('Gate.io is not asked if it is not followed', async () => {
    const fetch = allBut('gateio', unused);
    expect(await chooseExchange('auto', ['binance'], { fetch })).toMatchObject({ kind: 'live' });
  });
});

it.each([
  ['silent', silent, 'did not answer within 0.02 s'],
  ['out of reach', refused, 'could not be reached: connect ECONNREFUSED'],
  ['refusing', answers('', 403), 'answered HTTP 403'],
  ['somebody else', answers('<html>'), 'did not give its time'],
  ['empty', answers('{}'), 'did not give its time'],
])('where Gate.io is %s, auto is simulated and live an error', async (_, fetch, why) => {
  const options = { fetch, timeoutMs: 20 };
  const exchange = await chooseExchange('auto', ['gate-io'], options);
  expect(exchange).toMatchObject({
    kind: 'simulated',
    description: `exchange: simulated (Gate.io ${why}), seed 1`,
  });
  const live = chooseExchange('live', ['gate-io'], options);
  await expect(live).rejects.toThrow(ExchangeChoiceError);
  await expect(live).rejects.toThrow(
    `Gate.io ${why}; check the network, or choose auto, simulated or a folder`,
  );
});

it('simulated asks nobody', async () => {
  expect(await chooseExchange('simulated', ['gate-io'], { fetch: unused })).toEqual({
    kind: 'simulated',
    description: 'exchange: simulated, seed 1',
  });
});

describe('a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'exchange-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('is recorded candles, with what there is of them', async () => {
    for (const [pair, time] of [
      ['ETH_BTC', 1516423980000],
      ['POWR_BTC', 1517287800000],
    ] as const) {
      await writeFile(join(folder, `${pair}-1m.json`), `[[${time}, 2, 3, 1, 2, 5]]`);
    }
    const exchange = await chooseExchange(folder, ['gate-io'], { fetch: unused });
    expect(exchange).toMatchObject({
      kind: 'recorded',
      description: `exchange: recorded candles of ETH_BTC, POWR_BTC in ${folder}, 2018-01-20 04:53 to 2018-01-30 04:51 (UTC)`,
    });
  });

  it.each(['none', 'file'])('that is none is refused: %s', async (name) => {
    await writeFile(join(folder, 'file'), '');
    const choosing = chooseExchange(join(folder, name), ['gate-io'], { fetch: unused });
    await expect(choosing).rejects.toThrow(ExchangeChoiceError);
    await expect(choosing).rejects.toThrow(/is not a folder: name one with recorded candles/);
  });
});
