import { BREAKAGES, type Breakage } from './breakages';
import { runSimulation, type SimulationResult } from './run-simulation';

const SEEDS_A_CASE = 500;
/** Generous: the cases are bounded by the processor alone, which others may be using. */
const LONGEST_CASE_MS = 300_000;

/** One line a failing seed, with the command that runs it again. */
function told({ seed, differences }: SimulationResult): string {
  const [first = ''] = differences;
  return `${first}; ${differences.length} differences; npm run simulate -- --seed ${seed} --trace`;
}

async function failingSeeds(first: number, count: number): Promise<string[]> {
  const failed: string[] = [];
  for (let seed = first; seed < first + count; seed++) {
    const result = await runSimulation({ seed });
    if (result.differences.length > 0) failed.push(told(result));
  }
  return failed;
}

/** The first seed that finds a breakage out, or undefined where none of `most` does. */
async function findingSeed(breakage: Breakage, most: number): Promise<number | undefined> {
  for (let seed = 1; seed <= most; seed++) {
    const { differences } = await runSimulation({ seed, breakage });
    if (differences.some((difference) => !difference.includes('the progress of'))) return seed;
  }
  return undefined;
}

describe('The closed loop under faults', () => {
  it.each([1, 501, 1_001, 1_501])(
    'stores exactly the truth, in 500 runs from seed %i on',
    async (first) => {
      expect(await failingSeeds(first, SEEDS_A_CASE)).toEqual([]);
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
      expect(await findingSeed(breakage, SEEDS_A_CASE)).toBeDefined();
    },
    LONGEST_CASE_MS,
  );
});
