import { createReconcile, DaysNotAskedError } from '../../../lambdas/reconcile/reconcile-days';
import type { CandlesByInterval } from '../../../lambdas/shared/domain/candle';
import { createObservedCodec } from '../../../lambdas/shared/codec/segment-codec';
import { auditDay } from '../../../lambdas/shared/domain/ledger/audit';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { monthOf } from '../../../lambdas/shared/domain/calendar/months';
import { daysIn, MISSING_MONTH, UNKNOWN_PAIR } from '../../../lambdas/shared/domain/ledger/ledger';
import {
  ArchiveMissingError,
  type ArchivedDay,
  type ArchiveQuery,
  type CandlesQuery,
  type ExchangeAnswer,
  type Listings,
  UnknownPairError,
  UnreadableStatusError,
} from '../../../lambdas/shared/domain/ports';
import { windowsUpFrom } from '../../../lambdas/shared/domain/roll-up';
import type { Progress } from '../../../lambdas/shared/domain/progress/progress';
import { FakeArchive } from '../../fakes/exchange/archive';
import { minuteAt } from '../../fakes/candles';
import { FakeExchange } from '../../fakes/exchange/exchange';
import { agreedDay, askOf, ledgerDayOf, sealedDay } from '../../fakes/ledger/ledger-days';
import { FakeLedger } from '../../fakes/ledger/ledger-store';
import { statusOf } from '../../fakes/listings';
import { FakeLog } from '../../fakes/kafka/record-log';
import { VERSION_IDS } from '../../fakes/records';
import { FakeTelemetry } from '../../fakes/telemetry';

const codec = createObservedCodec(VERSION_IDS);
const HOUR_MS = 60 * MINUTE_MS;
const NOW = Date.UTC(2026, 5, 15, 12);
const TODAY = Date.UTC(2026, 5, 15);
const BTC = { exchange: 'gate-io', pair: 'BTC_USDT' };
const ETH = { exchange: 'gate-io', pair: 'ETH_USDT' };
const PAIRS = ['BTC_USDT', 'ETH_USDT'];

interface Setting {
  readonly pairs?: readonly string[];
  /** Days of history before today. */
  readonly days?: number;
  readonly answer?: (query: CandlesQuery) => ReturnType<typeof minuteAt>[] | ExchangeAnswer;
  readonly archive?: (query: ArchiveQuery) => Iterable<ArchivedDay>;
  readonly listedSince?: Listings['listedSince'];
  readonly retentionMs?: number;
}

/** Every asked day has one candle, at its seventh hour. */
function oneCandle({ fromMs }: { fromMs: number }) {
  return [minuteAt(fromMs + 7 * HOUR_MS)];
}

function* allDays({ daysMs }: ArchiveQuery): Iterable<ArchivedDay> {
  for (const dayMs of daysMs) {
    yield { dayMs, answer: { candles: oneCandle({ fromMs: dayMs }), rejected: [] } };
  }
}

function prepare({
  pairs = ['BTC_USDT'],
  days = 2,
  answer = oneCandle,
  archive = allDays,
  listedSince = () => Promise.resolve(null),
  retentionMs = 9_900 * MINUTE_MS,
}: Setting = {}) {
  const store = new FakeLedger();
  const [exchange, archived, log, telemetry] = [
    new FakeExchange(answer),
    new FakeArchive(archive),
    new FakeLog(),
    new FakeTelemetry(),
  ];
  const waits: number[] = [];
  const hooks = { whileWaiting: (): void => undefined };
  const reconcile = createReconcile(
    {
      exchange,
      archive: archived,
      listings: { listedSince },
      store,
      observed: codec,
      log,
      telemetry,
      wait: (ms) => {
        waits.push(ms);
        hooks.whileWaiting();
        return Promise.resolve();
      },
    },
    {
      exchange: 'gate-io',
      shard: 0,
      shards: 1,
      pairs,
      historyStartMs: TODAY - days * DAY_MS,
      retentionMs,
    },
  );
  const fire = (nowMs = NOW, remainingMs = () => 290_000) => reconcile({ nowMs, remainingMs });
  const sent = () => log.valuesOf('candles.observed').map((value) => codec.decode(value));
  /** Stores what was sent since the last time, as the pipeline does. */
  let storedCount = 0;
  const storeSent = (candles: CandlesByInterval = {}) => {
    for (const segment of sent().slice(storedCount)) {
      store.store(
        auditDay(segment, { candles, unreadable: [] }, store.day(segment, segment.fromMs)),
      );
    }
    storedCount = sent().length;
  };
  return { store, exchange, archived, log, telemetry, waits, hooks, fire, sent, storeSent };
}

