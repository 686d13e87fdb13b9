import { createObserveTick, TickNotAppendedError } from '../../../lambdas/fetch/observe-tick';
import { createObservedCodec } from '../../../lambdas/shared/codec/segment-codec';
import { DAY_MS, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import {
  type CandlesQuery,
  UnknownPairError,
  UnreadableStatusError,
} from '../../../lambdas/shared/domain/ports';
import type { Progress } from '../../../lambdas/shared/domain/progress/progress';
import { at, DAY, minutesIn } from '../../fakes/candles';
import { FakeExchange } from '../../fakes/exchange/exchange';
import { FakeListings, statusOf } from '../../fakes/listings';
import { FakePairList } from '../../fakes/exchange/pair-list';
import { FakeLog } from '../../fakes/kafka/record-log';
import { FakeTelemetry } from '../../fakes/telemetry';
import { VERSION_IDS } from '../../fakes/records';

const codec = createObservedCodec(VERSION_IDS);

/** Progress of a pair that is settled to a time, as an earlier tick left it. */
function settledTo(settledToMs: number): Progress {
  return {
    liveSinceMs: DAY,
    settledToMs,
    seenToMs: settledToMs,
    newestMs: settledToMs - MINUTE_MS,
    observedAtMs: settledToMs + 1,
  };
}

const SETTINGS = {
  exchange: 'gate-io',
  shard: 0,
  shards: 1,
  scheduleMs: MINUTE_MS,
  settlingMs: 2 * MINUTE_MS,
  silenceMs: 60 * MINUTE_MS,
  behindMs: 5 * MINUTE_MS,
  silentAfterMs: DAY_MS,
};

function prepare(
  progress: Readonly<Record<string, Progress>>,
  answer: (query: CandlesQuery) => ReturnType<typeof minutesIn> = ({ fromMs, toMs }) =>
    minutesIn(fromMs, toMs),
  pairs: readonly string[] = ['BTC_USDT', 'ETH_USDT', 'XRP_USDT'],
) {
  const exchange = new FakeExchange(answer);
  const [log, telemetry] = [new FakeLog(), new FakeTelemetry()];
  const store = new FakeListings(
    Object.fromEntries(
      Object.entries(progress).map(([pair, known]) => [
        `gate-io:${pair}`,
        statusOf({ progress: known }),
      ]),
    ),
  );
  const listings = new FakePairList();
  const observeTick = createObserveTick(
    { exchange, listings, store, observed: codec, log, telemetry },
    {
      pairs,
      ...SETTINGS,
      retentionMs: 9_000 * MINUTE_MS,
    },
  );
  const tick = (nowMs = at(12, 7), remainingMs = () => 60_000) =>
    observeTick({ nowMs, remainingMs });
  const sent = () => log.valuesOf('candles.observed').map((value) => codec.decode(value));
  return { exchange, listings, log, store, telemetry, tick, sent };
}

const ALL_SETTLED = {
  BTC_USDT: settledTo(at(12, 4)),
  ETH_USDT: settledTo(at(12, 4)),
  XRP_USDT: settledTo(at(12, 4)),
};

describe('a tick', () => {
  it('appends one record a market, keyed by it, with what is new', async () => {
    const { tick, sent, log } = prepare(ALL_SETTLED);

    await tick();

    expect(log.appended.map(({ key }) => key)).toEqual([
      'gate-io:BTC_USDT',
      'gate-io:ETH_USDT',
      'gate-io:XRP_USDT',
    ]);
    expect(sent()[0]).toEqual({
      exchange: 'gate-io',
      pair: 'BTC_USDT',
      kind: 'live',
      source: 'api',
      fromMs: at(12, 4),
      toMs: at(12, 7),
      observedAtMs: at(12, 7),
      followsMs: at(12, 4),
      settlesMs: at(12, 5),
      gapFromMs: null,
      minuteCandles: minutesIn(at(12, 4), at(12, 7)),
      rejected: [],
      unserved: null,
    });
  });

  it("starts a pair without progress at today's midnight", async () => {
    const { BTC_USDT, ETH_USDT } = ALL_SETTLED;
    const { tick, sent } = prepare({ BTC_USDT, ETH_USDT });

    await tick();

    expect(sent().find(({ pair }) => pair === 'XRP_USDT')).toMatchObject({
      fromMs: DAY,
      followsMs: null,
    });
  });

  it('sends a segment without any trade too, for it shows what was asked for', async () => {
    const { tick, sent } = prepare(ALL_SETTLED, () => []);

    await tick();

    expect(sent().map(({ minuteCandles }) => minuteCandles)).toEqual([[], [], []]);
  });

  it('asks and sends nothing where nothing is new', async () => {
    const { tick, exchange, log, telemetry } = prepare(ALL_SETTLED);

    await tick(at(12, 4) + 1);

    expect(exchange.requests).toEqual([]);
    expect(log.appended).toEqual([]);
    expect(telemetry.counted('MarketsBehind')).toBe(0);
  });

  it('takes minutes as closed that are older than silence is believed, and leaves 8 s for appending', async () => {
    const { tick, exchange } = prepare(ALL_SETTLED);

    await tick(at(12, 7), () => 20_000);

    expect(exchange.requests[0]).toEqual({
      pair: 'BTC_USDT',
      fromMs: at(12, 4),
      toMs: at(12, 7),
      closedBeforeMs: at(11, 7),
      withinMs: 12_000,
    });
  });

  it('asks for short plans first', async () => {
    const { tick, exchange } = prepare({
      BTC_USDT: settledTo(at(9)),
      ETH_USDT: settledTo(at(12, 5)),
      XRP_USDT: settledTo(at(11)),
    });

    await tick();

    expect(exchange.requests.map(({ pair }) => pair)).toEqual(['ETH_USDT', 'XRP_USDT', 'BTC_USDT']);
  });

  it('tells how far the worst pair is behind, in seconds, and what it observed', async () => {
    const { tick, telemetry } = prepare({ ...ALL_SETTLED, ETH_USDT: settledTo(at(11, 7)) });

    await tick();

    expect(telemetry.counted('WorstLag')).toBe(3_600);
    expect(telemetry.counted('MarketsBehind')).toBe(1);
    expect(telemetry.counted('RetentionLeft')).toBe(9_000 * 60 - 3_600);
    expect(telemetry.counted('MinutesObserved')).toBe(3 + 3 + 60);
    expect(telemetry.lines.at(-1)).toMatchObject({
      message: 'tick',
      details: {
        time: '2026-01-15T12:07:00.000Z',
        markets: 3,
        asked: 3,
        heldBack: 0,
        segments: 3,
        newMinutes: 66,
      },
    });
  });
});

describe('the minutes that a tick counts as new', () => {
  const newMinutes = ({ lines }: FakeTelemetry) => lines.at(-1)?.details['newMinutes'];

  it('are those newer than any that came before', async () => {
    const { tick, telemetry } = prepare(ALL_SETTLED);

    await tick();

    expect(newMinutes(telemetry)).toBe(3 * 3);
  });

  it('are none if the exchange repeats what it said before', async () => {
    const { tick, telemetry } = prepare(ALL_SETTLED, ({ fromMs }) =>
      minutesIn(fromMs - 60_000, fromMs),
    );

    await tick();

    expect(telemetry.counted('MinutesObserved')).toBe(3);
    expect(newMinutes(telemetry)).toBe(0);
  });
});

describe('the age of the newest minute', () => {
  const nothing = () => [];
  const agesOf = (telemetry: FakeTelemetry) => telemetry.values('NewestMinuteAge');

  it('is that of the newest that this tick brought, of any market', async () => {
    const { tick, telemetry } = prepare(ALL_SETTLED, ({ pair, fromMs }) =>
      pair === 'XRP_USDT' ? minutesIn(fromMs, at(12, 6)) : [],
    );

    await tick();

    expect(agesOf(telemetry)).toEqual([60]);
  });

  it('grows while the exchange answers nothing, although every market is seen to the tick', async () => {
    const seenToMs = at(12, 16);
    const { tick, telemetry } = prepare(
      {
        BTC_USDT: { ...settledTo(at(12)), seenToMs },
        ETH_USDT: { ...settledTo(at(11)), seenToMs },
        XRP_USDT: { ...settledTo(at(12, 4)), seenToMs },
      },
      nothing,
    );

    await tick(at(12, 17));
    await tick(at(12, 18));

    expect(agesOf(telemetry)).toEqual([13 * 60, 14 * 60]);
    expect(telemetry.values('MarketsBehind')).toEqual([0, 0]);
  });

  it('grows while the exchange fails', async () => {
    const { tick, telemetry } = prepare(ALL_SETTLED, () => {
      throw new Error('HTTP 503');
    });

    await tick(at(12, 17));

    expect(agesOf(telemetry)).toEqual([13 * 60]);
  });

  it('does not fall with a stale answer', async () => {
    const { tick, telemetry } = prepare(ALL_SETTLED, ({ fromMs }) =>
      minutesIn(fromMs - 9 * MINUTE_MS, fromMs - 8 * MINUTE_MS),
    );

    await tick();

    expect(agesOf(telemetry)).toEqual([3 * 60]);
  });

  it('counts from where the markets started live if none has ever brought a minute', async () => {
    const never = { ...settledTo(at(12, 4)), newestMs: null };
    const { tick, telemetry } = prepare(
      { BTC_USDT: never, ETH_USDT: never, XRP_USDT: never },
      nothing,
    );

    await tick();

    expect(agesOf(telemetry)).toEqual([(at(12, 7) - DAY) / 1_000]);
  });

  it('counts markets that the exchange says it does not know, until they have ended', async () => {
    const { tick, telemetry, store } = prepare(ALL_SETTLED, () => {
      throw new UnknownPairError('no such pair');
    });
    const newer = { ...settledTo(at(12, 12)), observedAtMs: at(12, 5) };
    store.status.set('gate-io:XRP_USDT', statusOf({ progress: newer, endedAtMs: at(3) }));

    await tick(at(13));

    expect(agesOf(telemetry)).toEqual([56 * 60]);
  });

  it('is none once all markets have ended, so that the alarm ends', async () => {
    const scene = prepare(ALL_SETTLED, nothing);
    const ended = { unknownSinceMs: at(2), endedAtMs: at(3) };
    for (const [key, status] of scene.store.status) {
      scene.store.status.set(key, { ...status, ...ended });
    }

    await scene.tick();

    expect(agesOf(scene.telemetry)).toEqual([0]);
  });

  it('is not known if all markets have ended but one whose progress cannot be read', async () => {
    const { tick, store, telemetry } = prepare({ BTC_USDT: settledTo(at(1)) }, nothing, [
      'BTC_USDT',
      'ETH_USDT',
    ]);
    const btc = store.status.get('gate-io:BTC_USDT') ?? statusOf();
    store.status.set('gate-io:BTC_USDT', { ...btc, unknownSinceMs: at(2), endedAtMs: at(3) });
    const eth = { exchange: 'gate-io', pair: 'ETH_USDT' };
    store.unreadable = [new UnreadableStatusError(eth, 'seen_to')];

    await tick();

    expect(agesOf(telemetry)).toEqual([]);
  });

  it.each([
    ['no market is asked for', ALL_SETTLED, at(12, 4) + 1],
    ['nothing ever came, and nothing is stored yet', {}, at(12, 7)],
  ])('is not known if %s', async (_, progress, nowMs) => {
    const { tick, telemetry } = prepare(progress, nothing);

    await tick(nowMs);

    expect(agesOf(telemetry)).toEqual([]);
  });
});

describe('a market that the exchange does not know', () => {
  const unknown = ({ pair, fromMs, toMs }: CandlesQuery) => {
    if (pair === 'XRP_USDT') throw new UnknownPairError('no such pair');
    return minutesIn(fromMs, toMs);
  };
  const XRP = 'gate-io:XRP_USDT';

  it('is noted with the first tick that finds it so, counted, and not behind', async () => {
    const { tick, store, telemetry } = prepare(
      { ...ALL_SETTLED, XRP_USDT: settledTo(at(3)) },
      unknown,
    );

    await tick();

    expect(store.status.get(XRP)).toMatchObject({ unknownSinceMs: at(12, 7), endedAtMs: null });
    expect(store.written).toEqual([{ key: XRP, observedAtMs: at(12, 7) }]);
    expect(telemetry.counted('MarketsUnknown')).toBe(1);
    expect(telemetry.counted('MarketsBehind')).toBe(0);
    expect(telemetry.counted('MarketsNotFetched')).toBe(0);
  });

  it('has ended after a day, is reported once, and is asked for once an hour', async () => {
    const { tick, store, telemetry, exchange } = prepare(ALL_SETTLED, unknown);
    const sinceMs = at(12, 7) - DAY_MS;
    store.status.set(XRP, { ...statusOf(), unknownSinceMs: sinceMs });

    await tick();
    await tick(at(12, 8));

    expect(store.status.get(XRP)?.endedAtMs).toBe(at(12, 7));
    expect(telemetry.counted('MarketsEnded')).toBe(1);
    const asks = () => exchange.requests.filter(({ pair }) => pair === 'XRP_USDT').length;
    expect(asks()).toBe(1);
    await tick(at(13));
    expect(asks()).toBe(2);
    expect(telemetry.counted('MarketsEnded')).toBe(1);
  });

  it('goes on if the exchange knows it again', async () => {
    const { tick, store, sent } = prepare(ALL_SETTLED);
    const progress = settledTo(at(12, 4));
    store.status.set(XRP, statusOf({ progress, unknownSinceMs: at(3), endedAtMs: at(4) }));

    await tick(at(13));

    expect(store.status.get(XRP)).toEqual(statusOf({ progress }));
    expect(sent().some(({ pair }) => pair === 'XRP_USDT')).toBe(true);
  });
});

describe('a market whose progress cannot be read', () => {
  it('is named, counted as behind and not asked for, and the others go on', async () => {
    const { tick, store, exchange, telemetry } = prepare(ALL_SETTLED);
    const cause = new UnreadableStatusError({ exchange: 'gate-io', pair: 'ETH_USDT' }, 'seen_to');
    store.status.delete('gate-io:ETH_USDT');
    store.unreadable = [cause];

    await tick();

    expect(exchange.requests.map(({ pair }) => pair)).toEqual(['BTC_USDT', 'XRP_USDT']);
    expect(telemetry.values('MarketsBehind')).toEqual([1]);
    expect(telemetry.lines).toContainEqual({
      level: 'error',
      message: 'market not followed',
      details: { market: 'gate-io:ETH_USDT' },
      cause,
    });
  });

  it('counts at every tick, together with the markets that lag', async () => {
    const { tick, store, telemetry } = prepare({ ...ALL_SETTLED, BTC_USDT: settledTo(at(11)) });
    store.unreadable = ['ETH_USDT', 'XRP_USDT'].map((pair) => {
      store.status.delete(`gate-io:${pair}`);
      return new UnreadableStatusError({ exchange: 'gate-io', pair }, 'seen_to');
    });

    await tick();
    await tick(at(12, 8));

    expect(telemetry.values('MarketsBehind')).toEqual([3, 3]);
  });
});

describe('a silent market', () => {
  it('is counted at every tick, and named once an hour', async () => {
    const quiet = { ...settledTo(at(12, 4)), newestMs: at(12) - 2 * DAY_MS };
    const { tick, telemetry } = prepare(
      { ...ALL_SETTLED, XRP_USDT: quiet },
      ({ pair, fromMs, toMs }) => (pair === 'XRP_USDT' ? [] : minutesIn(fromMs, toMs)),
    );

    await tick();
    expect(telemetry.counted('MarketsSilent')).toBe(1);
    expect(telemetry.messages('warn')).toEqual([]);
    await tick(at(13));

    expect(telemetry.lines).toContainEqual({
      level: 'warn',
      message: 'market silent: no candle has come for long',
      details: { market: 'gate-io:XRP_USDT', newest: new Date(quiet.newestMs).toISOString() },
    });
  });

  it('is none of which newer minutes are stored than a replica that lags by days answers', async () => {
    const stored = { ...settledTo(at(12) - 3 * DAY_MS), newestMs: at(12, 5), seenToMs: at(12, 6) };
    const { tick, telemetry } = prepare(
      { ...ALL_SETTLED, XRP_USDT: stored },
      ({ pair, fromMs, toMs }) =>
        pair === 'XRP_USDT' && toMs >= DAY ? [] : minutesIn(fromMs, toMs),
    );

    await tick();

    expect(telemetry.counted('MarketsSilent')).toBe(0);
  });
});

describe('a market of which no candle came for long', () => {
  it('is silent no more with the tick that brings one', async () => {
    const quiet = { ...settledTo(at(12, 4)), newestMs: at(12) - 2 * DAY_MS };
    const { tick, telemetry } = prepare({ ...ALL_SETTLED, XRP_USDT: quiet });

    await tick();

    expect(telemetry.values('MarketsSilent')).toEqual([0]);
  });
});

describe('a day whose answer lacks its end, although minutes of the next have come', () => {
  const NOON_BEFORE = at(12) - DAY_MS;

  /** Its first answer is empty; the second one is what is given. */
  function prepareEmpty(second: () => ReturnType<typeof minutesIn>) {
    let asked = 0;
    return prepare(
      { BTC_USDT: settledTo(NOON_BEFORE) },
      ({ fromMs, toMs }) => {
        if (toMs > DAY) return minutesIn(fromMs, toMs);
        asked += 1;
        return asked === 1 ? [] : second();
      },
      ['BTC_USDT'],
    );
  }

  it('is settled by them once its end was asked for again', async () => {
    const { tick, sent, telemetry } = prepareEmpty(() => []);

    await tick();

    expect(sent().map(({ settlesMs }) => settlesMs)).toEqual([DAY, at(12, 5)]);
    expect(telemetry.counted('RangesAskedAgain')).toBe(1);
  });

  it('is not settled by them if the second question fails', async () => {
    const { tick, sent, telemetry } = prepareEmpty(() => {
      throw new Error('HTTP 503');
    });

    await tick();

    expect(sent().map(({ settlesMs }) => settlesMs)).toEqual([NOON_BEFORE, NOON_BEFORE]);
    expect(telemetry.counted('MarketsNotFetched')).toBe(1);
  });
});

describe('a stale answer', () => {
  it('is counted, and settles no further than it reaches', async () => {
    const stored = { ...settledTo(at(12)), newestMs: at(12, 5), seenToMs: at(12, 6) };
    const { tick, telemetry, sent } = prepare(
      { ...ALL_SETTLED, BTC_USDT: stored },
      ({ pair, fromMs, toMs }) => minutesIn(fromMs, pair === 'BTC_USDT' ? at(12, 2) : toMs),
    );

    await tick();

    expect(telemetry.counted('StaleAnswers')).toBe(1);
    expect(sent().find(({ pair }) => pair === 'BTC_USDT')?.settlesMs).toBe(at(12, 2));
  });
});

describe('the headroom that the exchange tells', () => {
  it.each([0, 42])('is told as it is: %d', async (headroom) => {
    const { tick, exchange, telemetry } = prepare(ALL_SETTLED);
    exchange.headroom = headroom;

    await tick();

    expect(telemetry.metrics()).toContain('RateLimitHeadroom');
    expect(telemetry.counted('RateLimitHeadroom')).toBe(headroom);
  });

  it('is not told where the exchange says nothing of it', async () => {
    const { tick, telemetry } = prepare(ALL_SETTLED);

    await tick();

    expect(telemetry.metrics()).not.toContain('RateLimitHeadroom');
  });
});

describe('an exchange that fails for one pair', () => {
  it('stops no other pair, and is counted', async () => {
    const failure = new Error('delisted');
    const { tick, sent, telemetry } = prepare(ALL_SETTLED, ({ pair, fromMs, toMs }) => {
      if (pair === 'ETH_USDT') throw failure;
      return minutesIn(fromMs, toMs);
    });

    await tick();

    expect(sent().map(({ pair }) => pair)).toEqual(['BTC_USDT', 'XRP_USDT']);
    expect(telemetry.counted('MarketsNotFetched')).toBe(1);
    expect(telemetry.lines).toContainEqual({
      level: 'error',
      message: 'market not fetched',
      details: {
        market: 'gate-io:ETH_USDT',
        from: '2026-01-15T12:04:00.000Z',
        to: '2026-01-15T12:07:00.000Z',
      },
      cause: failure,
    });
  });

  it('keeps the later segments of the pair waiting, and sends no part of one', async () => {
    const behind = settledTo(at(20));
    const { tick, sent, exchange } = prepare(
      { BTC_USDT: behind, ETH_USDT: behind, XRP_USDT: behind },
      ({ pair, fromMs, toMs }) => {
        if (pair === 'BTC_USDT' && fromMs === DAY + DAY_MS) throw new Error('no second day');
        return minutesIn(fromMs, toMs);
      },
    );

    await tick(DAY + 2 * DAY_MS + 5 * MINUTE_MS);

    const ofBitcoin = sent().filter(({ pair }) => pair === 'BTC_USDT');
    // Behind, so with a second look at the two hours before what is settled.
    expect(ofBitcoin.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[at(18), DAY + DAY_MS]]);
    expect(exchange.requests.filter(({ pair }) => pair === 'BTC_USDT')).toHaveLength(2);
    expect(sent().filter(({ pair }) => pair === 'ETH_USDT')).toHaveLength(3);
  });
});

