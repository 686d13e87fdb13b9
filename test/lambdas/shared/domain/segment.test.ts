import { InvalidCandleError } from '../../../../lambdas/shared/domain/candle';
import { DAY_MS, INTERVALS, intervalMs } from '../../../../lambdas/shared/domain/interval';
import {
  checkObserved,
  checkRolled,
  dayOf,
  InvalidSegmentError,
  isCoveredBy,
  isWholeDay,
  type Segment,
} from '../../../../lambdas/shared/domain/segment';
import {
  at,
  auditOf,
  DAY,
  minuteAt,
  observedOf,
  rolledOf,
  segmentOf,
} from '../../../fakes/candles';

describe('a segment', () => {
  it('lies in the UTC day of its start', () => {
    expect(dayOf(segmentOf({ fromMs: at(23, 59) }))).toBe(DAY);
  });

  it('is a whole day only with every minute of it', () => {
    expect(isWholeDay(segmentOf({ fromMs: DAY, toMs: DAY + DAY_MS }))).toBe(true);
    expect(isWholeDay(segmentOf({ fromMs: DAY, toMs: DAY + DAY_MS - 60_000 }))).toBe(false);
  });
});

describe('checkObserved', () => {
  it.each<[string, Partial<Segment>]>([
    ['live', {}],
    ['of a pair that is new', { followsMs: null }],
    ['that settles nothing', { settlesMs: at(12, 3) }],
    ['that settles less than what it follows', { followsMs: at(12, 6), settlesMs: at(12, 6) }],
    ['with a gap before it', { followsMs: at(9), gapFromMs: at(9) }],
    ['with a gap before it, of a pair that is new', { followsMs: null, gapFromMs: at(9) }],
    [
      'that follows less than its start and settles no more',
      { followsMs: at(12), settlesMs: at(12) },
    ],
    [
      'up to the end of the day',
      { fromMs: at(23, 59), toMs: DAY + DAY_MS, followsMs: at(23, 59), settlesMs: DAY + DAY_MS },
    ],
  ])('takes a segment %s', (_, fields) => {
    expect(() => checkObserved(observedOf({ ...fields, minuteCandles: [] }))).not.toThrow();
  });

  it('takes an audit of a whole day', () => {
    expect(() => checkObserved(auditOf())).not.toThrow();
  });

  it.each<[string, Partial<Segment>]>([
    ['the name of its pair has the character "/"', { pair: 'BTC/USDT' }],
    ['its exchange is not lower-case words', { exchange: 'Gate.io' }],
    ['its ends are not whole minutes', { fromMs: at(12, 3) + 1 }],
    ['its ends are not whole minutes', { toMs: at(12, 7) - 1 }],
    ['its ends are not whole minutes', { toMs: NaN }],
    ['its ends are not whole minutes', { fromMs: -60_000, toMs: 0 }],
    ['its ends are not whole minutes', { fromMs: Date.UTC(10_000, 0, 1), toMs: 9e15 }],
    ['it was observed at 9000000000000000', { observedAtMs: 9e15 }],
    ['it follows 9000000000000000', { followsMs: 9e15, settlesMs: at(12, 5) }],
    ['it is empty', { toMs: at(12, 3) }],
    ['it is empty', { toMs: at(12, 2) }],
    ['it spans more than one UTC day', { toMs: DAY + DAY_MS + 60_000 }],
    ['it was observed at 0.5', { observedAtMs: 0.5 }],
    ['a live segment says what it settles', { settlesMs: null }],
    ['an audit comes in whole days', { kind: 'audit', settlesMs: null }],
    ['it settles to', { settlesMs: at(12, 5) + 1 }],
    ['it follows', { followsMs: at(12, 3) + 1 }],
    ['it settles more than it holds', { settlesMs: at(12, 8) }],
    ['it settles more than it holds', { followsMs: at(12, 9), settlesMs: at(12, 10) }],
    ['it follows 2026-01-15T12:02:00.000Z and would leave a hole', { followsMs: at(12, 2) }],
    ['the gap before it starts at', { gapFromMs: at(12, 3) }],
    ['the gap before it starts at', { gapFromMs: at(12, 2) + 1 }],
    [
      'the gap before it starts at 2026-01-15T10:00:00.000Z, not at what it follows, 2026-01-15T09:00:00.000Z',
      { followsMs: at(9), gapFromMs: at(10) },
    ],
    ['the gap before it starts at', { followsMs: at(9), gapFromMs: at(8) }],
    ['the gap before it starts at', { followsMs: at(12, 3), gapFromMs: at(12, 1) }],
  ])('refuses a segment because %s', (rule, fields) => {
    const check = () => checkObserved(observedOf({ ...fields, minuteCandles: [] }));

    expect(check).toThrow(InvalidSegmentError);
    expect(check).toThrow(rule);
  });

  it.each([
    ['before it', [at(12, 2)]],
    ['after it', [at(12, 7)]],
    ['out of order', [at(12, 5), at(12, 4)]],
    ['twice', [at(12, 5), at(12, 5)]],
  ])('refuses a minute %s', (_, times) => {
    const minutes = times.map((time) => minuteAt(time));

    expect(() => checkObserved(observedOf({ minuteCandles: minutes }))).toThrow(
      'is outside it, or not in time',
    );
  });

  it('refuses a minute that cannot be', () => {
    const minutes = [minuteAt(at(12, 4), { low: '0' })];

    expect(() => checkObserved(observedOf({ minuteCandles: minutes }))).toThrow(InvalidCandleError);
  });
});

