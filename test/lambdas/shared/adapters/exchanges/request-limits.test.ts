import { createExchange } from '../../../../../lambdas/shared/adapters/exchanges/exchange';
import { AddressBan } from '../../../../../lambdas/shared/adapters/exchanges/http/address-ban';
import type { ExchangeClientOptions } from '../../../../../lambdas/shared/adapters/exchanges/http/exchange-client';
import type { ExchangeName } from '../../../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { DAY_MS, MINUTE_MS } from '../../../../../lambdas/shared/domain/interval';
import type { CandlesQuery } from '../../../../../lambdas/shared/domain/ports';
import { at } from '../../../../fakes/candles';
import { FakeTelemetry } from '../../../../fakes/telemetry';
import { fakeTime, ScriptedServer, type ServerAnswer, timePassing } from './scripted-server';

const server = new ScriptedServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterEach(() => jest.useRealTimers());
afterAll(() => server.stop());

function prepare(name: ExchangeName, options: Partial<ExchangeClientOptions> = {}) {
  fakeTime();
  jest.setSystemTime(at(12));
  return createExchange(name, {
    baseUrl: server.url,
    telemetry: new FakeTelemetry(),
    requestsPer10Seconds: 1_000,
    retries: 1,
    firstPauseMs: 1,
    ...options,
  });
}

/** Some minutes of before now. */
function queryOf(agoMs = 10 * MINUTE_MS): CandlesQuery {
  const fromMs = at(12) - agoMs;
  const toMs = fromMs + 5 * MINUTE_MS;
  return { pair: 'BTC_USDT', fromMs, toMs, closedBeforeMs: fromMs, withinMs: 60_000 };
}

/** Times of the requests, in milliseconds since the first. */
function waits(): number[] {
  const times = server.seen.map(({ atMs }) => atMs);
  return times.map((timeMs) => timeMs - (times[0] ?? 0));
}

const NO_ROWS = { code: '0', msg: '', data: [] };

describe("Binance's weight", () => {
  const used = (weight: string): ServerAnswer => ({
    headers: { 'x-mbx-used-weight-1m': weight, date: new Date(at(12) + 18_000).toUTCString() },
    body: [],
  });

  it('holds requests back until its next minute once it is nearly used up', async () => {
    server.script = (_, number) => used(number === 1 ? '5701' : '2');
    const exchange = prepare('binance');

    await timePassing(exchange.candles(queryOf()));
    await timePassing(exchange.candles(queryOf()));

    // Its clock said 18 s.
    expect(waits()[1]).toBeGreaterThanOrEqual(42_000);
    expect(waits()[1]).toBeLessThan(43_000);
  });

  it.each([
    ['5700', 150],
    ['7000', 0],
    ['many', undefined],
  ])('of %s used leaves %s requests for candles', async (weight, requests) => {
    server.script = () => used(weight);
    const exchange = prepare('binance');

    await timePassing(exchange.candles(queryOf()));

    expect(exchange.takeHeadroom()).toBe(requests);
    expect(exchange.takeHeadroom()).toBeUndefined();
  });
});

describe("OKX's limits", () => {
  it('are by endpoint: older minutes have half of the requests, in windows of two seconds', async () => {
    server.script = () => ({ body: NO_ROWS });
    const exchange = prepare('okx', { requestsPer10Seconds: 20 });
    const ask = (agoMs: number) =>
      Promise.all(Array.from({ length: 4 }, () => exchange.candles(queryOf(agoMs))));

    await timePassing(Promise.all([ask(2 * DAY_MS), ask(10 * MINUTE_MS)]));

    const of = (path: string) =>
      server.seen.filter((request) => request.path.endsWith(`/${path}`)).map(({ atMs }) => atMs);
    const [recent, old] = [of('candles'), of('history-candles')];
    expect([recent.length, old.length]).toEqual([4, 4]);
    expect((recent[3] ?? 0) - (recent[0] ?? 0)).toBeLessThan(1_000);
    expect((old[1] ?? 0) - (old[0] ?? 0)).toBeLessThan(1_000);
    expect((old[2] ?? 0) - (old[0] ?? 0)).toBeGreaterThanOrEqual(1_900);
  });

  it('inside a 200 hold back all endpoints', async () => {
    const limited = { code: '50011', msg: 'Too Many Requests', data: [] };
    server.script = (_, number) => ({ body: number === 1 ? limited : NO_ROWS });
    const exchange = prepare('okx');

    const first = exchange.candles(queryOf());
    await timePassing(
      Promise.all([first, first.then(() => exchange.candles(queryOf(DAY_MS * 2)))]),
    );

    expect(waits()[1]).toBeGreaterThanOrEqual(1_000);
    expect(waits()).toHaveLength(3);
  });
});