describe('a pair that is far behind', () => {
  it('has its days sent in order, each following the one before', async () => {
    const { tick, sent } = prepare({ ...ALL_SETTLED, XRP_USDT: settledTo(at(20)) });

    await tick(DAY + 2 * DAY_MS + 5 * MINUTE_MS);

    const days = sent().filter(({ pair }) => pair === 'XRP_USDT');
    expect(days.map(({ followsMs }) => followsMs)).toEqual([
      at(20),
      DAY + DAY_MS,
      DAY + 2 * DAY_MS,
    ]);
  });
});

describe('a tick that runs out of time', () => {
  it('leaves the rest for the next one, and is counted', async () => {
    const { tick, sent, telemetry } = prepare(ALL_SETTLED);
    // Each pair that begins asks again, for how long its exchange has.
    const remaining = [16_000, 16_000, 15_000, 15_000, 14_999];

    await tick(at(12, 7), () => remaining.shift() ?? 0);

    expect(sent().map(({ pair }) => pair)).toEqual(['BTC_USDT', 'ETH_USDT']);
    expect(telemetry.counted('MarketsDeferred')).toBe(1);
    expect(telemetry.messages('warn')).toEqual(['out of time: left for the next tick']);
  });

  it('does not hold back what it had no time for, however far that is behind', async () => {
    const behind = settledTo(at(1));
    const { tick, sent } = prepare({ BTC_USDT: behind, ETH_USDT: behind, XRP_USDT: behind });
    const remaining = [16_000, 16_000, 15_000, 15_000, 14_999];

    await tick(at(12, 7), () => remaining.shift() ?? 0);
    await tick(at(12, 8));

    expect(sent().map(({ pair }) => pair)).toEqual(['BTC_USDT', 'ETH_USDT', 'XRP_USDT']);
  });

  it('breaks a plan off between its segments', async () => {
    const behind = settledTo(at(20));
    const { tick, sent } = prepare({ BTC_USDT: behind, ETH_USDT: behind, XRP_USDT: behind });
    const nowMs = DAY + DAY_MS + 5 * MINUTE_MS;

    // Three pairs begin, none gets to its second segment: each asks once whether to begin, and
    // once for how long its exchange has.
    const remaining = Array<number>(6).fill(60_000);
    await tick(nowMs, () => remaining.shift() ?? 0);

    expect(sent().map(({ toMs }) => toMs)).toEqual([DAY + DAY_MS, DAY + DAY_MS, DAY + DAY_MS]);
  });
});

