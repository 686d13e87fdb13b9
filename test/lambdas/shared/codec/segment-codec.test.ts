import fc from 'fast-check';
import {
  createObservedCodec,
  createRolledCodec,
} from '../../../../lambdas/shared/codec/segment-codec';
import { createTopicCodec } from '../../../../lambdas/shared/codec/topic-codec';
import { InvalidCandleError } from '../../../../lambdas/shared/domain/candle';
import { InvalidDecimalError } from '../../../../lambdas/shared/domain/decimal';
import { rollUp } from '../../../../lambdas/shared/domain/roll-up';
import { InvalidSegmentError } from '../../../../lambdas/shared/domain/segment';
import {
  at,
  DAY,
  historyOf,
  minuteAt,
  minutesOfDay,
  observedOf,
  segmentOf,
} from '../../../fakes/candles';
import { VERSION_IDS } from '../../../fakes/records';

const observed = createObservedCodec(VERSION_IDS);
const rolled = createRolledCodec(VERSION_IDS);
const observedWire = createTopicCodec<object>('candles.observed', VERSION_IDS);
const rolledWire = createTopicCodec<object>('candles.rolled', VERSION_IDS);

const MINUTE_ON_WIRE = {
  openTimeMs: at(12, 4),
  open: '10.50',
  high: '11',
  low: '9',
  close: '9',
  baseVolume: '1.5',
  quoteVolume: '15',
};

describe('the codec of observed segments', () => {
  it('gives back what it was given, to the last digit', () => {
    fc.assert(
      fc.property(minutesOfDay(30), fc.boolean(), (minutes, isNew) => {
        const live = {
          settlesMs: at(2),
          followsMs: isNew ? null : DAY,
          gapFromMs: isNew ? DAY - 60_000 : null,
        };
        for (const segment of [historyOf({ minutes }), historyOf({ minutes, ...live })]) {
          expect(observed.decode(observed.encode(segment))).toEqual(segment);
        }
      }),
    );
  });

  it('orders minutes by time, the last of one time counting', () => {
    const minutes = [minuteAt(at(12, 5)), minuteAt(at(12, 4)), minuteAt(at(12, 5), { base: '9' })];

    const decoded = observed.decode(observed.encode(observedOf({ minutes })));

    expect(decoded.minutes).toEqual([minutes[1], minutes[2]]);
  });

  it('keeps the digits as they are written', () => {
    const value = observedWire.encode({ ...segmentOf(), minutes: [MINUTE_ON_WIRE] });

    expect(observed.decode(value).minutes[0]?.open).toEqual({ unscaled: 1050n, scale: 2 });
  });

  it('refuses a price that is no plain decimal', () => {
    const minutes = [{ ...MINUTE_ON_WIRE, high: '1.1e1' }];

    expect(() => observed.decode(observedWire.encode({ ...segmentOf(), minutes }))).toThrow(
      InvalidDecimalError,
    );
  });

  it('refuses a candle that cannot be', () => {
    const minutes = [{ ...MINUTE_ON_WIRE, low: '10' }];

    expect(() => observed.decode(observedWire.encode({ ...segmentOf(), minutes }))).toThrow(
      InvalidCandleError,
    );
  });

  it('refuses a segment that cannot be', () => {
    const value = observedWire.encode({ ...segmentOf({ pair: 'btc' }), minutes: [] });

    expect(() => observed.decode(value)).toThrow(InvalidSegmentError);
  });

  it('refuses the value of another topic', () => {
    const other = rolled.encode({ ...segmentOf(), candles: {} });

    expect(() => observed.decode(other)).toThrow('is not one of the topic candles.observed');
  });

  it('never takes corrupt bytes for another segment that cannot be, and always ends', () => {
    const value = observed.encode(observedOf());
    const corruption = fc.record({
      offset: fc.integer({ min: 18, max: value.length - 1 }),
      byte: fc.integer({ min: 0, max: 255 }),
    });
    fc.assert(
      fc.property(fc.array(corruption, { minLength: 1, maxLength: 4 }), (corruptions) => {
        const corrupt = Buffer.from(value);
        for (const { offset, byte } of corruptions) corrupt[offset] = byte;
        const decoded = decodedOrError(corrupt);
        if (decoded instanceof Error) return;
        expect(observed.decode(observed.encode(decoded))).toEqual(decoded);
      }),
      { numRuns: 1_000 },
    );
  });
});

function decodedOrError(value: Buffer) {
  try {
    return observed.decode(value);
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

describe('the codec of rolled segments', () => {
  it('gives back what it was given, to the last digit', () => {
    fc.assert(
      fc.property(minutesOfDay(30), (minutes) => {
        const { minutes: own, ...range } = historyOf({ minutes });
        const segment = { ...range, candles: rollUp({ ...range, minutes: own }, {}) };
        expect(rolled.decode(rolled.encode(segment))).toEqual(segment);
      }),
    );
  });

  it('refuses an interval that is none', () => {
    const value = rolledWire.encode({
      ...segmentOf(),
      candles: [{ interval: '3m', candles: [] }],
    });

    expect(() => rolled.decode(value)).toThrow('Unknown interval "3m"; expected one of 1m, 5m');
  });

  it('refuses a window that the segment does not touch', () => {
    const candles = { '5m': [minuteAt(at(13))] };

    expect(() => rolled.decode(rolled.encode({ ...segmentOf(), candles }))).toThrow(
      InvalidSegmentError,
    );
  });
});
