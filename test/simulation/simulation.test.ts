import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { BREAKAGES, COSTLY_BREAKAGES } from './breakages';
import { COSTLY_LEDGER_BREAKAGES, LEDGER_BREAKAGES } from './ledger-breakages';
import type { Breakage } from './broken-ports';
import { runSimulation } from './run-simulation';
import type { SimulationOptions } from './stage';

/** How many seeds a breakage has to be found in. */
const SEEDS_A_BREAKAGE = 500;
/** How many runs the cost of a breakage is compared over. */
const SEEDS_A_COST = 40;
/** Generous: the cases are bounded by the processor alone, which others may be using. */
const LONGEST_CASE_MS = 1_200_000;
const SIMULATE = join(__dirname, 'simulate.ts');

/** The output of `npm run simulate` for a range of seeds, in a process of its own: jest's sandbox is much slower. */
async function simulate(first: number, count: number, ...more: string[]): Promise<string> {
  const range = ['--from', String(first), '--seeds', String(count)];
  const args = ['--import', 'tsx', SIMULATE, ...range, ...more];
  const simulation = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  return text(simulation.stdout);
}

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

describe('The loop and the ledger of days, under faults', () => {
  it(
    'stores exactly the truth, in 2,000 runs',
    async () => {
      const output = await Promise.all([simulate(1, 1_000), simulate(1_001, 1_000)]);
      // A failing seed is reported with what differs, and with the command that runs it again.
      const finished =
        /^simulation finished: 1000 seeds, 0 failed, .* seeds\/s\nrows written: .*\ndays asked for: .*\n$/;
      expect(output).toEqual([
        expect.stringMatching(finished) as string,
        expect.stringMatching(finished) as string,
      ]);
    },
    LONGEST_CASE_MS,
  );

  it(
    'stores it too where open windows are written every five minutes, but for these, which may be as old, in 500 runs',
    async () => {
      const output = await simulate(1, 500, '--open-windows', '5');
      expect(output).toMatch(/^simulation finished: 500 seeds, 0 failed, /);
    },
    LONGEST_CASE_MS,
  );
});

describe('The simulation', () => {
  it('runs the same way again for the same seed, to the last step', async () => {
    const once: string[] = [];
    const again: string[] = [];
    const first = await runSimulation({ seed: 7, trace: (line) => once.push(line) });
    const second = await runSimulation({ seed: 7, trace: (line) => again.push(line) });
    expect(again).toEqual(once);
    expect(second.fingerprint).toBe(first.fingerprint);
    expect(once.length).toBeGreaterThan(100);
  });

  it('runs another way for another seed', async () => {
    const [one, other] = [await runSimulation({ seed: 7 }), await runSimulation({ seed: 8 })];
    expect(other.fingerprint).not.toBe(one.fingerprint);
  });

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