function settledTo(settledToMs: number): Progress {
  return {
    liveSinceMs: 0,
    settledToMs,
    seenToMs: settledToMs,
    newestMs: null,
    observedAtMs: settledToMs,
  };
}

const daysOf = (segments: readonly { fromMs: number }[]) =>
  segments.map(({ fromMs }) => new Date(fromMs).toISOString().slice(0, 10));

describe('a firing', () => {
  it('appends one audit a day that is due, newest first, and notes that it asked', async () => {
    const { fire, sent, log, store, exchange } = prepare();

    await fire();

    expect(daysOf(sent())).toEqual(['2026-06-14', '2026-06-13']);
    expect(sent()[0]).toEqual({
      ...BTC,
      kind: 'audit',
      source: 'api',
      fromMs: TODAY - DAY_MS,
      toMs: TODAY,
      observedAtMs: NOW + 1,
      followsMs: null,
      settlesMs: null,
      gapFromMs: null,
      minuteCandles: oneCandle({ fromMs: TODAY - DAY_MS }),
      rejected: [],
      unserved: null,
    });
    expect(log.appended.map(({ key }) => key)).toEqual(['gate-io:BTC_USDT', 'gate-io:BTC_USDT']);
    expect(exchange.requests.map(({ fromMs, toMs }) => toMs - fromMs)).toEqual([DAY_MS, DAY_MS]);
    expect(store.day(BTC, TODAY - DAY_MS).ask).toEqual({
      askedAtMs: NOW,
      askCount: 1,
      refusal: null,
    });
  });

  it('asks for nothing that is sealed, or not due yet', async () => {
    const { fire, sent, store } = prepare();
    store.put(BTC, sealedDay(TODAY - DAY_MS));
    store.put(BTC, { ...agreedDay({ observedAtMs: NOW - HOUR_MS }), dayMs: TODAY - 2 * DAY_MS });

    await fire();

    expect(sent()).toEqual([]);
  });

  it('asks for no day that the live loop has not settled', async () => {
    const { fire, sent, store } = prepare({ days: 4 });
    store.status.set(
      'gate-io:BTC_USDT',
      statusOf({ progress: settledTo(TODAY - 2 * DAY_MS + HOUR_MS) }),
    );

    await fire();

    expect(daysOf(sent())).toEqual(['2026-06-12', '2026-06-11']);
  });

  it.each([
    ['of its own time', 0, 2],
    ['a minute later', MINUTE_MS, 0],
    ['an hour later', HOUR_MS, 0],
    ['of a wrong clock', HOUR_MS + 1, 2],
  ])('asks for nothing if it is so late that a tick is stored %s', async (_, laterMs, asked) => {
    const { fire, sent, store, telemetry } = prepare();
    const progress = { ...settledTo(TODAY), observedAtMs: NOW + laterMs };
    store.status.set('gate-io:BTC_USDT', statusOf({ progress }));

    await fire();

    expect(sent()).toHaveLength(asked);
    const isTold = telemetry.lines.some(({ message }) => message.startsWith('late firing'));
    expect(isTold).toBe(asked === 0);
  });

  it('takes a market that has ended for settled to its end', async () => {
    const { fire, sent, store } = prepare();
    const progress = settledTo(TODAY - 2 * DAY_MS);
    store.status.set('gate-io:BTC_USDT', statusOf({ progress, endedAtMs: NOW - HOUR_MS }));

    await fire();

    expect(daysOf(sent())).toEqual(['2026-06-14', '2026-06-13']);
  });

  it('asks for no day again that it asked for already, though the record is lost', async () => {
    const { fire, sent } = prepare();

    await fire();
    await fire(NOW + 5 * MINUTE_MS);
    expect(sent()).toHaveLength(2);

    await fire(NOW + HOUR_MS);
    expect(sent()).toHaveLength(4);
  });

  it('notes why the exchange did not answer for a day, and goes on with the others', async () => {
    const answer = (query: CandlesQuery) => {
      if (query.fromMs === TODAY - DAY_MS) throw new Error('503');
      return oneCandle(query);
    };
    const { fire, sent, store, telemetry } = prepare({ answer });

    await fire();

    expect(daysOf(sent())).toEqual(['2026-06-13']);
    expect(store.day(BTC, TODAY - DAY_MS).ask).toMatchObject({ refusal: 'Error: 503' });
    expect(telemetry.counted('DaysNotRead')).toBe(1);
    expect(telemetry.lines.find(({ level }) => level === 'error')).toMatchObject({
      details: { market: 'gate-io:BTC_USDT', day: '2026-06-14' },
    });
  });

  it('takes no answer for a second opinion that has rows of no minute', async () => {
    const misplaced = { rows: 2, reason: 'its time "noon" is none' };
    const answer = (query: CandlesQuery) => ({
      candles: oneCandle(query),
      rejected: [],
      misplaced,
    });
    const { fire, sent, store, storeSent, telemetry } = prepare({ days: 1, answer });

    await fire();
    storeSent();
    expect(daysOf(sent())).toEqual(['2026-06-14']);
    await fire(NOW + DAY_MS);

    expect(daysOf(sent())).toEqual(['2026-06-14', '2026-06-15']);
    expect(store.day(BTC, TODAY - DAY_MS).ask?.refusal).toBe(
      '2 of its rows have unexpected times: its time "noon" is none',
    );
    expect(telemetry.counted('DaysNotRead')).toBe(1);
  });

  it('ends as disputed what the exchange answers with rows of no minute for a week', async () => {
    const answer = (query: CandlesQuery) => ({
      candles: oneCandle(query),
      rejected: [],
      misplaced: { rows: 1, reason: 'its time "noon" is none' },
    });
    const { fire, store, storeSent, sent } = prepare({
      days: 1,
      answer,
      retentionMs: 30 * DAY_MS,
    });
    const yesterday = TODAY - DAY_MS;
    store.status.set('gate-io:BTC_USDT', statusOf({ progress: settledTo(TODAY) }));
    const fireDaily = async (times: number, startMs: number) => {
      for (let count = 0; count < times; count += 1) {
        await fire(startMs + count * 25 * HOUR_MS);
        storeSent(windowsUpFrom(oneCandle({ fromMs: yesterday })));
      }
    };

    await fireDaily(6, NOW);
    expect(store.day(BTC, yesterday)).toMatchObject({
      audit: { auditCount: 1, sealedAtMs: null },
      ask: { refusal: '1 of its rows have unexpected times: its time "noon" is none' },
    });
    await fireDaily(7, NOW + 7 * DAY_MS);

    const { audit } = store.day(BTC, yesterday);
    expect(audit).toMatchObject({ auditCount: 8, minuteCount: 1, suspectsMs: [], disputed: true });
    expect(audit?.sealedAtMs).toBe(audit?.observedAtMs);
    expect(sent()).toHaveLength(8);
  });

  it('has stored what is answered with rows of no minute if nothing of the day is stored', async () => {
    const { fire, store, sent } = prepare({
      days: 1,
      answer: (query) => ({
        candles: oneCandle(query),
        rejected: [],
        misplaced: { rows: 1, reason: 'its time "noon" is none' },
      }),
    });
    const yesterday = TODAY - DAY_MS;
    const audit = { observedAtMs: TODAY + 3 * HOUR_MS, minuteCount: 0, absentCount: 1_440 };
    store.status.set('gate-io:BTC_USDT', statusOf({ progress: settledTo(TODAY) }));
    store.put(BTC, { ...agreedDay(audit), dayMs: yesterday });

    await fire(NOW + DAY_MS);

    expect(sent()).toMatchObject([{ minuteCandles: oneCandle({ fromMs: yesterday }) }]);
  });

  it('asks for nothing of a market that the exchange never knew', async () => {
    const { fire, exchange, store } = prepare();
    store.status.set('gate-io:BTC_USDT', statusOf({ unknownSinceMs: NOW - HOUR_MS }));

    await fire();

    expect(exchange.requests).toEqual([]);
  });

  it('asks for nothing of a market whose progress cannot be read, and goes on with the others', async () => {
    const { fire, exchange, store } = prepare({ pairs: ['BTC_USDT', 'ETH_USDT'] });
    store.unreadable = [new UnreadableStatusError(BTC, 'seen_to')];

    await fire();

    expect(new Set(exchange.requests.map(({ pair }) => pair))).toEqual(new Set(['ETH_USDT']));
  });

  it('notes that the exchange does not know a pair any more, which is no failure', async () => {
    const { fire, store, telemetry } = prepare({
      answer: () => {
        throw new UnknownPairError('unknown');
      },
    });

    await fire();

    expect(store.day(BTC, TODAY - DAY_MS).ask?.refusal).toBe(UNKNOWN_PAIR);
    expect(telemetry.counted('DaysNotRead')).toBe(0);
  });

  it('rejects if the ledger cannot be read, or a record cannot be appended', async () => {
    const [unread, full] = [prepare(), prepare({ pairs: ['BTC_USDT', 'ETH_USDT'] })];
    unread.store.brokenFor = (call) => call === 'days';
    full.log.brokenFor = ({ key }) => key === 'gate-io:BTC_USDT';

    await expect(unread.fire()).rejects.toThrow('no database');
    await expect(full.fire()).rejects.toThrow(DaysNotAskedError);
    expect(full.sent().map(({ pair }) => pair)).toEqual(['ETH_USDT', 'ETH_USDT']);
  });

  it('asks for nothing if it has no time left', async () => {
    const { fire, sent } = prepare();

    await fire(NOW, () => 5_000);

    expect(sent()).toEqual([]);
  });
});

