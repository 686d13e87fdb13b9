import { join } from 'node:path';
import { LONGEST_CASE_MS, outputOf } from './own-process';
import { runSimulation } from './run-simulation';

/** The output of `npm run simulate` for a range of seeds. */
async function simulate(first: number, count: number, ...more: string[]): Promise<string> {
  const range = ['--from', String(first), '--seeds', String(count)];
  return outputOf(join(__dirname, 'simulate.ts'), ...range, ...more);
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
});
