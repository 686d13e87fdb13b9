import { DAY_MS } from '../../../../../lambdas/shared/domain/interval';
import {
  type LedgerDay,
  type StoredAudit,
  unknownDay,
} from '../../../../../lambdas/shared/domain/ledger/ledger';
import { listedBySilence } from '../../../../../lambdas/shared/domain/ledger/silent-days';
import { DAY } from '../../../../fakes/candles';

function audited(daysAgo: number, changes: Partial<StoredAudit> = {}): LedgerDay {
  const audit: StoredAudit = {
    observedAtMs: DAY,
    source: 'api',
    minuteCount: 0,
    absentCount: 1_440,
    rejectedCount: 0,
    correctedCount: 0,
    suspectsMs: [],
    auditCount: 1,
    agreed: true,
    sealedAtMs: null,
    disputed: false,
    ...changes,
  };
  return { ...unknownDay(DAY - daysAgo * DAY_MS), audit };
}

const LISTED = [audited(1, { minuteCount: 1_440 }), audited(2, { minuteCount: 7 })];

/** The days before the listing, newest first. */
function silent(count: number): LedgerDay[] {
  return Array.from({ length: count }, (_, index) =>
    audited(index + 3, { auditCount: index === 0 ? 2 : 1 }),
  );
}

it('is the oldest day with a candle, with 92 silent days below it', () => {
  const days = [...LISTED, ...silent(92), unknownDay(DAY - 200 * DAY_MS)];
  expect(listedBySilence(days)).toBe(DAY - 2 * DAY_MS);
});

it.each<[string, readonly LedgerDay[]]>([
  ['no day has a candle', silent(100)],
  ['no day is known', []],
  ['fewer days are silent', [...LISTED, ...silent(91)]],
  ['a day among them was not audited', [...LISTED, ...silent(91), unknownDay(DAY - 94 * DAY_MS)]],
  ['an older day has a candle', [...LISTED, ...silent(60), audited(63, { minuteCount: 1 })]],
  [
    'a row of them could not be read',
    [...LISTED, ...silent(91), audited(94, { rejectedCount: 1 })],
  ],
  [
    'the archive is silent, not the API',
    [...LISTED, ...silent(91), audited(94, { source: 'archive' })],
  ],
  [
    'the newest of them was audited once only',
    [...LISTED, ...silent(92).map((day, index) => (index === 0 ? audited(3) : day))],
  ],
])('cannot be told while %s', (_, days) => {
  expect(listedBySilence(days)).toBeUndefined();
});