test('days for which a firing has no time left are not asked for, and have not failed', async () => {
  const { fire, exchange, store, telemetry } = prepare({ days: 6 });

  await fire(NOW, () => (exchange.requests.length === 0 ? 290_000 : 15_000));

  const asked = daysIn(TODAY - 6 * DAY_MS, TODAY).filter((dayMs) => store.day(BTC, dayMs).ask);
  expect(asked).toHaveLength(exchange.requests.length);
  expect(asked.length).toBeLessThan(6);
  expect(telemetry.counted('DaysNotRead')).toBe(0);
});

describe('history', () => {
  it('comes from the archive month by month, as many days at once as may be under way', async () => {
    const { fire, sent, archived } = prepare({ days: 200 });

    await fire();

    expect(
      archived.queries.map(({ monthMs, daysMs }) => [
        daysOf([{ fromMs: monthMs }])[0],
        daysMs.length,
      ]),
    ).toEqual([['2026-05-01', 31]]);
    expect(sent()).toHaveLength(31 + 6);
  });

  it('goes on within the firing as days are stored, and ends with nothing left that is due', async () => {
    const { fire, sent, hooks, storeSent, store } = prepare({ days: 200 });
    hooks.whileWaiting = storeSent;

    await fire();
    storeSent();

    const days = daysIn(TODAY - 200 * DAY_MS, TODAY).map((dayMs) => store.day(BTC, dayMs));
    const waiting = days.filter(({ audit }) => audit === undefined);
    // June's archive comes in July; the API serves the newest six days.
    expect(daysOf(waiting.map(({ dayMs }) => ({ fromMs: dayMs })))).toEqual(
      daysOf(daysIn(Date.UTC(2026, 5, 1), TODAY - 6 * DAY_MS).map((fromMs) => ({ fromMs }))),
    );
    expect(new Set(daysOf(sent())).size).toBe(sent().length);
  });

  it('leaves the rest to the next firing if nothing is stored', async () => {
    const { fire, sent, waits } = prepare({ days: 200 });

    await fire();

    expect(sent()).toHaveLength(31 + 6);
    expect(waits).toHaveLength(30);
  });

  it('is asked for again the next day if the archive does not have its month', async () => {
    const archive = (): Iterable<ArchivedDay> => {
      throw new ArchiveMissingError('404');
    };
    const { fire, store, archived, telemetry } = prepare({ days: 20, archive });
    const may = Date.UTC(2026, 4, 30);

    await fire();
    await fire(NOW + DAY_MS - 1);
    expect(archived.queries).toHaveLength(1);
    expect(store.day(BTC, may).ask).toMatchObject({ refusal: MISSING_MONTH });
    expect(telemetry.counted('DaysNotRead')).toBe(0);

    await fire(NOW + DAY_MS);
    expect(archived.queries).toHaveLength(2);
  });

  it('notes which days of a month the archive refused, and stores the others', async () => {
    function* archive(query: ArchiveQuery): Iterable<ArchivedDay> {
      const [first, second, ...rest] = query.daysMs;
      yield { dayMs: first ?? 0, refusal: 'no good row' };
      yield* allDays({ ...query, daysMs: [second ?? 0] });
      if (rest.length > 0) throw new Error('the file is cut');
    }
    const { fire, sent, store } = prepare({ days: 20, archive });

    await fire();

    expect(daysOf(sent().filter(({ source }) => source === 'archive'))).toEqual(['2026-05-27']);
    const refusalOf = (day: number) => store.day(BTC, Date.UTC(2026, 4, day)).ask?.refusal;
    expect([refusalOf(26), refusalOf(27), refusalOf(28)]).toEqual([
      'no good row',
      null,
      'Error: the file is cut',
    ]);
  });

  it('ends where the exchange says that the market was listed', async () => {
    const listedSince = () => Promise.resolve(TODAY - 3 * DAY_MS + HOUR_MS);
    const { fire, sent, store } = prepare({ days: 200, listedSince });

    await fire();

    expect(sent()).toHaveLength(3);
    expect(store.status.get('gate-io:BTC_USDT')?.listedSinceMs).toBe(TODAY - 3 * DAY_MS + HOUR_MS);
  });

  it('of an API that has all years ends there too', async () => {
    const listedSince = () => Promise.resolve(TODAY - 9 * DAY_MS);
    const { fire, sent } = prepare({ days: 2_000, listedSince, retentionMs: 36_500 * DAY_MS });

    await fire();

    expect(sent()).toHaveLength(9);
  });

  it('of an API that has all years ends where it has been silent for three months', async () => {
    const firstMs = TODAY - 3 * DAY_MS;
    const answer = (query: CandlesQuery) => (query.fromMs < firstMs ? [] : oneCandle(query));
    const scene = prepare({ days: 2_000, answer, retentionMs: 36_500 * DAY_MS });
    const { fire, hooks, storeSent, store, exchange } = scene;
    hooks.whileWaiting = storeSent;
    const listedMs = () => store.status.get('gate-io:BTC_USDT')?.listedSinceMs ?? null;

    await fire();
    storeSent();
    await fire(NOW + 5 * MINUTE_MS);
    // The API may be silent by mistake: it is asked once more, a day later.
    expect(listedMs()).toBeNull();
    await fire(NOW + DAY_MS + HOUR_MS);
    storeSent();
    await fire(NOW + DAY_MS + 2 * HOUR_MS);

    expect(listedMs()).toBe(firstMs);
    const asked = exchange.requests.length;
    await fire(NOW + 3 * DAY_MS);
    expect(exchange.requests.slice(asked).every(({ fromMs }) => fromMs >= firstMs)).toBe(true);
  });

  it.each([
    ['is in the future', NOW + 90 * DAY_MS],
    ['is after the start of the live loop', NOW - HOUR_MS],
  ])('loses no day to a listing that %s', async (_, listedMs) => {
    const listedSince = () => Promise.resolve(listedMs);
    const { fire, sent, store } = prepare({ days: 20, listedSince });
    store.status.set(
      'gate-io:BTC_USDT',
      statusOf({ progress: { ...settledTo(TODAY), liveSinceMs: TODAY - 20 * DAY_MS } }),
    );

    await fire();

    expect(sent().length).toBeGreaterThan(0);
  });

  it('takes over an earlier listing that the exchange names later', async () => {
    const said = [TODAY - 3 * DAY_MS, TODAY - 5 * DAY_MS];
    const listedSince = () => Promise.resolve(said.shift() ?? null);
    const { fire, store } = prepare({ days: 20, listedSince });

    await fire();
    await fire(NOW + DAY_MS);

    expect(store.status.get('gate-io:BTC_USDT')?.listedSinceMs).toBe(TODAY - 5 * DAY_MS);
  });

  it('of the archive is under way day by day: whatever ends a firing costs no month', async () => {
    const { fire, store, log } = prepare({ days: 100 });
    log.brokenFor = () => true;

    await expect(fire()).rejects.toThrow(DaysNotAskedError);

    const archived = store.asks.filter(({ dayMs }) => dayMs < NOW - 9_900 * MINUTE_MS);
    const months = new Set(archived.map(({ dayMs }) => new Date(dayMs).getUTCMonth()));
    expect(archived.length).toBeGreaterThan(0);
    // A day each, of the months that were read.
    expect(archived).toHaveLength(months.size);
  });

  it('goes on if the exchange does not know the pair any more, or does not answer', async () => {
    for (const cause of [new UnknownPairError('unknown'), new Error('503')]) {
      const { fire, sent } = prepare({ days: 20, listedSince: () => Promise.reject(cause) });

      await fire();

      expect(sent()).toHaveLength(12);
    }
  });

  it('is not asked for its listing at every firing while that fails', async () => {
    let asked = 0;
    const listedSince = () => {
      asked += 1;
      return Promise.reject(new Error('503'));
    };
    const { fire } = prepare({ days: 20, listedSince });

    await fire();
    await fire(NOW + 5 * MINUTE_MS);
    expect(asked).toBe(1);
    await fire(NOW + HOUR_MS);

    expect(asked).toBe(2);
  });

  it('ends where the archive has had nothing for three months', async () => {
    const first = Date.UTC(2026, 3, 1);
    const archive = (query: ArchiveQuery): Iterable<ArchivedDay> => {
      if (query.monthMs < first) throw new ArchiveMissingError('404');
      return allDays(query);
    };
    const { fire, hooks, storeSent, store, archived } = prepare({ days: 1_000, archive });
    hooks.whileWaiting = storeSent;

    await fire();
    storeSent();
    await fire(NOW + 5 * MINUTE_MS);
    // The archive may be away for a while: it is asked once more, a day later.
    expect(store.status.get('gate-io:BTC_USDT')?.listedSinceMs ?? null).toBeNull();
    await fire(NOW + DAY_MS);

    expect(store.status.get('gate-io:BTC_USDT')?.listedSinceMs).toBe(first);
    const asked = archived.queries.length;
    await fire(NOW + 2 * DAY_MS);
    expect(archived.queries).toHaveLength(asked);
  });

  it('of a month that stays missing is declared a gap, once', async () => {
    const lost = Date.UTC(2026, 2, 1);
    const archive = (query: ArchiveQuery): Iterable<ArchivedDay> => {
      if (query.monthMs === lost) throw new ArchiveMissingError('404');
      return allDays(query);
    };
    const { fire, hooks, storeSent, store, sent } = prepare({ days: 160, archive });
    hooks.whileWaiting = storeSent;

    await fire();
    storeSent();
    await fire(NOW + DAY_MS);
    storeSent();

    const unserved = sent().filter((segment) => segment.unserved !== null);
    expect(daysOf(unserved)).toEqual(
      daysOf(daysIn(lost, Date.UTC(2026, 3, 1)).map((fromMs) => ({ fromMs }))),
    );
    expect(store.day(BTC, lost).audit).toMatchObject({
      disputed: true,
      sealedAtMs: NOW + DAY_MS + 2,
    });
  });

  it('that is declared a gap is under way until it is stored, as many days as may be', async () => {
    const { fire, storeSent, store, sent } = prepare({ days: 260 });
    const lost = [Date.UTC(2026, 2, 1), Date.UTC(2026, 0, 1), Date.UTC(2025, 10, 1)];
    const ask = askOf({ askedAtMs: NOW - HOUR_MS, askCount: 2, refusal: MISSING_MONTH });
    for (const dayMs of daysIn(TODAY - 260 * DAY_MS, TODAY)) {
      const isLost = lost.includes(monthOf(dayMs));
      store.put(
        BTC,
        isLost ? ledgerDayOf({ dayMs, ask }) : sealedDay(dayMs, { source: 'archive' }),
      );
    }
    const unserved = () => daysOf(sent().filter((segment) => segment.unserved !== null));

    await fire();
    expect(unserved()).toHaveLength(64);
    expect(store.day(BTC, lost[2] ?? 0).ask).toEqual({
      askedAtMs: NOW + 1,
      askCount: 3,
      refusal: null,
    });

    await fire(NOW + 5 * MINUTE_MS);
    expect(unserved()).toHaveLength(64);

    storeSent();
    await fire(NOW + 10 * MINUTE_MS);
    expect(new Set(unserved()).size).toBe(30 + 31 + 31);
    expect(unserved()).toHaveLength(30 + 31 + 31);
  });
});

