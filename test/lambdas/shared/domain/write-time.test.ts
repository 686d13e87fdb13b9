import fc from 'fast-check';
import { parseDecimal } from '../../../../lambdas/shared/domain/decimal';
import { rollUp } from '../../../../lambdas/shared/domain/roll-up';
import type { RolledSegment } from '../../../../lambdas/shared/domain/segment';
import { deletionTimeUs, writeTimeUs } from '../../../../lambdas/shared/domain/write-time';
import { at, minuteAt, minutesIn, observedOf, rolledOf, segmentOf } from '../../../fakes/candles';

const MINUTES = minutesIn(at(12, 3), at(12, 7));

function segmentWith(minutes = MINUTES, observedAtMs = at(12, 7)): RolledSegment {
  const segment = observedOf({ observedAtMs, minuteCandles: minutes });
  return { ...rolledOf(segmentOf({ observedAtMs })), candles: rollUp(segment, {}) };
}

describe('writeTimeUs', () => {
  it('is within the second of the observation, and before its deletions', () => {
    for (const minutes of [[], MINUTES]) {
      const us = writeTimeUs(segmentWith(minutes));
      expect(Math.floor(us / 1_000_000) * 1_000).toBe(at(12, 7));
      expect(us).toBeLessThanOrEqual(deletionTimeUs(at(12, 7)));
    }
  });

  it('is the same for the same observation', () => {
    expect(writeTimeUs(segmentWith())).toBe(writeTimeUs(segmentWith()));
  });

  it('is another one for the same minutes with other windows', () => {
    const segment = segmentWith();
    const times = Array.from({ length: 20 }, (_, index) => {
      const day = minuteAt(at(0), { base: `9.${index}` });
      return writeTimeUs({ ...segment, candles: { ...segment.candles, '1d': [day] } });
    });
    expect(new Set(times).size).toBeGreaterThan(10);
  });

  it('is later for an observation of any later second, whatever it saw', () => {
    const later = segmentWith([], at(12, 7) + 1_000);
    expect(writeTimeUs(later)).toBeGreaterThan(writeTimeUs(segmentWith()));
    expect(writeTimeUs(later)).toBeGreaterThan(deletionTimeUs(at(12, 7)));
  });

  it('tells apart what two ticks of one time saw, but for one in about a million', () => {
    const times = new Set(
      Array.from({ length: 1_000 }, (_, index) =>
        writeTimeUs(segmentWith([minuteAt(at(12, 3), { base: `2.${index}1` })])),
      ),
    );
    // 1,000 of 1,000,000 marks, drawn evenly: as a rule one is there twice at most.
    expect(times.size).toBeGreaterThan(995);
  });

  it('depends on each value of a minute', () => {
    const [minute] = MINUTES;
    if (minute === undefined) throw new Error('There are no minutes');
    fc.assert(
      fc.property(
        fc.constantFrom('open', 'high', 'low', 'close', 'baseVolume', 'quoteVolume' as const),
        (value) => {
          const times = Array.from({ length: 20 }, (_, index) => {
            const changed = { ...minute, [value]: parseDecimal(`3.${index + 1}`) };
            const segment = segmentWith();
            return writeTimeUs({ ...segment, candles: { '1m': [changed] } });
          });
          expect(new Set(times).size).toBeGreaterThan(10);
        },
      ),
    );
  });
});
