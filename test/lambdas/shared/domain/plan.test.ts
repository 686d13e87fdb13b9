import fc from 'fast-check';
import { DAY_MS, MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import {
  type Evidence,
  isFirstOfHour,
  missingEnd,
  missingStart,
  type PlanInput,
  type PlannedSegment,
  planSegments,
  settled,
} from '../../../../lambdas/shared/domain/plan';
import { advance, type Progress } from '../../../../lambdas/shared/domain/progress/progress';
import { checkObserved, type Segment } from '../../../../lambdas/shared/domain/segment';
import { at, DAY } from '../../../fakes/candles';

const RETENTION_MS = 9_000 * MINUTE_MS;
const SETTLING_MS = 2 * MINUTE_MS;
const SILENCE_MS = 60 * MINUTE_MS;

function planOf(fields: Partial<PlanInput>) {
  return planSegments({
    market: { exchange: 'gate-io', pair: 'BTC_USDT' },
    progress: undefined,
    nowMs: at(12, 7),
    scheduleMs: MINUTE_MS,
    retentionMs: RETENTION_MS,
    ...fields,
  });
}

function settledTo(settledToMs: number, observedAtMs = settledToMs + 2 * MINUTE_MS): Progress {
  return { liveSinceMs: DAY, settledToMs, seenToMs: observedAtMs, newestMs: null, observedAtMs };
}

describe('planSegments', () => {
  it('asks for all that is not settled', () => {
    expect(planOf({ progress: settledTo(at(12, 4)) })).toEqual([
      {
        exchange: 'gate-io',
        pair: 'BTC_USDT',
        kind: 'live',
        source: 'api',
        fromMs: at(12, 4),
        toMs: at(12, 7),
        observedAtMs: at(12, 7),
        gapFromMs: null,
      },
    ]);
  });

  it("starts a new market at today's midnight", () => {
    expect(planOf({})).toEqual([
      expect.objectContaining({ fromMs: DAY, toMs: at(12, 7), gapFromMs: null }),
    ]);
  });

  it('is cut at UTC days, and after an outage starts two hours before what is settled', () => {
    const nowMs = DAY + 2 * DAY_MS + 5 * MINUTE_MS;
    const plan = planOf({ progress: settledTo(at(23)), nowMs });

    expect(plan.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [at(21), DAY + DAY_MS],
      [DAY + DAY_MS, DAY + 2 * DAY_MS],
      [DAY + 2 * DAY_MS, nowMs],
    ]);
  });

  it('ends a day exactly at midnight', () => {
    const plan = planOf({
      progress: settledTo(at(23, 57)),
      nowMs: DAY + DAY_MS,
    });

    expect(plan.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[at(21, 57), DAY + DAY_MS]]);
  });

  it('starts at the oldest minute that the exchange serves, and names the gap before it', () => {
    const nowMs = DAY + 7 * DAY_MS + 30_000;
    const [first, second] = planOf({ progress: settledTo(DAY), nowMs });
    const oldestMs = DAY + 7 * DAY_MS - RETENTION_MS + MINUTE_MS;

    expect(first).toMatchObject({ fromMs: oldestMs, gapFromMs: DAY });
    expect(second).toMatchObject({ gapFromMs: null });
  });

  it.each([
    ['older than what is stored', at(12, 6)],
    ['as old as what is stored', at(12, 8)],
  ])('plans nothing for a tick that is %s', (_, nowMs) => {
    expect(planOf({ progress: settledTo(at(12), at(12, 8)), nowMs })).toEqual([]);
  });

  it('plans a tick that is a millisecond newer than what is stored', () => {
    expect(planOf({ progress: settledTo(at(12), at(12, 8)), nowMs: at(12, 8) + 1 })).toHaveLength(
      1,
    );
  });

  it('asks for whole minutes at a time between them, and keeps the time as the observation', () => {
    const [segment] = planOf({ progress: settledTo(at(12, 4)), nowMs: at(12, 7) + 59_999 });

    expect(segment).toMatchObject({
      toMs: at(12, 7),
      observedAtMs: at(12, 7) + 59_999,
    });
  });

  it('plans nothing of a new market at the very midnight', () => {
    expect(planOf({ nowMs: DAY })).toEqual([]);
  });

  describe('at the first tick of an hour', () => {
    it('looks again at the two hours before what is settled', () => {
      const progress = settledTo(at(12, 58), at(12, 59));
      const [segment] = planOf({ progress, nowMs: at(13) });

      expect(segment).toMatchObject({ fromMs: at(10, 58), toMs: at(13), gapFromMs: null });
    });

    it.each([
      ['at the third tick, if none of the hour is stored', at(13, 2), at(12, 59), at(10, 57)],
      ['no more after that', at(13, 3), at(12, 59), at(12, 57)],
      ['no more once a tick of the hour is stored', at(13, 1), at(13), at(12, 57)],
    ])('looks %s', (_, nowMs, observedAtMs, fromMs) => {
      const [segment] = planOf({ progress: settledTo(at(12, 57), observedAtMs), nowMs });

      expect(segment).toMatchObject({ fromMs, toMs: nowMs });
    });

    it.each([
      ['before the market started', DAY + DAY_MS, {}, DAY + DAY_MS],
      ['before what the exchange serves', DAY, { retentionMs: 61 * MINUTE_MS }, DAY + DAY_MS],
    ])('does not look %s', (_, liveSinceMs, fields, fromMs) => {
      const nowMs = DAY + DAY_MS + 61 * MINUTE_MS;
      const settledMs = nowMs - 2 * MINUTE_MS;
      const progress = { ...settledTo(settledMs, settledMs), liveSinceMs };
      const plan = planOf({ progress, nowMs: nowMs - MINUTE_MS + 1, ...fields });

      expect(plan[0]).toMatchObject({ fromMs, gapFromMs: null });
    });
  });

  const inputs = fc
    .record({
      behindMinutes: fc.integer({ min: 0, max: 6 * 1_440 }),
      nowMinutes: fc.integer({ min: 0, max: 3 * 1_440 }),
      nowRestMs: fc.integer({ min: 0, max: 59_999 }),
      isNew: fc.boolean(),
      retentionMinutes: fc.integer({ min: 10, max: 4 * 1_440 }),
    })
    .map(({ behindMinutes, nowMinutes, nowRestMs, isNew, retentionMinutes }): PlanInput => {
      const nowMs = DAY + 10 * DAY_MS + nowMinutes * MINUTE_MS + nowRestMs;
      const startMs = nowMs - nowRestMs - behindMinutes * MINUTE_MS;
      return {
        market: { exchange: 'gate-io', pair: 'BTC_USDT' },
        progress: isNew
          ? undefined
          : {
              liveSinceMs: startMs,
              settledToMs: startMs,
              seenToMs: startMs,
              newestMs: null,
              observedAtMs: nowMs - 1,
            },
        nowMs,
        scheduleMs: MINUTE_MS,
        retentionMs: retentionMinutes * MINUTE_MS,
      };
    });

  /** The segments of a plan of which the exchange answers every minute. */
  function settledPlan(input: PlanInput): Segment[] {
    let followsMs = input.progress?.settledToMs ?? null;
    return planSegments(input).map((planned) => {
      const segment = settled(planned, {
        followsMs,
        newestMs: input.nowMs,
        seenToMs: input.progress?.seenToMs,
        settlingMs: SETTLING_MS,
        silenceMs: SILENCE_MS,
      });
      followsMs = segment.settlesMs;
      return segment;
    });
  }

  it('covers its range without holes, in segments that hold the invariants', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = settledPlan(input);
        plan.forEach((segment, index) => {
          const observed = { ...segment, minuteCandles: [], rejected: [], unserved: null };
          expect(() => checkObserved(observed)).not.toThrow();
          const previous = plan[index - 1];
          if (previous !== undefined) expect(segment.fromMs).toBe(previous.toMs);
        });
        const last = plan.at(-1);
        if (last !== undefined) expect(last.toMs).toBe(Math.floor(input.nowMs / 60_000) * 60_000);
      }),
    );
  });

  it('brings progress, stored in order, to two minutes before its time', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = settledPlan(input);
        let progress = input.progress;
        for (const segment of plan) {
          progress = advance(progress, { ...segment, newestMs: null }) ?? progress;
        }
        if (plan.length === 0) return;
        const horizonMs = Math.floor(input.nowMs / 60_000) * 60_000 - SETTLING_MS;
        const fromMs = plan[0]?.fromMs ?? NaN;
        const startMs = Math.max(input.progress?.settledToMs ?? fromMs, fromMs);
        expect(progress?.settledToMs).toBe(Math.max(startMs, horizonMs));
      }),
    );
  });
});