describe('several markets', () => {
  it('take turns', async () => {
    const { fire, exchange } = prepare({ pairs: ['BTC_USDT', 'ETH_USDT'] });

    await fire();

    expect(new Set(exchange.requests.slice(0, 2).map(({ pair }) => pair)).size).toBe(2);
  });

  it('have their old days read once an hour, and at once if one of them is not sealed', async () => {
    const { fire, store } = prepare({ pairs: ['BTC_USDT', 'ETH_USDT'], days: 100 });
    const old = daysIn(TODAY - 100 * DAY_MS, TODAY - 31 * DAY_MS);
    store.put(BTC, ...old.map((dayMs) => sealedDay(dayMs)));
    store.put(ETH, ...old.map((dayMs) => sealedDay(dayMs)));
    store.put(
      ETH,
      ledgerDayOf({ dayMs: old[0] ?? 0, ask: askOf({ askedAtMs: NOW, refusal: 'no' }) }),
    );
    const fullReads = (pair: string) =>
      store.reads.filter(({ key, fromMs }) => key.endsWith(pair) && fromMs === old[0]).length;

    for (let firing = 0; firing < 12; firing++) await fire(NOW + firing * 5 * MINUTE_MS);

    expect(fullReads('BTC_USDT')).toBeLessThanOrEqual(2);
    expect(fullReads('ETH_USDT')).toBeGreaterThanOrEqual(12);
  });
});

