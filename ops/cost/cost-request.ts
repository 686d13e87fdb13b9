import { Command, InvalidArgumentError } from 'commander';
import { parseCommand } from '../../cli/command-line';

/** What `npm run cost` is asked for. */
export interface CostRequest {
  readonly stage: string;
  /** Undefined: those of the stage. */
  readonly pairs: number | undefined;
  readonly json: boolean;
}

interface Options {
  readonly stage: string;
  readonly pairs?: number;
  readonly json?: true;
}

/**
 * Reads the arguments of `npm run cost`, without the program's name.
 *
 * @throws UsageError with one line that says what is wrong
 * @throws HelpRequested for `--help`
 */
export function parseCostArguments(args: readonly string[]): CostRequest {
  const { stage, pairs, json } = parseCommand<Options>(costCommand(), args).options;
  return { stage, pairs, json: json === true };
}

function costCommand(): Command {
  return new Command('npm run cost --')
    .description('Tells what a stage costs a month, from its templates and a list of prices.')
    .requiredOption('--stage <name>', 'such as dev')
    .option('--pairs <number>', 'for so many pairs (default: those of the stage)', pairsArgument)
    .option('--json', 'an object, amounts as decimal texts');
}

function pairsArgument(text: string): number {
  const pairs = Number(text);
  if (/^\d{1,6}$/.test(text) && pairs > 0) return pairs;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}