describe('a limit', () => {
  const SAID_DATE = new Date(at(11)).toUTCString();

  it('of less than one request in a window has a longer window', async () => {
    server.script = () => ({ body: { candles: [] } });
    const exchange = prepare('coinbase', { requestsPer10Seconds: 4 });

    await timePassing(Promise.all([1, 2, 3].map(() => exchange.candles(queryOf()))));

    expect(waits()[1]).toBeGreaterThanOrEqual(2_400);
    expect(waits()[2]).toBeGreaterThanOrEqual(4_900);
  });

  it.each([
    // By its own clock, which is an hour slow.
    ['a date', () => new Date(at(11) + 9_000).toUTCString(), 8_000],
    ['nothing that can be read', () => 'soon', 1_000],
    ['less than two minutes', () => '119', 119_000],
  ])('whose Retry-After is %s is waited for', async (_, retryAfter, leastMs) => {
    server.script = (_request, number) =>
      number === 1
        ? { status: 429, headers: { 'retry-after': retryAfter(), date: SAID_DATE }, body: '' }
        : { body: { candles: [] } };
    const telemetry = new FakeTelemetry();
    const exchange = prepare('coinbase', { telemetry });
    const asked = exchange.candles(queryOf());
    while (telemetry.counted('ExchangeRateLimited') === 0) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    // Most of the time passes at once.
    await jest.advanceTimersByTimeAsync(leastMs - 500);
    expect(server.seen).toHaveLength(1);

    await timePassing(asked);

    expect(waits()[1]).toBeGreaterThanOrEqual(leastMs);
    expect(waits()[1]).toBeLessThan(leastMs + 2_000);
  });
});