describe('the report', () => {
  it('counts what is left, overdue and disputed, and the completeness of the worst market', async () => {
    const { fire, store, telemetry } = prepare({
      pairs: ['BTC_USDT', 'ETH_USDT'],
      days: 30,
      archive: () => {
        throw new ArchiveMissingError('404');
      },
      answer: () => {
        throw new Error('503');
      },
    });
    const gappy = { minuteCount: 1_400, absentCount: 20, disputed: true };
    for (const dayMs of daysIn(TODAY - 30 * DAY_MS, TODAY - 3 * DAY_MS)) {
      store.put(BTC, sealedDay(dayMs));
      store.put(ETH, dayMs === TODAY - 10 * DAY_MS ? sealedDay(dayMs, gappy) : sealedDay(dayMs));
    }

    await fire();

    expect(telemetry.counted('DaysDisputed')).toBe(1);
    // Of three days that the exchange does not answer for, yesterday is due since nine hours.
    expect(telemetry.counted('DaysOverdue')).toBe(4);
    expect(telemetry.counted('HistoryDaysLeft')).toBe(6);
    expect(telemetry.counted('DaysUnderWay')).toBe(0);
    expect(telemetry.counted('Completeness')).toBeCloseTo(100 - (100 * 20) / (27 * 1_440), 6);
  });

  it.each([
    ['was stored for the first time half an hour ago', { observedAtMs: NOW - 30 * MINUTE_MS }, 0],
    ['was stored for the first time an hour ago', { observedAtMs: NOW - 60 * MINUTE_MS }, 1],
    ['was audited again just now', { observedAtMs: NOW - 5 * MINUTE_MS, auditCount: 2 }, 1],
  ])('says whether history stands if a day %s', async (_, audit, stands) => {
    const { fire, store, telemetry } = prepare({
      days: 5,
      answer: () => {
        throw new Error('503');
      },
    });
    store.put(BTC, sealedDay(TODAY - 3 * DAY_MS, audit));

    await fire();

    expect(telemetry.counted('HistoryDaysLeft')).toBeGreaterThan(0);
    expect(telemetry.counted('HistoryStands')).toBe(stands);
  });

  it('does not say that history stands if none is left', async () => {
    const { fire, store, telemetry } = prepare({ days: 1 });
    store.put(BTC, sealedDay(TODAY - DAY_MS));

    await fire();

    expect(telemetry.counted('HistoryStands')).toBe(0);
  });

  it.each([
    ['no day of an ended market whose pair is unknown', NOW - HOUR_MS, 'unknown', 0],
    ['days of an unknown pair until its market has ended', null, 'unknown', 1],
    ['days of an ended market that fail otherwise', NOW - HOUR_MS, '503', 1],
  ])('counts %s as overdue, or as history that stands', async (_, endedAtMs, failure, stands) => {
    const { fire, store, telemetry } = prepare({
      days: 5,
      answer: () => {
        throw failure === 'unknown' ? new UnknownPairError(failure) : new Error(failure);
      },
    });
    const progress = settledTo(TODAY - HOUR_MS);
    const unknownSinceMs = NOW - 25 * HOUR_MS;
    store.status.set('gate-io:BTC_USDT', statusOf({ progress, unknownSinceMs, endedAtMs }));

    await fire();

    const left = telemetry.counted('HistoryDaysLeft');
    expect(left > 0).toBe(stands === 1);
    expect(telemetry.counted('HistoryStands')).toBe(stands);
    expect(telemetry.counted('DaysOverdue') > 0).toBe(stands === 1);
    expect(store.day(BTC, TODAY - 3 * DAY_MS)).toMatchObject({
      audit: undefined,
      ask: { askCount: 1 },
    });
  });

  it('counts days as overdue whose month is in the archive, and refused for a day', async () => {
    const { fire, store, telemetry } = prepare({ days: 20 });
    const may = daysIn(Date.UTC(2026, 4, 26), Date.UTC(2026, 5, 1));
    const refused = (askCount: number, refusal: string) =>
      askOf({ askedAtMs: NOW - 30 * MINUTE_MS, askCount, refusal });
    const asks = [
      refused(6, 'cut'),
      refused(9, 'cut'),
      refused(5, 'cut'),
      refused(9, MISSING_MONTH),
    ];
    asks.forEach((ask, index) => store.put(BTC, { ...agreedDay(), dayMs: may[index] ?? 0, ask }));
    // It was refused by the API, which does not serve it any more, and waits for its month.
    store.put(BTC, ledgerDayOf({ dayMs: Date.UTC(2026, 5, 2), ask: refused(9, '503') }));

    await fire();

    expect(telemetry.counted('DaysOverdue')).toBe(2 + 5);
  });
});

