import * as v from 'valibot';
import { CoverageAnswer } from '../../../../lambdas/query/v1/coverage';
import { DaysAnswer } from '../../../../lambdas/query/v1/days';
import { GapsAnswer } from '../../../../lambdas/query/v1/gaps';
import { MarketsAnswer } from '../../../../lambdas/query/v1/markets';
import { DAY_MS, MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import { unknownDay } from '../../../../lambdas/shared/domain/ledger/ledger';
import {
  UnreadableCandleError,
  UnreadableStatusError,
} from '../../../../lambdas/shared/domain/ports';
import { at, DAY, minuteAt, minutesIn } from '../../../fakes/candles';
import { progressTo, sealedDay, storedAuditOf } from '../../../fakes/ledger/ledger';
import { statusOf } from '../../../fakes/listings';
import { DatabaseDown, MARKET, NOW, queryScene } from '../query-scene';

const BTC = { exchange: 'gate-io', pair: 'BTC_USDT' };
const KEY = 'gate-io:BTC_USDT';
const START = DAY - 4 * DAY_MS;
const GAP = {
  fromMs: DAY - 3 * DAY_MS,
  toMs: DAY - 3 * DAY_MS + 131 * MINUTE_MS,
  reason: 'beyond the retention of the exchange',
  observedAtMs: NOW,
};

/** Four past days: never stored, with a gap, sealed, and not sealed; then today. */
function ledgerScene() {
  const scene = queryScene({ historyStartMs: START });
  const { store } = scene;
  store.storeMinutes(BTC, minutesIn(DAY - DAY_MS, NOW));
  const progress = progressTo(NOW - 2 * MINUTE_MS, {
    seenToMs: NOW - MINUTE_MS,
    liveSinceMs: DAY - DAY_MS,
    newestMs: NOW - 2 * MINUTE_MS,
  });
  store.status.set(KEY, statusOf({ progress, listedSinceMs: START - DAY_MS }));
  store.days.set(KEY, [
    {
      ...unknownDay(DAY - 4 * DAY_MS),
      ask: { askedAtMs: at(11), askCount: 2, refusal: 'its month is missing in the archive' },
    },
    sealedDay(DAY - 3 * DAY_MS, { minuteCount: 1_000, absentCount: 309 }),
    sealedDay(DAY - 2 * DAY_MS, { correctedCount: 3, auditCount: 3 }),
    {
      ...unknownDay(DAY - DAY_MS),
      audit: storedAuditOf({ observedAtMs: at(3, 5), suspectsMs: [at(1) - DAY_MS] }),
    },
  ]);
  store.gaps.set(KEY, [GAP]);
  return scene;
}

describe('/v1/markets', () => {
  test('tells of each market how far it has come, and how complete it is', async () => {
    const { json } = ledgerScene();
    const answer = v.parse(MarketsAnswer, await json('/v1/markets'));

    expect(answer).toMatchObject({ now: '2026-01-15T12:00:00Z', stage: 'dev' });
    expect(answer.markets[0]).toMatchObject({
      market: KEY,
      exchange: 'gate-io',
      pair: 'BTC_USDT',
      close: '10.8',
      closeTime: '2026-01-15T11:59:00Z',
      settledTo: '2026-01-15T11:58:00Z',
      seenTo: '2026-01-15T11:59:00Z',
      newest: '2026-01-15T11:58:00Z',
      liveSince: '2026-01-14T00:00:00Z',
      behindSeconds: 60,
      historyStart: '2026-01-11',
      covered: '95.45',
      gapCount: 1,
      gapMinutes: 131,
      missingMinutes: 1_440,
      disputedDays: 0,
      unsealedDays: 1,
      historyDaysLeft: 1,
    });
  });

  test('lists what is worst first, and a market of which nothing is stored', async () => {
    const { json } = ledgerScene();
    const { markets } = v.parse(MarketsAnswer, await json('/v1/markets'));
    expect(markets.map(({ market }) => market)).toEqual([KEY, 'gate-io:ETH_USDT']);
    expect(markets[1]).toMatchObject({ close: null, closeTime: null, seenTo: null, covered: null });
  });

  test('is the same all through a minute, so that a tag holds', async () => {
    const { ask } = ledgerScene();
    const first = await ask('/v1/markets', { atMs: NOW });
    const tag = first.headers['etag'] ?? '';
    const later = await ask('/v1/markets', {
      atMs: NOW + 59_000,
      headers: { 'if-none-match': tag },
    });
    expect([first.statusCode, later.statusCode]).toEqual([200, 304]);
  });

  test('reads the ledgers once a minute, candles once the status has changed, and the status each time', async () => {
    const { json, store } = ledgerScene();
    await json('/v1/markets', { atMs: NOW });
    const { length: candleReads } = store.reads;
    await json('/v1/markets', { atMs: NOW + 59_999 });
    expect(store.ledgerReads).toBe(2);
    expect(store.reads).toHaveLength(candleReads);
    store.status.clear();
    const { markets } = v.parse(MarketsAnswer, await json('/v1/markets', { atMs: NOW + 59_999 }));
    expect(markets.every(({ seenTo }) => seenTo === null)).toBe(true);
    await json('/v1/markets', { atMs: NOW + 60_000 });
    expect(store.ledgerReads).toBe(4);
  });
});

describe('/v1/markets, if the rows of a market cannot be read', () => {
  const unreadable = new UnreadableCandleError(MARKET, {
    interval: '1m',
    openTimeMs: at(11),
    cause: new TypeError('its close is null'),
  });
  const ETH = 'gate-io:ETH_USDT';

  test('lists it first with its problem, and the others as ever', async () => {
    const { json, store, telemetry } = ledgerScene();
    store.failures.set(ETH, unreadable);
    const { markets } = v.parse(MarketsAnswer, await json('/v1/markets'));

    expect(markets.map(({ market }) => market)).toEqual([ETH, KEY]);
    expect(markets[0]).toMatchObject({ close: null, seenTo: null, problem: unreadable.message });
    expect(markets[1]).toMatchObject({ close: '10.8', problem: null });
    expect(telemetry.counted('Failures')).toBe(1);
    expect(telemetry.lines).toMatchObject([{ details: { market: ETH }, cause: unreadable }]);
  });

  test('names what cannot be read, and leaves all else to the log', async () => {
    const { json, store } = ledgerScene();
    store.failures.set(KEY, new UnreadableStatusError(BTC, 'seen_to'));
    store.failures.set(ETH, new Error('10.0.0.1 said something secret'));
    const { markets } = v.parse(MarketsAnswer, await json('/v1/markets'));

    expect(markets.map(({ problem }) => problem)).toEqual([
      'The row of gate-io:BTC_USDT in the table progress cannot be read: its seen_to is null; correct or delete that row',
      'The answer could not be made: see the log of the function',
    ]);
  });

  test('reads it again with the next request', async () => {
    const { json, store } = ledgerScene();
    store.failures.set(KEY, unreadable);
    await json('/v1/markets');
    store.failures.clear();
    const { markets } = v.parse(MarketsAnswer, await json('/v1/markets'));
    expect(markets[0]).toMatchObject({ market: KEY, close: '10.8', problem: null });
  });

  test('fails as a whole if the database does not answer', async () => {
    const { ask, store } = ledgerScene();
    store.failures.set(ETH, new DatabaseDown());
    expect(await ask('/v1/markets')).toMatchObject({ statusCode: 503 });
  });
});

describe('/v1/coverage', () => {
  const states = (answer: v.InferOutput<typeof CoverageAnswer>) =>
    answer.stretches.map(({ from, state }) => `${from.slice(5, 16)} ${state}`);

  test('divides the time of a market into stretches', async () => {
    const { json } = ledgerScene();
    const answer = v.parse(CoverageAnswer, await json(`/v1/coverage?market=${KEY}`));

    expect(answer).toMatchObject({ covered: '95.45', from: '2026-01-11T00:00:00Z' });
    expect(states(answer)).toEqual([
      '01-11T00:00 missing',
      '01-12T00:00 gap',
      '01-12T02:11 complete',
      '01-14T00:00 unsealed',
      '01-15T00:00 live',
      '01-15T11:59 behind',
    ]);
    expect(answer.stretches[1]?.reason).toBe('beyond the retention of the exchange');
    expect(answer.stretches[3]?.dueAt).toBe('2026-01-16T00:00:00Z');
  });

  test('cuts them to a range', async () => {
    const { json } = ledgerScene();
    const address = `/v1/coverage?market=${KEY}&from=2026-01-12T02:00Z&to=2026-01-12T03:00Z`;
    const answer = v.parse(CoverageAnswer, await json(address));
    expect(states(answer)).toEqual(['01-12T02:00 gap', '01-12T02:11 complete']);
    expect(answer.stretches.at(-1)?.to).toBe('2026-01-12T03:00:00Z');
  });

  test('a range before all that is wanted has no stretch', async () => {
    const { json } = ledgerScene();
    const address = `/v1/coverage?market=${KEY}&from=2025-01-01&to=2025-01-02`;
    const answer = v.parse(CoverageAnswer, await json(address));
    expect(answer.stretches).toEqual([]);
    expect(answer.from).toBe(answer.to);
  });
});

test('/v1/gaps has the rows of the table', async () => {
  const { json } = ledgerScene();
  expect(v.parse(GapsAnswer, await json(`/v1/gaps?market=${KEY}`))).toEqual({
    market: KEY,
    gaps: [
      {
        from: '2026-01-12T00:00:00Z',
        to: '2026-01-12T02:11:00Z',
        reason: 'beyond the retention of the exchange',
        observedAt: '2026-01-15T12:00:00Z',
      },
    ],
  });
});

describe('/v1/days', () => {
  test('has every past day that is wanted, newest first', async () => {
    const { json } = ledgerScene();
    const { days } = v.parse(DaysAnswer, await json(`/v1/days?market=${KEY}`));

    expect(days.map(({ day, state }) => [day, state])).toEqual([
      ['2026-01-14', 'unsealed'],
      ['2026-01-13', 'sealed'],
      ['2026-01-12', 'gap'],
      ['2026-01-11', 'waiting'],
    ]);
    expect(days[0]).toMatchObject({
      suspects: ['2026-01-14T01:00:00Z'],
      sealedAt: null,
      dueAt: '2026-01-16T00:00:00Z',
    });
    expect(days[1]).toMatchObject({ corrected: 3, audits: 3, source: 'api', dueAt: null });
    expect(days[2]).toMatchObject({ minutes: 1_000, absent: 309, gap: 131 });
    expect(days[3]).toMatchObject({
      minutes: null,
      refusal: 'its month is missing in the archive',
      askedAt: '2026-01-15T11:00:00Z',
    });
  });

  test('of a range', async () => {
    const { json } = ledgerScene();
    const address = `/v1/days?market=${KEY}&from=2026-01-12&to=2026-01-14`;
    const { days } = v.parse(DaysAnswer, await json(address));
    expect(days.map(({ day }) => day)).toEqual(['2026-01-13', '2026-01-12']);
  });

  test('a disputed day, and days before the market was listed', async () => {
    const { json, store } = ledgerScene();
    store.gaps.clear();
    const status = store.status.get(KEY);
    store.status.set(KEY, statusOf({ ...status, listedSinceMs: DAY - 3 * DAY_MS + 1 }));
    store.days.set(KEY, [sealedDay(DAY - 2 * DAY_MS, { disputed: true, agreed: false })]);
    const { days } = v.parse(DaysAnswer, await json(`/v1/days?market=${KEY}`));
    expect(days.map(({ state }) => state)).toEqual(['unsealed', 'disputed', 'waiting', 'before']);
  });
});

test.each(['/v1/coverage', '/v1/gaps', '/v1/days'])(
  '%s refuses what it cannot answer',
  async (path) => {
    const { ask } = ledgerScene();
    expect((await ask(path)).statusCode).toBe(400);
    expect((await ask(`${path}?market=${KEY}&colour=red`)).statusCode).toBe(400);
    expect((await ask(`${path}?market=${KEY}&market=${KEY}`)).statusCode).toBe(400);
    expect((await ask(`${path}?market=gate-io:NO_SUCH`)).statusCode).toBe(404);
    if (path === '/v1/gaps') return;
    expect((await ask(`${path}?market=${KEY}&from=2026-01-02&to=2026-01-01`)).statusCode).toBe(422);
  },
);

test('the newest minute is found even if its row is gone by now', async () => {
  const { json, store } = ledgerScene();
  store.storeMinutes(BTC, [minuteAt(at(9), { close: '9.75' })]);
  const { markets } = v.parse(MarketsAnswer, await json('/v1/markets'));
  expect(markets[0]).toMatchObject({ close: '9.75', closeTime: '2026-01-15T09:01:00Z' });
});
