import { createDayLedger } from '../../../lambdas/shared/adapters/database/day-ledger';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import type { MarketStatus } from '../../../lambdas/shared/domain/progress/progress';
import { HistoryProgress } from '../../../local/watch/history-progress';
import { marketOf } from '../../../local/run/market';
import { storedAuditOf } from '../../fakes/ledger/ledger';
import type { Calls } from '../../simulation/world/calls';
import { createMemoryCassandra } from '../../simulation/world/memory-cassandra';

const MARKET = marketOf('BTC_USDT');
const LIVE_SINCE_MS = Date.UTC(2026, 0, 20);

/** Calls that arrive at once. */
const calls: Calls = {
  ask: (_life, _what, answer) => Promise.resolve(answer()),
  change: (_life, _what, parts) => {
    parts.forEach((part) => part());
    return Promise.resolve();
  },
  isCalm: () => true,
  bounded: (delayMs) => delayMs,
};

const AUDIT = storedAuditOf({ observedAtMs: LIVE_SINCE_MS });

function statusOf(listedSinceMs: number | null = null): MarketStatus {
  const progress = {
    liveSinceMs: LIVE_SINCE_MS,
    settledToMs: LIVE_SINCE_MS,
    seenToMs: LIVE_SINCE_MS,
    newestMs: null,
    observedAtMs: LIVE_SINCE_MS,
  };
  return { progress, unknownSinceMs: null, endedAtMs: null, listedSinceMs };
}

function setUp(startMs = LIVE_SINCE_MS - 10 * DAY_MS) {
  const cassandra = createMemoryCassandra(calls, () => 0);
  const session = cassandra.session({ name: 'test', ended: false });
  const ledger = createDayLedger(session);
  const at = { nowMs: LIVE_SINCE_MS };
  const wanted = { startMs, retentionMs: new Map([['gate-io', 6 * DAY_MS]]) };
  const store = (daysBefore: number) =>
    ledger.writeAudit(MARKET, LIVE_SINCE_MS - daysBefore * DAY_MS, AUDIT);
  return { at, ledger, store, history: new HistoryProgress(session, wanted, () => at.nowMs) };
}

test('days that are stored are counted, of those before the live start', async () => {
  const { history, ledger, store } = setUp();
  for (const daysBefore of [0, 1, 2, 10, 11]) await store(daysBefore);
  const ask = { askedAtMs: LIVE_SINCE_MS, askCount: 1, refusal: null };
  await ledger.writeAsk(MARKET, LIVE_SINCE_MS - 3 * DAY_MS, ask);

  expect(await history.of(MARKET, statusOf())).toEqual({
    storedDays: 3,
    wantedDays: 10,
    // Of the days beyond the retention, one is stored.
    waitingDays: 3,
  });
});

test('days of a month that is over do not wait', async () => {
  const { at, history } = setUp();
  at.nowMs = Date.UTC(2026, 1, 10);
  expect(await history.of(MARKET, statusOf())).toMatchObject({ storedDays: 0, waitingDays: 0 });
});

test('history begins with the listing of the market', async () => {
  const { history, store } = setUp();
  for (const daysBefore of [1, 2]) await store(daysBefore);

  const listedMs = LIVE_SINCE_MS - 4 * DAY_MS + 1;
  expect(await history.of(MARKET, statusOf(listedMs))).toMatchObject({
    storedDays: 2,
    wantedDays: 4,
  });
});

test('before the live start it is not known; without an earlier day there is none', async () => {
  expect(await setUp().history.of(MARKET, undefined)).toBeNull();
  const { history } = setUp(LIVE_SINCE_MS + DAY_MS);
  expect(await history.of(MARKET, statusOf())).toEqual({
    storedDays: 0,
    wantedDays: 0,
    waitingDays: 0,
  });
});

test('the ledger is read every five seconds', async () => {
  const { at, history, store } = setUp();
  await history.of(MARKET, statusOf());
  await store(1);

  at.nowMs += 4_999;
  expect(await history.of(MARKET, statusOf())).toMatchObject({ storedDays: 0 });
  at.nowMs += 1;
  expect(await history.of(MARKET, statusOf())).toMatchObject({ storedDays: 1 });
});