describe('while the exchange refuses this address', () => {
  const UNTIL = NOW + HOUR_MS;
  const REFUSED = 'the exchange refuses this address: its API is asked for no days';

  it('asks the archive alone, asks for no listing, and writes nothing of the days of the API', async () => {
    const listedSince = () => Promise.reject(new Error('A listing was asked for'));
    const { fire, exchange, archived, store, telemetry } = prepare({ days: 40, listedSince });
    exchange.refusalEndsMs = UNTIL;

    await fire();

    expect(exchange.requests).toEqual([]);
    expect(archived.queries.length).toBeGreaterThan(0);
    const oldestOfApiMs = NOW - 9_900 * MINUTE_MS;
    expect(store.asks.filter(({ dayMs }) => dayMs >= oldestOfApiMs)).toEqual([]);
    expect(telemetry.messages('error')).toEqual([]);
    expect(telemetry.messages('warn')).toEqual([REFUSED]);
  });

  it('asks for the days of the API once it is over', async () => {
    const { fire, exchange, sent } = prepare({ days: 2 });
    exchange.refusalEndsMs = UNTIL;
    await fire();

    exchange.refusalEndsMs = undefined;
    await fire(NOW + 5 * MINUTE_MS);

    expect(sent()).toHaveLength(2);
  });

  it('asks for none of the days that wait for their turn when it begins', async () => {
    let refuse = (): void => undefined;
    const answer = (): never => {
      refuse();
      throw new Error('banned');
    };
    const { fire, exchange, store, telemetry } = prepare({ pairs: PAIRS, days: 6, answer });
    refuse = () => {
      exchange.refusalEndsMs = UNTIL;
    };

    await fire();

    // As many as are asked for at once.
    expect(exchange.requests).toHaveLength(4);
    expect(new Set(store.asks.map(({ key, dayMs }) => `${key} ${dayMs}`)).size).toBe(4);
    expect(telemetry.messages('warn')).toEqual([REFUSED]);
  });
});
