import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  chooseExchange,
  type Fetch,
  GATE_IO_URL,
  ExchangeChoiceError,
} from '../../../local/exchange/choose-exchange';

const pairs = ['BTC_USDT'];
const unused: Fetch = () => Promise.reject(new Error('unexpected: nothing was to be asked'));
const refused: Fetch = () =>
  Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') }));
const silent: Fetch = (_, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
const answers =
  (body: string, status = 200): Fetch =>
  (url) =>
    url === 'https://api.gateio.ws/api/v4/spot/time'
      ? Promise.resolve(new Response(body, { status }))
      : Promise.reject(new Error(`unexpected: ${url}`));

it.each(['auto', 'live'])('%s is Gate.io where it answers', async (choice) => {
  const fetch = answers('{"server_time":1717246800000}');
  expect(await chooseExchange(choice, { pairs, fetch })).toEqual({
    kind: 'live',
    url: GATE_IO_URL,
    description: 'exchange: Gate.io, live',
  });
});

it.each([
  ['silent', silent, 'did not answer within 0.02 s'],
  ['out of reach', refused, 'could not be reached: connect ECONNREFUSED'],
  ['refusing', answers('', 403), 'answered HTTP 403'],
  ['somebody else', answers('<html>'), 'did not give its time'],
  ['empty', answers('{}'), 'did not give its time'],
])('where Gate.io is %s, auto is simulated and live an error', async (_, fetch, why) => {
  const options = { pairs, fetch, timeoutMs: 20 };
  const exchange = await chooseExchange('auto', options);
  expect(exchange).toMatchObject({
    kind: 'simulated',
    description: `exchange: simulated (Gate.io ${why}), seed 1`,
  });
  const live = chooseExchange('live', options);
  await expect(live).rejects.toThrow(ExchangeChoiceError);
  await expect(live).rejects.toThrow(
    `Gate.io ${why}; check the network, or choose auto, simulated or a folder`,
  );
});

it('simulated asks nobody', async () => {
  const exchange = await chooseExchange('simulated', { pairs, seed: 7, fetch: unused });
  if (exchange.kind !== 'simulated')
    throw new Error(`expected a simulated exchange, not ${exchange.kind}`);
  expect(exchange.description).toBe('exchange: simulated, seed 7');
  expect(exchange.source.pairs()).toEqual(pairs);
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
    const exchange = await chooseExchange(folder, { pairs, fetch: unused });
    expect(exchange).toMatchObject({
      kind: 'recorded',
      description: `exchange: recorded candles of ETH_BTC, POWR_BTC in ${folder}, 2018-01-20 04:53 to 2018-01-30 04:51 (UTC)`,
    });
  });

  it.each(['none', 'file'])('that is none is refused: %s', async (name) => {
    await writeFile(join(folder, 'file'), '');
    const choosing = chooseExchange(join(folder, name), { pairs, fetch: unused });
    await expect(choosing).rejects.toThrow(ExchangeChoiceError);
    await expect(choosing).rejects.toThrow(
      /is not a folder; choose auto, live, simulated, or a folder/,
    );
  });
});
