import { Command } from 'commander';
import { parseCommand, wholeNumberArgument } from '../../cli/command-line';

/** The command line of `npm run cost`. */
export interface CostArguments {
  readonly stage: string | undefined;
  /** Number of pairs; undefined for those of the stage. */
  readonly pairs: number | undefined;
  readonly json: boolean;
}

interface CostFlags {
  readonly stage?: string;
  readonly pairs?: number;
  readonly json?: true;
}

/**
 * Reads the arguments of `npm run cost`, without the program's name.
 *
 * @throws UsageError for an invalid argument
 * @throws HelpRequested for `--help`
 */
export function parseCostArguments(args: readonly string[]): CostArguments {
  const { stage, pairs, json } = parseCommand<CostFlags>(costCommand(), args).options;
  return { stage, pairs, json: json === true };
}

function costCommand(): Command {
  return new Command('npm run cost --')
    .description(
      'Estimates the monthly cost of a stage, and the cost of its history, from its templates and a price list.',
    )
    .option('--stage <name>', 'a stage of lib/stages/, such as dev (required)')
    .option(
      '--pairs <number>',
      'number of pairs (default: those of the stage)',
      wholeNumberArgument({ least: 1, most: 999_999 }),
    )
    .option('--json', 'print JSON, with amounts as decimal texts');
}
