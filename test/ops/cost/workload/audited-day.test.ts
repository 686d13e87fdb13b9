import { auditedDay } from '../../../../ops/cost/workload/audited-day';
import { monthOfAudits } from '../../../../ops/cost/workload/month-of-audits';

/** Rows of all intervals. */
const ROWS = 1_440 + 288 + 96 + 24 + 6 + 1;

test('an audit writes every row of its day, the ask and the day, by two requests', () => {
  expect(auditedDay(true)).toMatchObject({
    requests: 2n,
    minutes: 1_440n,
    candles: BigInt(ROWS),
    writeUnits: BigInt(ROWS + 2),
  });
});

test('an audit reads all that is stored of its day, 4 KB a unit, and four rows of state', () => {
  const units = [1_440, 288, 96, 24, 6, 1].map((rows) => Math.ceil((rows * 300) / 4_096));
  const stored = units.reduce((sum, one) => sum + one, 0);
  expect(auditedDay(true).readUnits).toBe(BigInt(stored + 4));
  // A query that finds nothing takes a unit: one of each interval.
  expect(auditedDay(false).readUnits).toBe(10n);
});

test('a month has 30 days, each audited three times, and a firing every five minutes', () => {
  const { writeUnits, readUnits, ...rest } = monthOfAudits(5);
  expect(rest).toEqual({
    firings: 8_760n,
    audits: 90n,
    minutes: 129_600n,
    candles: BigInt(30 * ROWS),
    requests: 180n,
  });
  // Candles that agree are written by the audit that seals their day.
  expect(writeUnits).toBe(BigInt(30 * ROWS + 90 * 2));
  // 31 days at every firing; all of a year once an hour.
  const ledger = 8_760 * 3 + 730 * Math.ceil((365 * 300) / 4_096);
  expect(readUnits).toBe(90n * auditedDay(true).readUnits + BigInt(ledger));
});