describe('a plan of a quiet market, far behind, that was appended in part', () => {
  const nowMs = DAY + 3 * DAY_MS + 5 * MINUTE_MS;
  const before = settledTo(at(20));
  const days = [DAY, DAY + DAY_MS, DAY + 2 * DAY_MS, DAY + 3 * DAY_MS];

  /** The days of which the tick after it asks, once the part is stored, which settles nothing. */
  async function daysOfNextTick(
    failingDayMs: number | undefined,
    remainingMs?: () => number,
  ): Promise<number[]> {
    let failsAtMs = failingDayMs;
    const { tick, store, exchange } = prepare(
      { BTC_USDT: before },
      ({ fromMs }) => {
        if (fromMs === failsAtMs) throw new Error('no such day');
        return [];
      },
      ['BTC_USDT'],
    );
    await tick(nowMs, remainingMs);
    const stored = { ...before, seenToMs: DAY + DAY_MS, observedAtMs: nowMs };
    store.status.set('gate-io:BTC_USDT', statusOf({ progress: stored }));
    failsAtMs = undefined;
    exchange.requests.length = 0;
    await tick(nowMs + MINUTE_MS);
    return exchange.requests.map(({ fromMs }) => floorTo(fromMs, DAY_MS));
  }

  it('is asked for at the next tick if the exchange failed for a later day', async () => {
    expect(new Set(await daysOfNextTick(DAY + DAY_MS))).toEqual(new Set(days));
  });

  it('is asked for at the next tick if the time ran out', async () => {
    const remaining = [60_000, 60_000];
    const asked = await daysOfNextTick(undefined, () => remaining.shift() ?? 0);
    expect(new Set(asked)).toEqual(new Set(days));
  });

  it('is held back if it was appended whole, and stands still', async () => {
    expect(await daysOfNextTick(undefined)).toEqual([]);
  });
});

