import { changedDays } from '../../../console/coverage/changed-days';
import { dayRow } from '../day-rows';

const BEFORE = [
  dayRow('2026-11-25', { state: 'unsealed', minutes: 1_400, audits: 0, sealedAt: null }),
  dayRow('2026-11-24'),
  dayRow('2026-11-23'),
  dayRow('2026-11-22', { state: 'waiting', minutes: null, audits: 0, sealedAt: null }),
];
const [newest = dayRow(''), ...older] = BEFORE;

it('finds the days that were sealed, corrected or stored, and all between them', () => {
  expect(changedDays(BEFORE, [dayRow('2026-11-25'), ...older])).toEqual({
    fromMs: Date.parse('2026-11-25T00:00:00Z'),
    toMs: Date.parse('2026-11-26T00:00:00Z'),
  });
  const corrected = [
    newest,
    dayRow('2026-11-24', { corrected: 2, audits: 2 }),
    dayRow('2026-11-23'),
    dayRow('2026-11-22'),
  ];
  expect(changedDays(BEFORE, corrected)).toEqual({
    fromMs: Date.parse('2026-11-22T00:00:00Z'),
    toMs: Date.parse('2026-11-25T00:00:00Z'),
  });
});

it('finds a day that is new', () => {
  expect(changedDays(older, BEFORE)?.fromMs).toBe(Date.parse('2026-11-25T00:00:00Z'));
});

it('finds none where a day was asked for alone', () => {
  const asked = { ...newest, askedAt: '2026-11-26T09:00:00Z', refusal: 'HTTP 503' };
  expect(changedDays(BEFORE, [asked, ...older])).toBeUndefined();
});
