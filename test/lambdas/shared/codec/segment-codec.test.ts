import type { Schema } from 'avsc';
import fc from 'fast-check';
import { SCHEMA_VERSIONS } from '../../../../lambdas/shared/codec/schema-versions';
import {
  createObservedCodec,
  createRolledCodec,
} from '../../../../lambdas/shared/codec/segment-codec';
import {
  createTopicCodec,
  createVersionedCodec,
} from '../../../../lambdas/shared/codec/topic-codec';
import { InvalidCandleError } from '../../../../lambdas/shared/domain/candle';
import { InvalidDecimalError } from '../../../../lambdas/shared/domain/decimal';
import { DAY_MS } from '../../../../lambdas/shared/domain/interval';
import { rollUp } from '../../../../lambdas/shared/domain/roll-up';
import { InvalidSegmentError } from '../../../../lambdas/shared/domain/segment';
import {
  at,
  DAY,
  auditOf,
  minuteAt,
  minutesOfDay,
  observedOf,
  rolledOf,
  segmentOf,
} from '../../../fakes/candles';
import { VERSION_IDS } from '../../../fakes/records';

const observed = createObservedCodec(VERSION_IDS);
const rolled = createRolledCodec(VERSION_IDS);
const observedWire = createTopicCodec<object>('candles.observed', VERSION_IDS);
const rolledWire = createTopicCodec<object>('candles.rolled', VERSION_IDS);

const WIRE = { ...segmentOf(), rejected: [] };
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
      fc.property(minutesOfDay(30), fc.boolean(), (minuteCandles, isNew) => {
        const live = {
          settlesMs: at(2),
          followsMs: isNew ? null : DAY,
          gapFromMs: isNew ? DAY - 60_000 : null,
        };
        for (const segment of [
          auditOf({ minuteCandles }),
          auditOf({ kind: 'live', minuteCandles, ...live }),
        ]) {
          expect(observed.decode(observed.encode(segment))).toEqual(segment);
        }
      }),
    );
  });

  it('orders minutes by time, the last of one time counting', () => {
    const minutes = [minuteAt(at(12, 5)), minuteAt(at(12, 4)), minuteAt(at(12, 5), { base: '9' })];

    const decoded = observed.decode(observed.encode(observedOf({ minuteCandles: minutes })));

    expect(decoded.minuteCandles).toEqual([minutes[1], minutes[2]]);
  });

  it('keeps the digits as they are written', () => {
    const value = observedWire.encode({ ...WIRE, minutes: [MINUTE_ON_WIRE] });

    expect(observed.decode(value).minuteCandles[0]?.open).toEqual({ unscaled: 1050n, scale: 2 });
  });

  it('refuses a price that is no plain decimal', () => {
    const minutes = [{ ...MINUTE_ON_WIRE, high: '1.1e1' }];

    expect(() => observed.decode(observedWire.encode({ ...WIRE, minutes }))).toThrow(
      InvalidDecimalError,
    );
  });

  it('refuses a candle that cannot be', () => {
    const minutes = [{ ...MINUTE_ON_WIRE, low: '10' }];

    expect(() => observed.decode(observedWire.encode({ ...WIRE, minutes }))).toThrow(
      InvalidCandleError,
    );
  });

  it('refuses a segment that cannot be', () => {
    const value = observedWire.encode({ ...WIRE, pair: 'b c', minutes: [] });

    expect(() => observed.decode(value)).toThrow(InvalidSegmentError);
  });

  it.each([
    ['kind', { kind: 'guess' }],
    ['source', { source: 'hearsay' }],
  ])('refuses a %s that it does not know', (what, fields) => {
    const value = observedWire.encode({ ...WIRE, ...fields, minutes: [] });

    expect(() => observed.decode(value)).toThrow(`Unknown ${what} "`);
  });

  it('gives back rejected minutes, and an unknown quote volume', () => {
    const segment = observedOf({
      minuteCandles: [{ ...minuteAt(at(12, 3)), quoteVolume: null }],
      rejected: [{ openTimeMs: at(12, 4), reason: 'its low 5 is above its open 4' }],
    });

    expect(observed.decode(observed.encode(segment))).toEqual(segment);
  });

  it('reads a record of version 1: of Gate.io, from its API', () => {
    const [first, second] = VERSION_IDS['candles.observed'];
    const version1 = createVersionedCodec<object>({
      topic: 'candles.observed',
      versions: [SCHEMA_VERSIONS['candles.observed'][0] as Schema],
      written: 1,
      ids: [first ?? ''],
    });
    const { exchange, kind, ...range } = segmentOf();
    const value = version1.encode({ ...range, source: 'gate.io', minutes: [MINUTE_ON_WIRE] });
    const history = { ...range, fromMs: DAY, toMs: DAY + DAY_MS, settlesMs: null, followsMs: null };
    const past = version1.encode({ ...history, source: 'gate.io', minutes: [] });

    expect(second).not.toBe(first);
    expect(observed.decode(value)).toMatchObject({ exchange, kind, source: 'api', rejected: [] });
    expect(observed.decode(past)).toMatchObject({ kind: 'audit', minuteCandles: [] });
  });

  it('refuses the value of another topic', () => {
    const other = rolled.encode(rolledOf());

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
        const { minuteCandles, ...range } = auditOf({ minuteCandles: minutes });
        const candles = rollUp({ ...range, minuteCandles }, {});
        const newestMs = minutes.at(-1)?.openTimeMs ?? null;
        const segment = { ...range, candles, newestMs, deleted: {}, audit: null };
        expect(rolled.decode(rolled.encode(segment))).toEqual(segment);
      }),
    );
  });

  it('refuses an interval that is none', () => {
    const value = rolledWire.encode({
      ...WIRE,
      candles: [{ interval: '3m', candles: [] }],
      newestMs: null,
      deleted: [],
      audit: null,
    });

    expect(() => rolled.decode(value)).toThrow('Unknown interval "3m"; expected one of 1m, 5m');
  });

  it('refuses a window that the segment does not touch', () => {
    const candles = { '5m': [minuteAt(at(13))] };

    expect(() => rolled.decode(rolled.encode(rolledOf({ candles })))).toThrow(InvalidSegmentError);
  });
});
