import { Faults } from '../../../local/exchange/faults';
import { candleAt, everyMinute, MINUTE_MS, NOON_MS } from './exchange-fixtures';

describe('scripted answers', () => {
  it('come in order, as often as scripted', () => {
    const faults = new Faults();
    faults.failNext('hang', { times: 2 });
    faults.failNext('reset');
    expect(faults.pendingAnswers()).toBe(3);
    const taken = Array.from({ length: 4 }, () => faults.takeAnswer('A_B', 'candlesticks'));
    expect(taken).toEqual(['hang', 'hang', 'reset', undefined]);
  });

  it('of a pair leave the others alone', () => {
    const faults = new Faults();
    faults.failNext('server-error', { pair: 'A_B', times: Infinity });
    expect(faults.takeAnswer('C_D', 'candlesticks')).toBeUndefined();
    expect(faults.takeAnswer(undefined, 'time')).toBeUndefined();
    expect([
      faults.takeAnswer('A_B', 'candlesticks'),
      faults.takeAnswer('A_B', 'candlesticks'),
    ]).toEqual(['server-error', 'server-error']);
    faults.clear();
    expect(faults.takeAnswer('A_B', 'candlesticks')).toBeUndefined();
  });

  it('of an endpoint leave the others alone', () => {
    const faults = new Faults();
    faults.failNext('cut', { endpoint: 'archive' });
    expect(faults.takeAnswer('A_B', 'candlesticks')).toBeUndefined();
    expect(faults.takeAnswer('A_B', 'archive')).toBe('cut');
  });

  it('of no times are none', () => {
    const faults = new Faults();
    faults.failNext('hang', { times: 0 });
    expect(faults.takeAnswer('A_B', 'candlesticks')).toBeUndefined();
  });
});

describe('scripted minutes', () => {
  const candles = everyMinute(NOON_MS, NOON_MS + 3 * MINUTE_MS);
  const range = { fromMs: NOON_MS, toMs: NOON_MS + 3 * MINUTE_MS, nowMs: NOON_MS + 3 * MINUTE_MS };

  it('stand in time order among the others, an absent one too', () => {
    const faults = new Faults();
    const [first, second, third] = candles;
    faults.answerInstead('A_B', candleAt(NOON_MS + MINUTE_MS, '1.6'), Infinity);
    const visible = faults.visible(
      'A_B',
      candles.filter((candle) => candle !== second),
      range,
    );
    expect(visible).toEqual([first, candleAt(NOON_MS + MINUTE_MS, '1.6'), third]);
  });

  it('do not show outside the range, for another pair, or once their time has come', () => {
    const faults = new Faults();
    faults.answerInstead('A_B', candleAt(NOON_MS + 3 * MINUTE_MS), Infinity);
    faults.hideMinute('A_B', NOON_MS, range.nowMs);
    faults.hideMinute('C_D', NOON_MS, Infinity);
    expect(faults.visible('A_B', candles, range)).toEqual(candles);
    expect(faults.visible('A_B', candles, { ...range, nowMs: range.nowMs - 1 })).toEqual(
      candles.slice(1),
    );
  });
});

describe('minutes that come late or go', () => {
  const candles = everyMinute(NOON_MS, NOON_MS + 10 * MINUTE_MS);
  const shownAt = (faults: Faults, minutes: number) =>
    faults
      .visible('A_B', candles, {
        fromMs: NOON_MS,
        toMs: NOON_MS + 10 * MINUTE_MS,
        nowMs: NOON_MS + minutes * MINUTE_MS,
      })
      .map(({ openTimeMs }) => (openTimeMs - NOON_MS) / MINUTE_MS);

  it('are published some minutes after their close, until that is over', () => {
    const faults = new Faults();
    faults.publishLate({
      delayMs: 4 * MINUTE_MS,
      fromMs: NOON_MS,
      untilMs: NOON_MS + 9 * MINUTE_MS,
    });
    expect(shownAt(faults, 4)).toEqual([]);
    expect(shownAt(faults, 8)).toEqual([0, 1, 2, 3]);
    expect(shownAt(faults, 9)).toHaveLength(10);
    faults.clear();
    expect(shownAt(faults, 8)).toHaveLength(10);
  });

  it('are withdrawn from a time on', () => {
    const faults = new Faults();
    faults.withdrawMinute('A_B', NOON_MS + MINUTE_MS, NOON_MS + 9 * MINUTE_MS);
    expect(shownAt(faults, 8)).toHaveLength(10);
    expect(shownAt(faults, 9)).toEqual([0, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});
