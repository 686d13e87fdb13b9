import {
  type Candle,
  checkCandle,
  hasPlausibleVolumes,
  InvalidCandleError,
  timeText,
} from '../../../../lambdas/shared/domain/candle';
import { parseDecimal } from '../../../../lambdas/shared/domain/decimal';
import { INTERVALS, type Interval, intervalMs } from '../../../../lambdas/shared/domain/interval';
import { at, DAY, minuteAt } from '../../../fakes/candles';

describe('checkCandle', () => {
  it('takes a candle of one price and no volume', () => {
    const flat = { open: '7', high: '7.0', low: '7', close: '7.00', base: '0', quote: '0.00' };

    expect(() => checkCandle('1m', minuteAt(at(3), flat))).not.toThrow();
  });

  it.each(INTERVALS)('takes as many minutes as a %s candle can hold, and no more', (interval) => {
    const most = intervalMs(interval) / 60_000;

    expect(() => checkCandle(interval, { ...minuteAt(DAY), minuteCount: most })).not.toThrow();
    expect(() => checkCandle(interval, { ...minuteAt(DAY), minuteCount: most + 1 })).toThrow(
      `it holds ${most + 1} minutes, expected 1 to ${most}`,
    );
  });

  it.each<[string, Interval, Partial<Candle>]>([
    ['its open time', '1m', { openTimeMs: DAY + 1 }],
    ['its open time', '5m', { openTimeMs: DAY + 60_000 }],
    ['its open time', '1d', { openTimeMs: DAY + 3_600_000 }],
    ['its open time NaN', '1m', { openTimeMs: NaN }],
    ['its open time', '1m', { openTimeMs: 2 ** 60 }],
    ['its low 0 is not positive', '1m', { low: parseDecimal('0') }],
    ['its low -1 is not positive', '1m', { low: parseDecimal('-1') }],
    ['its low 10.6 is above its open 10.5', '1m', { low: parseDecimal('10.6') }],
    ['its low 9.75 is above its close 9.7', '1m', { close: parseDecimal('9.7') }],
    ['its open 11.01 is above its high 11', '1m', { open: parseDecimal('11.01') }],
    ['its close 11.01 is above its high 11', '1m', { close: parseDecimal('11.01') }],
    ['its base volume -0.1 is negative', '1m', { baseVolume: parseDecimal('-0.1') }],
    ['its quote volume -0.1 is negative', '1m', { quoteVolume: parseDecimal('-0.1') }],
    ['it holds 0 minutes', '1m', { minuteCount: 0 }],
    ['it holds 1.5 minutes', '5m', { minuteCount: 1.5 }],
  ])('says that %s (%s)', (rule, interval, fields) => {
    const check = () => checkCandle(interval, { ...minuteAt(DAY), ...fields });

    expect(check).toThrow(InvalidCandleError);
    expect(check).toThrow(rule);
  });
});

describe('timeText', () => {
  it('writes what is no time as it is', () => {
    expect(timeText(DAY)).toBe('2026-01-15T00:00:00.000Z');
    expect(timeText(9e15)).toBe('9000000000000000');
    expect(timeText(NaN)).toBe('NaN');
  });
});

describe('hasPlausibleVolumes', () => {
  it.each<[string, boolean, Parameters<typeof minuteAt>[1]]>([
    ['at the low', true, { low: '9', high: '11', base: '2', quote: '18' }],
    ['at the high', true, { low: '9', high: '11', base: '2', quote: '22' }],
    ['rounded in its last digit', true, { low: '9', high: '11', base: '2.00', quote: '22.1' }],
    ['below all prices', false, { low: '9', high: '11', base: '2.000', quote: '17.90' }],
    ['above all prices', false, { low: '9', high: '11', base: '2.000', quote: '22.20' }],
    ['swapped with the base volume', false, { low: '9', high: '11', base: '20.0', quote: '2.0' }],
  ])('of a quote volume %s is %s', (_, isPlausible, texts) => {
    expect(hasPlausibleVolumes(minuteAt(DAY, texts))).toBe(isPlausible);
  });

  it('says nothing against an unknown quote volume', () => {
    expect(hasPlausibleVolumes({ ...minuteAt(DAY), quoteVolume: null })).toBe(true);
  });
});
