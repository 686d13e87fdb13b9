import { join } from 'node:path';
import { BREAKAGES, COSTLY_BREAKAGES } from './breakages';
import type { NoticedBreakages } from './find-breakages';
import { COSTLY_LEDGER_BREAKAGES, LEDGER_BREAKAGES } from './ledger/ledger-breakages';
import { LONGEST_CASE_MS, outputOf } from './own-process';

describe('The simulation', () => {
  let noticed: NoticedBreakages;

  beforeAll(async () => {
    noticed = JSON.parse(await outputOf(join(__dirname, 'find-breakages.ts'))) as NoticedBreakages;
  }, LONGEST_CASE_MS);

  it.each(Object.keys(BREAKAGES))('finds a candle or a gap that is wrong where %s', (name) => {
    expect(noticed.findingSeeds[name]).toBeGreaterThanOrEqual(1);
  });

  it.each(Object.keys(LEDGER_BREAKAGES))(
    'finds a day that is sealed while it is wrong, or not sealed, where %s',
    (name) => {
      expect(noticed.findingSeeds[name]).toBeGreaterThanOrEqual(1);
    },
  );

  it.each(Object.keys(COSTLY_BREAKAGES))('counts more rows where %s', (name) => {
    expect(noticed.rows.broken[name]).toBeGreaterThan(noticed.rows.unbroken);
  });

  it.each(Object.keys(COSTLY_LEDGER_BREAKAGES))('counts more asks for days where %s', (name) => {
    expect(noticed.asks.broken[name]).toBeGreaterThan(noticed.asks.unbroken);
  });
});