describe('isFirstOfHour', () => {
  it.each([
    [1, at(13), true],
    [1, at(13) + 59_999, true],
    [1, at(13, 1), false],
    [5, at(13, 4), true],
    [5, at(13, 5), false],
    [60, at(13, 59), true],
  ])('of a tick every %d minutes: %d is %s', (minutes, nowMs, is) => {
    expect(isFirstOfHour(nowMs, minutes * MINUTE_MS)).toBe(is);
  });
});

describe('settled', () => {
  const PLANNED: PlannedSegment = {
    exchange: 'gate-io',
    pair: 'BTC_USDT',
    kind: 'live',
    source: 'api',
    fromMs: at(12),
    toMs: at(13, 30),
    observedAtMs: at(13, 30) + 5_000,
    gapFromMs: null,
  };
  const settlesTo = (evidence: Partial<Evidence>, planned: Partial<PlannedSegment> = {}) =>
    settled(
      { ...PLANNED, ...planned },
      {
        followsMs: at(12),
        newestMs: at(13, 29),
        seenToMs: at(13, 29),
        settlingMs: SETTLING_MS,
        silenceMs: SILENCE_MS,
        ...evidence,
      },
    ).settlesMs;

  it('settles all but the newest two minutes if all have come', () => {
    expect(settlesTo({})).toBe(at(13, 28));
  });

  it('settles no further than the newest minute that has come', () => {
    expect(settlesTo({ newestMs: at(12, 44) })).toBe(at(12, 45));
  });

  it('settles what was silent for an hour, now and when it was asked for before', () => {
    expect(settlesTo({ newestMs: undefined })).toBe(at(12, 29));
    expect(settlesTo({ newestMs: undefined, seenToMs: at(13, 10) })).toBe(at(12, 10));
  });

  it('settles nothing of a new market of which nothing has come', () => {
    expect(settlesTo({ followsMs: null, newestMs: undefined, seenToMs: undefined })).toBe(at(12));
  });

  it('settles no less than it follows', () => {
    expect(settlesTo({ followsMs: at(12, 50), newestMs: at(12, 10) })).toBe(at(12, 50));
  });

  it('settles nothing of its own behind a segment that did not settle to its end', () => {
    expect(settlesTo({ followsMs: at(11, 58) })).toBe(at(11, 58));
  });

  it('settles from its start on if all before it is a gap', () => {
    const gap = { gapFromMs: at(9) };

    expect(settlesTo({ followsMs: at(9), newestMs: undefined, seenToMs: at(10) }, gap)).toBe(
      at(12),
    );
    expect(settlesTo({ followsMs: at(9) }, gap)).toBe(at(13, 28));
  });

  it('settles a past day to its end if newer minutes have come', () => {
    const past = { fromMs: at(22), toMs: DAY + DAY_MS, observedAtMs: DAY + DAY_MS + 300_000 };

    expect(settlesTo({ followsMs: at(22), newestMs: DAY + DAY_MS }, past)).toBe(DAY + DAY_MS);
  });
});

