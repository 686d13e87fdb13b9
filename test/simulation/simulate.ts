import { Command, InvalidArgumentError, Option } from 'commander';
import { ALL_BREAKAGES, type BreakageName } from './breakages';
import { runSimulation, type SimulationResult } from './run-simulation';

interface SimulateOptions {
  readonly seeds: number;
  readonly from: number;
  readonly seed?: number;
  readonly openWindows: number;
  readonly trace?: true;
  readonly break?: BreakageName;
}

const command = new Command('simulate')
  .description(
    'Runs the functions over a simulated log, store and exchange, with faults chosen by a seed, and compares what is stored with the truth.',
  )
  .option('--seeds <number>', 'how many seeds to run', wholeNumber, 2_000)
  .option('--from <seed>', 'the first seed', wholeNumber, 1)
  .option('--seed <seed>', 'run this seed alone', wholeNumber)
  .option('--open-windows <minutes>', 'how old windows may be that have not ended', wholeNumber, 1)
  .option('--trace', 'with --seed: print everything that happens')
  .addOption(
    new Option('--break <rule>', 'break a rule, to see that it is found out').choices(
      Object.keys(ALL_BREAKAGES),
    ),
  );

const {
  seeds,
  from,
  seed,
  openWindows,
  trace,
  break: rule,
} = command.parse().opts<SimulateOptions>();
void main();

async function main(): Promise<void> {
  const failures = await runSeeds(seed ?? from, seed === undefined ? seeds : 1);
  process.exitCode = failures === 0 ? 0 : 1;
}

async function runSeeds(first: number, count: number): Promise<number> {
  const startedMs = performance.now();
  const totals = { failures: 0, beyondReach: 0 };
  const sums = { rowsWritten: 0, candlesLeftWrong: 0, asks: 0, daysSealed: 0, daysDisputed: 0 };
  for (let next = first; next < first + count; next++) {
    const result = await run(next);
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += result[name];
    if (result.isBeyondReach) totals.beyondReach++;
    if (result.differences.length === 0) continue;
    totals.failures++;
    reportFailure(next, result.differences);
  }
  const seconds = (performance.now() - startedMs) / 1_000;
  console.log(
    `simulation finished: ${count} seeds, ${totals.failures} failed, ${(count / seconds).toFixed(1)} seeds/s`,
  );
  console.log(
    `rows written: ${perRun(sums.rowsWritten, count)} a run; beyond the live loop's reach: ${totals.beyondReach} seeds, ${perRun(sums.candlesLeftWrong, totals.beyondReach)} candles wrong a run before their days are sealed`,
  );
  console.log(
    `days asked for: ${perRun(sums.asks, count)} a run; sealed: ${perRun(sums.daysSealed, count)}; disputed: ${perRun(sums.daysDisputed, count)}`,
  );
  return totals.failures;
}

function run(next: number): Promise<SimulationResult> {
  return runSimulation({
    seed: next,
    openWindowsEveryMs: openWindows * 60_000,
    ...(rule === undefined ? {} : { breakage: ALL_BREAKAGES[rule] }),
    ...(trace === undefined ? {} : { trace: (line: string) => console.log(line) }),
  });
}

function perRun(total: number, runs: number): string {
  return runs === 0 ? '0.0' : (total / runs).toFixed(1);
}

function reportFailure(failed: number, differences: readonly string[]): void {
  const breaking = rule === undefined ? '' : ` --break '${rule}'`;
  const opened = openWindows === 1 ? '' : ` --open-windows ${openWindows}`;
  console.log(`seed ${failed} failed: ${differences.length} differences`);
  for (const difference of differences.slice(0, 8)) console.log(`  ${difference}`);
  console.log(`  again: npm run simulate -- --seed ${failed} --trace${opened}${breaking}`);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) {
    throw new InvalidArgumentError('Expected a whole number, such as 2000.');
  }
  return Number(text);
}