describe('a tick rejects', () => {
  it('where a record could not be appended, after the other pairs are done', async () => {
    const { tick, log, sent } = prepare(ALL_SETTLED);
    log.brokenFor = ({ key }) => key === 'gate-io:BTC_USDT';

    await expect(tick()).rejects.toThrow('the log does not take records of candles.observed');

    expect(sent().map(({ pair }) => pair)).toEqual(['ETH_USDT', 'XRP_USDT']);
  });

  it('with the failure of each pair that could not be appended', async () => {
    const { tick, log } = prepare(ALL_SETTLED);
    log.brokenFor = ({ key }) => key !== 'gate-io:ETH_USDT';

    const error: unknown = await tick().catch((cause: unknown) => cause);

    expect(error).toBeInstanceOf(TickNotAppendedError);
    const refused = new Error('the log does not take records of candles.observed');
    expect((error as TickNotAppendedError).errors).toEqual([refused, refused]);
    expect((error as TickNotAppendedError).message).toBe(
      `2 of 3 markets could not be appended, the first because of: ${String(refused)}`,
    );
  });

  it('sends no later segment of a pair whose segment could not be appended', async () => {
    const { tick, log, sent } = prepare({ ...ALL_SETTLED, BTC_USDT: settledTo(at(20)) });
    let refusals = 1;
    log.brokenFor = ({ key }) => key === 'gate-io:BTC_USDT' && refusals-- > 0;

    await expect(tick(DAY + DAY_MS + 5 * MINUTE_MS)).rejects.toThrow('the log does not take');

    expect(sent().map(({ pair }) => pair)).not.toContain('BTC_USDT');
  });

  it('where the progress could not be read, without asking the exchange', async () => {
    const exchange = new FakeExchange(() => []);
    const observeTick = createObserveTick(
      {
        exchange,
        listings: new FakePairList(),
        store: {
          readExchangeStatus: () => Promise.reject(new Error('no database')),
          writeListing: () => Promise.reject(new Error('unexpected')),
          writeBan: () => Promise.reject(new Error('unexpected')),
        },
        observed: codec,
        log: new FakeLog(),
        telemetry: new FakeTelemetry(),
      },
      {
        pairs: ['BTC_USDT'],
        ...SETTINGS,
        retentionMs: DAY_MS,
      },
    );

    await expect(observeTick({ nowMs: at(12), remainingMs: () => 60_000 })).rejects.toThrow(
      'no database',
    );
    expect(exchange.requests).toEqual([]);
  });
});