describe('missingEnd', () => {
  const range = { fromMs: at(12), toMs: at(15) };

  it.each([
    ['an empty answer', undefined, at(12)],
    ['an answer that ends early', at(13, 58), at(13, 59)],
    ['an answer that lacks the last minute', at(14, 58), at(14, 59)],
    ['a whole answer', at(14, 59), undefined],
  ])('of %s', (_, newestMs, missing) => {
    expect(missingEnd(range, newestMs)).toBe(missing);
  });
});

describe('missingStart', () => {
  const range = { fromMs: at(12), toMs: at(15) };
  const minutesFrom = (fromMs: number) =>
    Array.from({ length: (at(15) - fromMs) / MINUTE_MS }, (_, index) => fromMs + index * MINUTE_MS);

  it.each([
    ['no minutes', [], undefined],
    ['all minutes', minutesFrom(at(12)), undefined],
    ['the last two hours', minutesFrom(at(13)), at(13)],
    ['all but a few', minutesFrom(at(12, 15)), undefined],
    ['all but a few more', minutesFrom(at(12, 16)), at(12, 16)],
    ['a quiet market, silent for as long elsewhere', [at(12, 59), at(13, 40), at(14)], undefined],
    ['a quiet market, silent for longer elsewhere', [at(12, 40), at(13), at(14, 50)], undefined],
    ['a quiet market, silent for longest at the start', [at(13, 1), at(13, 50), at(14)], at(13, 1)],
  ])('of an answer with %s', (_, timesMs, missing) => {
    expect(missingStart(range, timesMs)).toBe(missing);
  });

  it('is none of the few minutes of a tick', () => {
    expect(missingStart({ fromMs: at(12), toMs: at(12, 12) }, [at(12, 11)])).toBeUndefined();
  });
});
