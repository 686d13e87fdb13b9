import {
  LONGEST_REASON,
  MOST_FRACTION_DIGITS,
  MOST_WHOLE_DIGITS,
  readCandle,
} from '../../../lambdas/shared/adapters/exchanges/rows/read-candle';
import { formatDecimal } from '../../../lambdas/shared/domain/decimal';
import { DAY_MINUTES, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { ObservedSegment } from '../../../lambdas/shared/domain/segment';
import { auditOf, DAY } from '../../fakes/candles';
import { recordOf } from '../../fakes/records';
import { observed, rollUpOver } from '../../fakes/roll-up-batch';
import { FakeStored } from '../../fakes/stored-candles';

/** Kafka's default of `message.max.bytes`, 1 MiB and 12 bytes, less room for the key and the headers of record and batch. */
const MOST_BYTES = 1_048_588 - 1_000;

const LONGEST = `${'9'.repeat(MOST_WHOLE_DIGITS)}.${'9'.repeat(MOST_FRACTION_DIGITS)}`;
const TEXTS = {
  open: LONGEST,
  high: LONGEST,
  low: LONGEST,
  close: LONGEST,
  baseVolume: LONGEST,
  quoteVolume: LONGEST,
};
const MINUTES = Array.from({ length: DAY_MINUTES }, (_, index) => DAY + index * MINUTE_MS);
/** Three bytes a character. */
const REASON = '€'.repeat(LONGEST_REASON);

/** A day in which one minute of every few has a candle, and each other one a rejected row. */
function dayOf(everyMinutes: number): ObservedSegment {
  const isCandle = (timeMs: number) => timeMs % (everyMinutes * MINUTE_MS) === 0;
  return auditOf({
    minuteCandles: MINUTES.filter(isCandle).map((timeMs) => readCandle(timeMs, TEXTS)),
    rejected: MINUTES.filter((timeMs) => !isCandle(timeMs)).map((openTimeMs) => ({
      openTimeMs,
      reason: REASON,
    })),
  });
}

describe.each([1, 5, 1_440])('a day with the longest numbers every %d minutes', (everyMinutes) => {
  const value = observed.encode(dayOf(everyMinutes));

  it('is rolled up into a record that Kafka takes, and that can be read', async () => {
    const { rollUpBatch, log, deadLetters, sent } = rollUpOver(new FakeStored({}));

    await rollUpBatch([recordOf(value)]);

    expect(deadLetters.letters).toEqual([]);
    const [appended = Buffer.alloc(0)] = log.valuesOf('candles.rolled');
    expect(Math.max(value.byteLength, appended.byteLength)).toBeLessThan(MOST_BYTES);
    const [day] = sent()[0]?.candles['1d'] ?? [];
    const count = BigInt(MINUTES.length / everyMinutes);
    const unscaled = BigInt(LONGEST.replace('.', '')) * count;
    const sum = formatDecimal({ unscaled, scale: MOST_FRACTION_DIGITS });
    expect([day?.baseVolume, day?.quoteVolume].map((one) => one && formatDecimal(one))).toEqual([
      sum,
      sum,
    ]);
  });
});