describe('checkRolled', () => {
  it.each(INTERVALS)('takes the first and the last %s window that it touches', (interval) => {
    const lengthMs = intervalMs(interval);
    const first = Math.floor(at(12, 3) / lengthMs) * lengthMs;
    const last = Math.floor(at(12, 6) / lengthMs) * lengthMs;
    const times = first === last ? [first] : [first, last];
    const candles = { [interval]: times.map((time) => minuteAt(time)) };

    expect(() => checkRolled(rolledOf({ candles }))).not.toThrow();
  });

  it.each(INTERVALS)('refuses a %s window beside it', (interval) => {
    const lengthMs = intervalMs(interval);
    const first = Math.floor(at(12, 3) / lengthMs) * lengthMs;
    const next = Math.ceil(at(12, 7) / lengthMs) * lengthMs;
    for (const time of [first - lengthMs, next]) {
      const candles = { [interval]: [minuteAt(time)] };

      expect(() => checkRolled(rolledOf({ candles }))).toThrow(InvalidSegmentError);
    }
  });

  it('refuses a range that cannot be', () => {
    expect(() => checkRolled(rolledOf({ pair: '' }))).toThrow('the name of its pair is empty');
  });
});

describe('a rejected minute', () => {
  it.each([
    ['before it', at(12, 2)],
    ['after it', at(12, 7)],
    ['within a minute', at(12, 4) + 1],
  ])('%s is refused', (_, openTimeMs) => {
    const rejected = [{ openTimeMs, reason: 'odd' }];

    expect(() => checkObserved(observedOf({ rejected }))).toThrow('is not a minute of it');
    expect(() => checkRolled(rolledOf({ rejected }))).toThrow('is not a minute of it');
  });
});

describe('the newest minute of a rolled segment', () => {
  it.each([at(12, 2), at(12, 7), at(12, 4) + 1])('is one of its minutes, not %d', (newestMs) => {
    expect(() => checkRolled(rolledOf({ newestMs }))).toThrow('its newest minute');
  });
});

describe('isCoveredBy', () => {
  const earlier = rolledOf({ candles: { '1m': [minuteAt(at(12, 4))], '5m': [minuteAt(at(12))] } });
  const later = rolledOf({
    toMs: at(12, 9),
    observedAtMs: at(12, 9),
    candles: {
      '1m': [minuteAt(at(12, 4)), minuteAt(at(12, 8))],
      '5m': [minuteAt(at(12)), minuteAt(at(12, 5))],
    },
  });

  it('holds of a segment whose candles a wider and later one has too', () => {
    expect(isCoveredBy(earlier, later)).toBe(true);
  });

  it.each<[string, Partial<typeof later>]>([
    ['another pair', { pair: 'ETH_USDT' }],
    ['another exchange', { exchange: 'okx' }],
    ['a later start', { fromMs: at(12, 4) }],
    ['an earlier end', { toMs: at(12, 6) }],
    ['the same time', { observedAtMs: earlier.observedAtMs }],
    ['a candle less', { candles: { ...later.candles, '1m': [minuteAt(at(12, 8))] } }],
    ['an audit', { kind: 'audit' }],
  ])('does not hold of one with %s', (_, fields) => {
    expect(isCoveredBy(earlier, { ...later, ...fields })).toBe(false);
  });
});