describe('a tick after midnight', () => {
  const midnight = DAY + DAY_MS;
  // The look of the hour is stored.
  const settled = {
    BTC_USDT: { ...settledTo(midnight - 2 * MINUTE_MS), observedAtMs: midnight + MINUTE_MS },
  };
  const rangeOf = ({ pair, fromMs, toMs }: CandlesQuery) => [pair, fromMs, toMs];

  it('asks for the minutes of both days in one request, and sends a segment of each', async () => {
    const { tick, exchange, sent } = prepare(settled, undefined, ['BTC_USDT']);

    await tick(midnight + 2 * MINUTE_MS);

    expect(exchange.requests.map(rangeOf)).toEqual([
      ['BTC_USDT', midnight - 2 * MINUTE_MS, midnight + 2 * MINUTE_MS],
    ]);
    expect(
      sent().map(({ fromMs, toMs, minuteCandles }) => [fromMs, toMs, minuteCandles.length]),
    ).toEqual([
      [midnight - 2 * MINUTE_MS, midnight, 2],
      [midnight, midnight + 2 * MINUTE_MS, 2],
    ]);
  });

  it('asks for long days one by one', async () => {
    const behind = { BTC_USDT: settledTo(midnight - 600 * MINUTE_MS) };
    const { tick, exchange } = prepare(behind, undefined, ['BTC_USDT']);

    await tick(midnight + 2 * MINUTE_MS);

    expect(exchange.requests).toHaveLength(2);
  });

  it('sends nothing of either day if the request fails', async () => {
    const fail = () => {
      throw new Error('HTTP 500');
    };
    const { tick, exchange, sent } = prepare(settled, fail, ['BTC_USDT']);

    await tick(midnight + 2 * MINUTE_MS);

    expect(exchange.requests).toHaveLength(1);
    expect(sent()).toEqual([]);
  });
});

