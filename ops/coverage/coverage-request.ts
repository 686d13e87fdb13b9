import { Command } from 'commander';
import { parseCommand, UsageError, wholeNumberArgument } from '../../cli/command-line';
import type { PipelineChoice } from '../pipeline/pipeline';
import {
  pipelineChoice,
  type PipelineFlags,
  withPipelineOptions,
} from '../pipeline/pipeline-options';

/** The format of a printed coverage. */
export type CoverageFormat = 'table' | 'json' | 'csv';

/** The command line of `npm run coverage`. */
export interface CoverageRequest {
  readonly pipeline: PipelineChoice;
  /** A market whose stretches are printed; undefined for a summary of all. */
  readonly market: string | undefined;
  readonly format: CoverageFormat;
  /** Whether to fail if something is missing. */
  readonly check: boolean;
  /** With `check`, a market may be so many minutes behind. */
  readonly behindMinutes: number;
}

interface CoverageFlags extends PipelineFlags {
  readonly json?: true;
  readonly csv?: true;
  readonly check?: true;
  readonly behind?: number;
}

/** Longer behind than this, a market is behind: as the alarm has it. */
const DEFAULT_BEHIND_MINUTES = 10;

/**
 * Reads the arguments of `npm run coverage`, without the program's name.
 *
 * @throws UsageError with the wrong value and a remedy, in one line
 * @throws HelpRequested for `--help`
 */
export function parseCoverageArguments(args: readonly string[]): CoverageRequest {
  const { positions, options } = parseCommand<CoverageFlags>(coverageCommand(), args);
  const { json, csv, check = false, behind } = options;
  if (json && csv) throw new UsageError('--json and --csv exclude each other; choose one');
  if (behind !== undefined && !check) throw new UsageError('--behind is for --check: add it');
  return {
    pipeline: pipelineChoice(options),
    market: positions[0] as string | undefined,
    format: json ? 'json' : csv ? 'csv' : 'table',
    check,
    behindMinutes: behind ?? DEFAULT_BEHIND_MINUTES,
  };
}

function coverageCommand(): Command {
  const command = new Command('npm run coverage --')
    .description('Reports which minutes are stored, which are missing, and why.')
    .argument('[market]', 'its stretches of time, such as gate-io:BTC_USDT (default: all markets)')
    .option('--json', 'print JSON')
    .option('--csv', 'print comma-separated values with a header')
    .option(
      '--check',
      'end with exit code 1 if a minute is missing: a gap, history that is not stored, a market behind',
    )
    .option(
      '--behind <minutes>',
      `with --check, how far a market may be behind (default: ${DEFAULT_BEHIND_MINUTES})`,
      wholeNumberArgument({ unit: 'minutes', least: 0, most: 999_999 }),
    );
  return withPipelineOptions(command);
}
