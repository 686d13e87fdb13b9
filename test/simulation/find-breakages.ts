import { BREAKAGES, COSTLY_BREAKAGES } from './breakages';
import type { Breakage } from './broken-ports';
import { COSTLY_LEDGER_BREAKAGES, LEDGER_BREAKAGES } from './ledger/ledger-breakages';
import { runSimulation } from './run-simulation';
import type { SimulationOptions } from './stage';

/** What the simulation notices of the breakages, each by its name; printed as JSON. */
export interface NoticedBreakages {
  /** The first seed that finds a breakage out; null if none does. */
  readonly findingSeeds: Readonly<Record<string, number | null>>;
  readonly rows: CostFigures;
  readonly asks: CostFigures;
}

/** The sum of a figure over some runs, with all rules and with each breakage. */
export interface CostFigures {
  readonly unbroken: number;
  readonly broken: Readonly<Record<string, number>>;
}

/** How many seeds a breakage has to be found in. */
const SEEDS_A_BREAKAGE = 500;
/** How many runs the cost of a breakage is compared over. */
const SEEDS_A_COST = 40;

void main();

async function main(): Promise<void> {
  const live = await each(BREAKAGES, (breakage) => findingSeed({ breakage, isLiveOnly: true }));
  const ledger = await each(LEDGER_BREAKAGES, (breakage) => findingSeed({ breakage }));
  const noticed: NoticedBreakages = {
    findingSeeds: { ...live, ...ledger },
    // Audits write whole days again, which would hide what the live loop saves.
    rows: await costs('rowsWritten', COSTLY_BREAKAGES, { isLiveOnly: true }),
    asks: await costs('asks', COSTLY_LEDGER_BREAKAGES, {}),
  };
  console.log(JSON.stringify(noticed));
}

async function findingSeed(options: Omit<SimulationOptions, 'seed'>): Promise<number | null> {
  for (let seed = 1; seed <= SEEDS_A_BREAKAGE; seed++) {
    const { differences } = await runSimulation({ ...options, seed });
    if (differences.some((difference) => !difference.includes('progress'))) return seed;
  }
  return null;
}

type Figure = 'rowsWritten' | 'asks';
type UnbrokenOptions = Omit<SimulationOptions, 'seed' | 'breakage'>;

/** The rows of candles that some runs write, or the days that they ask for. */
async function costs(
  figure: Figure,
  breakages: Readonly<Record<string, Breakage>>,
  options: UnbrokenOptions,
): Promise<CostFigures> {
  const broken = await each(breakages, (breakage) => sumOf(figure, { ...options, breakage }));
  return { unbroken: await sumOf(figure, options), broken };
}

async function sumOf(figure: Figure, options: Omit<SimulationOptions, 'seed'>): Promise<number> {
  let sum = 0;
  for (let seed = 1; seed <= SEEDS_A_COST; seed++) {
    sum += (await runSimulation({ ...options, seed }))[figure];
  }
  return sum;
}

async function each<T>(
  breakages: Readonly<Record<string, Breakage>>,
  notice: (breakage: Breakage) => Promise<T>,
): Promise<Record<string, T>> {
  const noticed: Record<string, T> = {};
  for (const [name, breakage] of Object.entries(breakages)) noticed[name] = await notice(breakage);
  return noticed;
}