describe('markets of a pattern', () => {
  const ETH = 'gate-io:ETH_USDT';
  const DOGE = 'gate-io:DOGE_USDT';
  const patterned = (pairs: readonly string[] = ['*_USDT']) =>
    prepare(ALL_SETTLED, ({ fromMs, toMs }) => minutesIn(fromMs, toMs), pairs);
  const asked = ({ exchange }: ReturnType<typeof patterned>) =>
    exchange.requests.map(({ pair }) => pair);

  it('are those that the exchange lists and trades, new ones too', async () => {
    const scene = patterned(['*_USDT', 'ETH_BTC']);
    scene.listings.list('BTC_USDT', 'ETH_USDT', 'XRP_USDT', 'DOGE_USDT', 'XRP_BTC');

    await scene.tick();

    expect(asked(scene).sort()).toEqual([
      'BTC_USDT',
      'DOGE_USDT',
      'ETH_BTC',
      'ETH_USDT',
      'XRP_USDT',
    ]);
    expect(scene.sent().find(({ pair }) => pair === 'DOGE_USDT')).toMatchObject({ fromMs: DAY });
  });

  it.each([
    ['is not listed', []],
    ['is listed as not traded', [{ pair: 'ETH_USDT', isTrading: false }]],
  ])('are no longer asked for if one %s, which is noted and no alarm', async (_, others) => {
    const scene = patterned();
    scene.listings.list('BTC_USDT', 'XRP_USDT');
    scene.listings.listed = [...(scene.listings.listed as []), ...others];

    await scene.tick();

    expect(asked(scene)).toEqual(['BTC_USDT', 'XRP_USDT']);
    expect(scene.store.status.get(ETH)).toMatchObject({
      unknownSinceMs: at(12, 7),
      endedAtMs: null,
    });
    expect(scene.telemetry.counted('MarketsUnknown')).toBe(0);
    expect(scene.telemetry.counted('MarketsBehind')).toBe(0);
  });

  it('are named once an hour if they are silent, and only those that pairs names are counted', async () => {
    const silent = { ...settledTo(at(12, 4)), newestMs: at(12) - 2 * DAY_MS };
    const scene = prepare(
      { ...ALL_SETTLED, ETH_USDT: silent, XRP_USDT: silent },
      ({ pair, fromMs, toMs }) => (pair === 'BTC_USDT' ? minutesIn(fromMs, toMs) : []),
      ['*_USDT', 'XRP_USDT'],
    );
    scene.listings.list('BTC_USDT', 'ETH_USDT', 'XRP_USDT');

    await scene.tick(at(13));

    expect(scene.telemetry.values('MarketsSilent')).toEqual([1]);
    const named = scene.telemetry.lines.filter(({ message }) =>
      message.startsWith('market silent'),
    );
    expect(named.map(({ details }) => details['market']).sort()).toEqual([ETH, 'gate-io:XRP_USDT']);
  });

  it('end after a day of listings that lack them, which is told once', async () => {
    const scene = patterned();
    scene.listings.list('BTC_USDT', 'XRP_USDT');
    const status = scene.store.status.get(ETH) ?? statusOf();
    scene.store.status.set(ETH, { ...status, unknownSinceMs: at(12, 7) - DAY_MS });

    await scene.tick();
    await scene.tick(at(12, 8));

    expect(scene.store.status.get(ETH)?.endedAtMs).toBe(at(12, 7));
    expect(scene.telemetry.counted('MarketsEnded')).toBe(1);
  });

  it('are followed again once they are listed again', async () => {
    const scene = patterned();
    scene.listings.list('BTC_USDT', 'ETH_USDT', 'XRP_USDT');
    const status = scene.store.status.get(ETH) ?? statusOf();
    scene.store.status.set(ETH, { ...status, unknownSinceMs: at(3), endedAtMs: at(4) });

    await scene.tick();

    expect(asked(scene)).toContain('ETH_USDT');
    expect(scene.store.status.get(ETH)).toMatchObject({ unknownSinceMs: null, endedAtMs: null });
  });

  it.each([
    ['is empty', []],
    ['trades nothing', [{ pair: 'BTC_USDT', isTrading: false }]],
    ['is not given', new Error('HTTP 500')],
  ])(
    'are those that are stored if the listing %s, and the day to an end stands still',
    async (_, listing) => {
      const scene = patterned();
      scene.listings.listed = listing;
      const status = scene.store.status.get(ETH) ?? statusOf();
      scene.store.status.set(ETH, { ...status, unknownSinceMs: at(12, 7) - DAY_MS });
      scene.store.status.set(DOGE, statusOf({ unknownSinceMs: at(1), endedAtMs: at(2) }));

      await scene.tick();

      expect(asked(scene)).toEqual(['BTC_USDT', 'ETH_USDT', 'XRP_USDT']);
      expect(scene.store.written).toEqual([{ key: ETH, observedAtMs: at(12, 7) }]);
      expect(scene.store.status.get(ETH)).toMatchObject({
        unknownSinceMs: at(12, 8) - DAY_MS,
        endedAtMs: null,
      });
      expect(scene.telemetry.counted('ListingsDoubted')).toBe(1);
      expect(scene.telemetry.counted('MarketsBehind')).toBe(0);
    },
  );

  it('do not end by two listings that lack one if none was heard for the day between', async () => {
    const scene = patterned();
    scene.listings.list('BTC_USDT', 'XRP_USDT');
    await scene.tick(at(12));
    scene.listings.listed = new Error('HTTP 500');
    for (let minute = 1; minute < 24 * 60; minute += 1) await scene.tick(at(12, minute));
    scene.listings.list('BTC_USDT', 'XRP_USDT');

    await scene.tick(at(12) + DAY_MS);

    expect(scene.store.status.get(ETH)?.endedAtMs).toBeNull();
  });

  it('are followed on if a listing that lacks most of them is cut: their candles say so', async () => {
    const scene = patterned();
    scene.listings.list('BTC_USDT', 'DOGE_USDT');
    const status = scene.store.status.get(ETH) ?? statusOf();
    scene.store.status.set(ETH, { ...status, unknownSinceMs: at(12, 7) - DAY_MS });

    await scene.tick();

    expect(asked(scene).sort()).toEqual(['BTC_USDT', 'DOGE_USDT', 'ETH_USDT', 'XRP_USDT']);
    expect(scene.store.status.get(ETH)).toMatchObject({ unknownSinceMs: null, endedAtMs: null });
    expect(scene.telemetry.counted('ListingsDoubted')).toBe(1);
  });

  it.each([
    ['are silent', () => []],
    [
      'are unknown',
      () => {
        throw new UnknownPairError('no such pair');
      },
    ],
  ])('end by a listing that lacks most of them if their candles %s too', async (_, answer) => {
    const scene = prepare(
      { BTC_USDT: settledTo(at(12, 4)), ETH_USDT: settledTo(at(3)), XRP_USDT: settledTo(at(3)) },
      ({ pair, fromMs, toMs }) => (pair === 'BTC_USDT' ? minutesIn(fromMs, toMs) : answer()),
      ['*_USDT'],
    );
    scene.listings.list('BTC_USDT');

    await scene.tick(at(12, 7));
    expect(scene.store.status.get(ETH)?.unknownSinceMs).toBe(at(12, 7));
    expect(scene.telemetry.counted('MarketsBehind')).toBe(0);
    await scene.tick(at(12, 7) + DAY_MS);

    expect(scene.store.status.get(ETH)?.endedAtMs).toBe(at(12, 7) + DAY_MS);
    expect(scene.telemetry.counted('MarketsEnded')).toBe(2);
  });

  it('say nothing by a request that fails: none ends by a listing that lacks most of them', async () => {
    const scene = prepare(
      { BTC_USDT: settledTo(at(3)), ETH_USDT: settledTo(at(3)) },
      () => {
        throw new Error('HTTP 500');
      },
      ['*_USDT'],
    );
    scene.listings.list('DOGE_USDT');

    await scene.tick();
    await scene.tick(at(12, 7) + DAY_MS);

    expect(scene.store.written).toEqual([]);
  });

  it('are not behind if one is listed but its candles are unknown, and it is asked for once an hour', async () => {
    const scene = prepare(
      ALL_SETTLED,
      ({ pair, fromMs, toMs }) => {
        if (pair === 'DOGE_USDT') throw new UnknownPairError('no such pair');
        return minutesIn(fromMs, toMs);
      },
      ['*_USDT'],
    );
    scene.listings.list('BTC_USDT', 'ETH_USDT', 'XRP_USDT', 'DOGE_USDT');
    const asks = () => asked(scene).filter((pair) => pair === 'DOGE_USDT').length;

    await scene.tick(at(12, 7));
    await scene.tick(at(12, 8));
    expect(scene.telemetry.counted('WorstLag')).toBe((3 + 4) * 60);
    expect(scene.telemetry.counted('MarketsBehind')).toBe(0);
    for (let minute = 9; minute < 67; minute += 1) await scene.tick(at(12, minute));

    expect(asks()).toBe(1);
    expect(scene.telemetry.messages('warn')).toEqual(['market unknown to the exchange']);
    expect(scene.store.status.get(DOGE)).toMatchObject({ unknownSinceMs: at(12, 7) });
    await scene.tick(at(13, 7));
    expect(asks()).toBe(2);
    await scene.tick(at(12, 7) + DAY_MS);
    expect(scene.store.status.get(DOGE)?.endedAtMs).toBe(at(12, 7) + DAY_MS);
    expect(scene.telemetry.counted('MarketsUnknown')).toBe(0);
  });

  it('are not asked for where all pairs are named', async () => {
    const scene = patterned(['BTC_USDT']);

    await scene.tick();

    expect(scene.listings.asked).toBe(0);
  });
});

describe('a tick that comes again', () => {
  it('sends the same records where nothing was stored since', async () => {
    const { tick, log } = prepare(ALL_SETTLED);

    await tick();
    await tick();

    const records = log.appended.map(({ key, value }) => [key, value.toString('hex')]);
    expect(records.slice(3)).toEqual(records.slice(0, 3));
  });

  it('sends nothing once a later one is stored', async () => {
    const later = {
      liveSinceMs: DAY,
      settledToMs: at(12, 6),
      seenToMs: at(12, 8),
      newestMs: null,
      observedAtMs: at(12, 8),
    };
    const { tick, log } = prepare({ BTC_USDT: later, ETH_USDT: later, XRP_USDT: later });

    await tick(at(12, 7));

    expect(log.appended).toEqual([]);
  });
});