describe('a limit that says two minutes or more', () => {
  it.each([
    ['two minutes', '120', 120_000],
    ['a year: no longer than an hour', String(365 * 24 * 60 * 60), 3_600_000],
  ])('is a ban: %s', async (_, retryAfter, lastsMs) => {
    server.script = (_request, number) =>
      number === 1
        ? { status: 429, headers: { 'retry-after': retryAfter }, body: '' }
        : { body: [] };
    const exchange = prepare('binance');

    const refused = exchange.candles(queryOf());
    await expect(timePassing(refused)).rejects.toMatchObject({ failure: 'Banned' });

    const endsMs = exchange.refusedUntilMs() ?? 0;
    expect(endsMs - (server.seen[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(lastsMs);
    expect(endsMs - (server.seen[0]?.atMs ?? 0)).toBeLessThan(lastsMs + 1_000);
    expect(server.seen).toHaveLength(1);
  });
});

describe('a ban that another process met', () => {
  it('is obeyed until it ends, and no longer', async () => {
    server.script = () => ({ body: [] });
    const exchange = prepare('binance');

    exchange.heedBan(at(12, 5));

    await expect(timePassing(exchange.candles(queryOf()))).rejects.toMatchObject({
      failure: 'Banned',
    });
    expect(exchange.refusedUntilMs()).toBe(at(12, 5));
    expect(server.seen).toEqual([]);
    jest.setSystemTime(at(12, 5));
    expect(exchange.refusedUntilMs()).toBeUndefined();
    expect((await timePassing(exchange.candles(queryOf()))).candles).toEqual([]);
  });

  it.each([
    ['ends later than any ban does', 3 * DAY_MS + 2 * MINUTE_MS],
    ['ended long ago', -DAY_MS],
    ['ends at no time', NaN],
  ])('is not believed if it %s', (_, inMs) => {
    const exchange = prepare('binance');

    exchange.heedBan(at(12) + inMs);

    expect(exchange.refusedUntilMs()).toBeUndefined();
  });

  it.each([
    ['is taken back', null],
    ['is shortened to a time that is over', at(11)],
    ['is replaced by what no ban can be', at(12) + 365 * DAY_MS],
  ])('is dropped once its note %s', async (_, notedUntilMs) => {
    server.script = () => ({ body: [] });
    const exchange = prepare('binance');
    exchange.heedBan(at(13));

    exchange.heedBan(notedUntilMs);

    expect(exchange.refusedUntilMs()).toBeUndefined();
    expect((await timePassing(exchange.candles(queryOf()))).candles).toEqual([]);
  });

  it('is as short as its note says by now', () => {
    const exchange = prepare('binance');
    exchange.heedBan(at(13));

    exchange.heedBan(at(12, 5));

    expect(exchange.refusedUntilMs()).toBe(at(12, 5));
  });

  it('is not noted again', () => {
    const exchange = prepare('binance');

    exchange.heedBan(at(13));

    expect(exchange.banToNote()).toBeUndefined();
  });

  it('neither shortens nor ends one that this process met', () => {
    const ban = new AddressBan();
    ban.note('Banned', at(13), at(12));

    ban.heed(at(12, 5), at(12));
    expect(ban.endMs(at(12))).toBe(at(13));
    ban.heed(null, at(12));
    expect(ban.endMs(at(12))).toBe(at(13));
  });
});

describe('a ban that this process met is to be noted', () => {
  const met = { untilMs: at(13), metAtMs: at(12) };
  function metBan(): AddressBan {
    const ban = new AddressBan();
    ban.note('Banned', met.untilMs, met.metAtMs);
    return ban;
  }

  it.each([
    ['no note was seen', null],
    ['an earlier end is noted', at(12, 30)],
    ['what is noted can be no ban', at(12) + 365 * DAY_MS],
  ])('if %s', (_, notedUntilMs) => {
    const ban = metBan();

    ban.heed(notedUntilMs, at(12, 1));

    expect(ban.toNote(at(12, 1))).toEqual(met);
  });

  it.each([
    ['it is noted', at(13)],
    ['a later end is noted', at(14)],
  ])('no more if %s, not even once that note is taken back', (_, notedUntilMs) => {
    const ban = metBan();

    ban.heed(notedUntilMs, at(12, 1));
    expect(ban.toNote(at(12, 1))).toBeUndefined();
    ban.heed(null, at(12, 2));
    expect(ban.toNote(at(12, 2))).toBeUndefined();
  });

  it('again if the note of a shorter one replaced its own', () => {
    const ban = metBan();
    ban.heed(at(13), at(12, 1));

    ban.heed(at(12, 30), at(12, 2));

    expect(ban.toNote(at(12, 2))).toEqual(met);
  });

  it('again if it is met anew', () => {
    const ban = metBan();
    ban.heed(at(13), at(12, 1));
    ban.heed(null, at(12, 2));

    ban.note('Banned', at(14), at(12, 3));

    expect(ban.toNote(at(12, 3))).toEqual({ untilMs: at(14), metAtMs: at(12, 3) });
  });

  it('no more once it is over', () => {
    expect(metBan().toNote(at(13))).toBeUndefined();
  });
});

test('a region that is not served is refused, but no ban to note', () => {
  const ban = new AddressBan();
  ban.note('RegionRefused', at(12, 10), at(12));
  const exchange = prepare('okx', { ban });

  expect(exchange.banToNote()).toBeUndefined();
  expect(exchange.refusedUntilMs()).toBe(at(12, 10));
});

test('a ban whose end is not said lasts two minutes', async () => {
  server.script = (_, number) => (number === 1 ? { status: 418, body: '' } : { body: [] });
  const exchange = prepare('binance');

  const asked = timePassing(exchange.candles(queryOf()));
  await expect(asked).rejects.toMatchObject({ failure: 'Banned' });
  jest.setSystemTime((server.seen[0]?.atMs ?? 0) + 119_000);
  const again = timePassing(exchange.candles(queryOf()));
  await expect(again).rejects.toThrow(
    /^Binance has banned this address: nothing is sent before 2026-01-15T12:02/,
  );
  jest.setSystemTime((server.seen[0]?.atMs ?? 0) + 121_000);

  expect((await timePassing(exchange.candles(queryOf()))).candles).toEqual([]);
});

test('a ban refuses the requests that wait for their turn', async () => {
  server.script = (_, number) => (number === 1 ? { status: 418, body: '' } : { body: [] });
  const exchange = prepare('binance', { requestsPer10Seconds: 1 });

  const asked = Promise.allSettled([1, 2, 3].map(() => exchange.candles(queryOf())));

  const outcomes = await timePassing(asked);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(server.seen).toHaveLength(1);
});

test('a ban is of all clients of an exchange that have it together', async () => {
  server.script = () => ({ status: 418, body: '' });
  const ban = new AddressBan();
  const [first, second] = [prepare('binance', { ban }), prepare('binance', { ban })];

  await expect(timePassing(first.candles(queryOf()))).rejects.toThrow(/^Binance answered 418/);
  await expect(timePassing(second.candles(queryOf()))).rejects.toThrow(/nothing is sent before/);

  expect(server.seen).toHaveLength(1);
});

test('of several refusals of an address the one counts that lasts longest', async () => {
  const ban = new AddressBan();
  ban.note('RegionRefused', at(12, 10), at(12));
  ban.note('Banned', at(12, 2), at(12));
  const exchange = prepare('okx', { ban });

  await expect(timePassing(exchange.candles(queryOf()))).rejects.toThrow(
    'OKX does not serve the region of this address: nothing is sent before 2026-01-15T12:10',
  );
  expect(server.seen).toEqual([]);
});
