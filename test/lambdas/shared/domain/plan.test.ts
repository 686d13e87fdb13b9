import fc from 'fast-check';
import { DAY_MS, MINUTE_MS } from '../../../../lambdas/shared/domain/interval';
import { type PlanInput, planSegments } from '../../../../lambdas/shared/domain/plan';
import type { Progress } from '../../../../lambdas/shared/domain/progress';
import { advance } from '../../../../lambdas/shared/domain/progress';
import { checkObserved } from '../../../../lambdas/shared/domain/segment';
import { at, DAY } from '../../../fakes/candles';

const RETENTION_MS = 9_000 * MINUTE_MS;

function planOf(fields: Partial<PlanInput>) {
  return planSegments({
    pair: 'BTC_USDT',
    source: 'gate.io',
    progress: undefined,
    nowMs: at(12, 7),
    historyStartMs: at(12),
    retentionMs: RETENTION_MS,
    settlingMs: 2 * MINUTE_MS,
    ...fields,
  });
}

function settledTo(settledToMs: number, observedAtMs = settledToMs + 2 * MINUTE_MS): Progress {
  return { settledToMs, seenToMs: observedAtMs, observedAtMs };
}

describe('planSegments', () => {
  it('asks for all that is not settled, and settles all but the newest two minutes', () => {
    expect(planOf({ progress: settledTo(at(12, 4)) })).toEqual([
      {
        pair: 'BTC_USDT',
        source: 'gate.io',
        fromMs: at(12, 4),
        toMs: at(12, 7),
        observedAtMs: at(12, 7),
        followsMs: at(12, 4),
        settlesMs: at(12, 5),
        gapFromMs: null,
      },
    ]);
  });

  it('starts a new pair at its history start, following nothing', () => {
    expect(planOf({})).toEqual([
      expect.objectContaining({
        fromMs: at(12),
        toMs: at(12, 7),
        followsMs: null,
        settlesMs: at(12, 5),
        gapFromMs: null,
      }),
    ]);
  });

  it('settles nothing of a pair that is less than two minutes old', () => {
    expect(planOf({ historyStartMs: at(12, 6) })).toEqual([
      expect.objectContaining({ fromMs: at(12, 6), toMs: at(12, 7), settlesMs: at(12, 6) }),
    ]);
  });

  it('is cut at UTC days, each segment following what the one before it settles', () => {
    const nowMs = DAY + 2 * DAY_MS + 5 * MINUTE_MS;
    const plan = planOf({ progress: settledTo(at(22)), nowMs });

    expect(plan.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
      [at(22), DAY + DAY_MS],
      [DAY + DAY_MS, DAY + 2 * DAY_MS],
      [DAY + 2 * DAY_MS, nowMs],
    ]);
    expect(plan.map(({ followsMs, settlesMs }) => [followsMs, settlesMs])).toEqual([
      [at(22), DAY + DAY_MS],
      [DAY + DAY_MS, DAY + 2 * DAY_MS],
      [DAY + 2 * DAY_MS, nowMs - 2 * MINUTE_MS],
    ]);
  });

  it('settles nothing of a day whose minutes are all young', () => {
    const midnight = DAY + DAY_MS;
    const nowMs = midnight + MINUTE_MS;
    const plan = planOf({ progress: settledTo(midnight - 2 * MINUTE_MS), nowMs });

    expect(plan.map(({ followsMs, settlesMs }) => [followsMs, settlesMs])).toEqual([
      [midnight - 2 * MINUTE_MS, midnight - MINUTE_MS],
      [midnight - MINUTE_MS, midnight - MINUTE_MS],
    ]);
  });

  it('ends a day exactly at midnight', () => {
    const plan = planOf({ progress: settledTo(at(23, 57)), nowMs: DAY + DAY_MS });

    expect(plan.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([[at(23, 57), DAY + DAY_MS]]);
  });

  it('starts at the oldest minute that the exchange serves, and names the gap before it', () => {
    const nowMs = DAY + 7 * DAY_MS + 30_000;
    const [first, second] = planOf({ progress: settledTo(DAY), nowMs });
    const oldestMs = DAY + 7 * DAY_MS - RETENTION_MS + MINUTE_MS;

    expect(first).toMatchObject({ fromMs: oldestMs, followsMs: DAY, gapFromMs: DAY });
    expect(second).toMatchObject({ followsMs: first?.settlesMs, gapFromMs: null });
  });

  it('names the gap of a new pair too, which follows nothing', () => {
    const [first] = planOf({ nowMs: DAY + 8 * DAY_MS, historyStartMs: DAY });

    expect(first).toMatchObject({
      fromMs: DAY + 8 * DAY_MS - RETENTION_MS,
      followsMs: null,
      gapFromMs: DAY,
    });
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
      settlesMs: at(12, 5),
    });
  });

  it('plans nothing before the history start', () => {
    expect(planOf({ historyStartMs: at(13) })).toEqual([]);
    expect(planOf({ historyStartMs: at(12, 7) })).toEqual([]);
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
        pair: 'BTC_USDT',
        source: 'gate.io',
        progress: isNew
          ? undefined
          : { settledToMs: startMs, seenToMs: startMs, observedAtMs: nowMs - 1 },
        nowMs,
        historyStartMs: startMs,
        retentionMs: retentionMinutes * MINUTE_MS,
        settlingMs: 2 * MINUTE_MS,
      };
    });

  it('covers its range without holes, in segments that hold the invariants', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const plan = planSegments(input);
        plan.forEach((segment, index) => {
          expect(() => checkObserved({ ...segment, minutes: [] })).not.toThrow();
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
        const plan = planSegments(input);
        let progress = input.progress;
        for (const segment of plan) progress = advance(progress, segment) ?? progress;
        if (plan.length === 0) return;
        const horizonMs = Math.floor(input.nowMs / 60_000) * 60_000 - 2 * MINUTE_MS;
        const fromMs = plan[0]?.fromMs ?? NaN;
        const startMs = input.progress?.settledToMs ?? fromMs;
        expect(progress?.settledToMs).toBe(Math.max(startMs, horizonMs));
      }),
    );
  });
});
