import type { StretchRow } from '../../../../console/answers/answers';
import { emptyWindow, rangeBeside, withCandles } from '../../../../console/chart/candle-window';
import { coverageBands } from '../../../../console/chart/bands/coverage-bands';
import { gapBeside } from '../../../../console/chart/bands/gap-steps';

function stretch(
  state: StretchRow['state'],
  from: string,
  to: string,
  reason?: string,
): StretchRow {
  return {
    state,
    from: `2026-11-26T${from}:00Z`,
    to: `2026-11-26T${to}:00Z`,
    reason: reason ?? null,
  };
}

const STRETCHES = [
  stretch('complete', '00:00', '02:00'),
  stretch('unsealed', '02:00', '03:30'),
  stretch('gap', '03:30', '03:40', 'not served any more'),
  stretch('unsealed', '03:40', '06:00'),
  stretch('live', '06:00', '09:00'),
  stretch('behind', '09:00', '10:00'),
];
const start = emptyWindow('1h', Date.parse('2026-11-26T00:00:00Z'));
const hours = withCandles(start, rangeBeside(start, 10), []);

it('marks what is not sealed, and whole candles for the gaps in them', () => {
  expect(coverageBands(hours, STRETCHES)).toEqual([
    { kind: 'unsealed', fromIndex: 2, toIndex: 4, label: 'not sealed yet' },
    { kind: 'gap', fromIndex: 3, toIndex: 4, label: 'not served any more' },
    // It goes on after the gap: its name is there already.
    { kind: 'unsealed', fromIndex: 3, toIndex: 9, label: '' },
    { kind: 'behind', fromIndex: 9, toIndex: 10, label: 'not asked for yet' },
  ]);
});

it('does not mark a candle as behind that is asked for in part', () => {
  const open = [stretch('live', '06:00', '09:30'), stretch('behind', '09:30', '09:40')];
  expect(coverageBands(hours, open)).toEqual([
    { kind: 'unsealed', fromIndex: 6, toIndex: 10, label: 'not sealed yet' },
  ]);
});

it('steps from gap to gap as the interval shows them', () => {
  const gaps = [stretch('gap', '01:10', '01:12'), stretch('gap', '01:20', '01:30'), ...STRETCHES];
  const from = { interval: '1h', timeMs: Date.parse('2026-11-26T01:00:00Z') } as const;
  expect(gapBeside(gaps, from, 'next')?.from).toBe('2026-11-26T03:30:00Z');
  expect(gapBeside(gaps, from, 'previous')).toBeUndefined();
  const minute = { interval: '1m', timeMs: from.timeMs } as const;
  expect(gapBeside(gaps, minute, 'next')?.from).toBe('2026-11-26T01:10:00Z');
});
