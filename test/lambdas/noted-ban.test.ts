import { createObserveTick } from '../../lambdas/fetch/observe-tick';
import { createReconcile } from '../../lambdas/reconcile/reconcile-days';
import { createExchange } from '../../lambdas/shared/adapters/exchanges/exchange';
import {
  EXCHANGE_FACTS,
  type ExchangeName,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { createObservedCodec } from '../../lambdas/shared/codec/segment-codec';
import { DAY_MS, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { at, DAY } from '../fakes/candles';
import { FakeLog } from '../fakes/kafka/record-log';
import { FakeLedger } from '../fakes/ledger/ledger-store';
import { FakeListings } from '../fakes/listings';
import { VERSION_IDS } from '../fakes/records';
import { FakeTelemetry } from '../fakes/telemetry';
import { fakeTime, ScriptedServer, timePassing } from './shared/adapters/exchanges/scripted-server';

/** Each container of a function is a process of its own: what one was refused, the others read. */
const observed = createObservedCodec(VERSION_IDS);

const server = new ScriptedServer();
beforeAll(() => server.start());
beforeEach(() => {
  server.reset();
  fakeTime();
  jest.setSystemTime(at(12));
  server.script = () => ({ status: 418, headers: { 'retry-after': '7200' }, body: '' });
});
afterEach(() => jest.useRealTimers());
afterAll(() => server.stop());

const PART = { pairs: ['BTC_USDT'], shard: 0, shards: 1, retentionMs: 7 * DAY_MS };

function newContainer(exchange: ExchangeName) {
  const telemetry = new FakeTelemetry();
  const log = new FakeLog();
  const asked = createExchange(exchange, {
    baseUrl: server.url,
    telemetry,
    requestsPer10Seconds: 1_000,
  });
  return { telemetry, log, exchange: asked, listings: asked, observed };
}

/** The first tick of a new container of fetch. */
async function coldTick(
  store: FakeListings,
  { exchange = 'binance', nowMs = at(12) }: { exchange?: ExchangeName; nowMs?: number } = {},
) {
  const container = newContainer(exchange);
  const settings = {
    ...EXCHANGE_FACTS[exchange],
    ...PART,
    scheduleMs: MINUTE_MS,
    behindMs: DAY_MS,
    silentAfterMs: DAY_MS,
  };
  const observeTick = createObserveTick({ ...container, store }, settings);
  const tick = { nowMs, remainingMs: () => 60_000 };
  await timePassing(observeTick(tick));
  const again = (againMs = nowMs) => timePassing(observeTick({ ...tick, nowMs: againMs }));
  return { ...container, again };
}

/** The first firing of a new container of reconcile. */
async function coldFiring(
  store: FakeLedger,
  { nowMs = at(12), days = 1 }: { nowMs?: number; days?: number } = {},
): Promise<FakeTelemetry> {
  const container = newContainer('binance');
  const settings = { ...PART, exchange: 'binance', historyStartMs: DAY - days * DAY_MS };
  const ports = { ...container, store, archive: undefined, wait: () => Promise.resolve() };
  const reconcile = createReconcile(ports, settings);
  await timePassing(reconcile({ nowMs, remainingMs: () => 290_000 }));
  return container.telemetry;
}

test('a ban that fetch met is noted once, and keeps every new container from asking into it', async () => {
  const store = new FakeListings();
  await coldTick(store);
  expect(server.seen).toHaveLength(1);

  const { telemetry } = await coldTick(store, { nowMs: at(12, 1) });

  expect(server.seen).toHaveLength(1);
  expect(telemetry.counted('ExchangeBanned')).toBe(1);
  expect(store.bansWritten).toHaveLength(1);
  const [ban] = store.bansWritten;
  expect(ban?.exchange).toBe('binance');
  expect(ban?.observedAtMs).toBeGreaterThanOrEqual(at(12));
  expect(ban?.observedAtMs).toBeLessThan(at(12) + 5_000);
  expect((ban?.untilMs ?? 0) - at(14)).toBeLessThan(5_000);
});

test('once the ban is over, a new container asks', async () => {
  const store = new FakeListings();
  store.bans.set('binance', at(14));
  server.script = () => ({ body: [] });
  jest.setSystemTime(at(14));

  await coldTick(store, { nowMs: at(14) });

  expect(server.seen).toHaveLength(1);
  expect(store.bansWritten).toEqual([]);
});

test('a ban of one exchange is none of another', async () => {
  const store = new FakeListings();
  await coldTick(store);

  await coldTick(store, { exchange: 'okx' });

  expect(server.seen.map(({ path }) => path)).toContain('/api/v5/market/candles');
});

test('a ban that was only heeded ends where its note is taken back, and nobody notes it again', async () => {
  const store = new FakeListings();
  store.bans.set('binance', at(14));
  server.script = () => ({ body: [] });
  const { again } = await coldTick(store);
  expect(server.seen).toEqual([]);
  expect(store.bansWritten).toEqual([]);

  store.bans.delete('binance');
  await again(at(12, 1));

  expect(server.seen).toHaveLength(1);
  expect(store.bansWritten).toEqual([]);
});

test('a process that met a ban keeps to it if its note is taken back, and leaves it taken back', async () => {
  const store = new FakeListings();
  const { again } = await coldTick(store);
  await again(at(12, 1));

  store.bans.delete('binance');
  await again(at(12, 2));

  expect(server.seen).toHaveLength(1);
  expect(store.bans.get('binance')).toBeUndefined();
});

test('reconcile heeds the ban that fetch noted: no day is asked for, or counts as refused', async () => {
  const store = new FakeLedger();
  store.bans.set('binance', at(14));

  const telemetry = await coldFiring(store, { days: 6 });

  expect(server.seen).toEqual([]);
  expect(store.asks).toEqual([]);
  expect(telemetry.counted('DaysNotRead')).toBe(0);
  expect(telemetry.messages('error')).toEqual([]);
  expect(telemetry.messages('warn')).toEqual([
    'the exchange refuses this address: its API is asked for no days',
  ]);
});

test('a ban that reconcile met is noted, too, as of the time when it was met', async () => {
  const store = new FakeLedger();

  await coldFiring(store, { nowMs: at(11, 55) });

  expect((store.bans.get('binance') ?? 0) - at(14)).toBeLessThan(5_000);
  expect(store.bansWritten).toHaveLength(1);
  expect(store.bansWritten[0]?.observedAtMs).toBeGreaterThanOrEqual(at(12));
});

test('a ban that cannot be noted is logged, costs the tick nothing, and is noted by the next one', async () => {
  const store = new FakeListings();
  store.isBroken = true;

  const { telemetry, again } = await coldTick(store);

  expect(telemetry.messages('error')).toContain('ban not noted: other processes may ask into it');
  expect(telemetry.counted('MarketsNotFetched')).toBe(1);
  expect(telemetry.messages('info')).toContain('tick');
  store.isBroken = false;
  await again();
  expect(store.bansWritten).toHaveLength(1);
  expect(server.seen).toHaveLength(1);
});

test('a noted end that no ban can have is replaced by the ban that is met', async () => {
  const store = new FakeListings();
  store.bans.set('binance', at(12) + 365 * DAY_MS);

  await coldTick(store);

  expect(server.seen).toHaveLength(1);
  expect((store.bans.get('binance') ?? 0) - at(14)).toBeLessThan(5_000);
});
