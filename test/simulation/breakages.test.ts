import { BREAKAGES, COSTLY_BREAKAGES } from './breakages';
import type { Breakage } from './broken-ports';
import { COSTLY_LEDGER_BREAKAGES, LEDGER_BREAKAGES } from './ledger/ledger-breakages';
import { runSimulation } from './run-simulation';
import type { SimulationOptions } from './stage';

/** How many seeds a breakage has to be found in. */
const SEEDS_A_BREAKAGE = 500;
/** How many runs the cost of a breakage is compared over. */
const SEEDS_A_COST = 40;
/** Generous: the cases are bounded by the processor alone, which others may be using. */
const LONGEST_CASE_MS = 1_200_000;

/** The first seed that finds a breakage out, or undefined if none of `most` does. */
async function findingSeed(
  options: Omit<SimulationOptions, 'seed'>,
  most: number,
): Promise<number | undefined> {
  for (let seed = 1; seed <= most; seed++) {
    const { differences } = await runSimulation({ ...options, seed });
    if (differences.some((difference) => !difference.includes('progress'))) return seed;
  }
  return undefined;
}

/** The rows of candles that some runs write, or the days that they ask for. */
async function costOf(figure: 'rowsWritten' | 'asks', breakage?: Breakage): Promise<number> {
  let cost = 0;
  for (let seed = 1; seed <= SEEDS_A_COST; seed++) {
    // Audits write whole days again, which would hide what the live loop saves.
    const isLiveOnly = figure === 'rowsWritten';
    const broken = breakage === undefined ? {} : { breakage };
    cost += (await runSimulation({ seed, isLiveOnly, ...broken }))[figure];
  }
  return cost;
}

describe('The simulation', () => {
  it.each(Object.entries(BREAKAGES))(
    'finds a candle or a gap that is wrong where %s',
    async (_, breakage) => {
      const options = { breakage, isLiveOnly: true };
      expect(await findingSeed(options, SEEDS_A_BREAKAGE)).toBeDefined();
    },
    LONGEST_CASE_MS,
  );

  it.each(Object.entries(LEDGER_BREAKAGES))(
    'finds a day that is sealed while it is wrong, or not sealed, where %s',
    async (_, breakage) => {
      expect(await findingSeed({ breakage }, SEEDS_A_BREAKAGE)).toBeDefined();
    },
    LONGEST_CASE_MS,
  );

  it(
    'counts more rows where a rule that saves some is left out',
    async () => {
      const rows = await costOf('rowsWritten');
      for (const breakage of Object.values(COSTLY_BREAKAGES)) {
        expect(await costOf('rowsWritten', breakage)).toBeGreaterThan(rows);
      }
    },
    LONGEST_CASE_MS,
  );

  it(
    'counts more asks for days where a rule that saves some is left out',
    async () => {
      const asks = await costOf('asks');
      for (const breakage of Object.values(COSTLY_LEDGER_BREAKAGES)) {
        expect(await costOf('asks', breakage)).toBeGreaterThan(asks);
      }
    },
    LONGEST_CASE_MS,
  );
});
