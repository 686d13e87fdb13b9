import { extname } from 'node:path';
import { Command } from 'commander';
import { nameArgument, parseCommand, timeArgument, UsageError } from '../../cli/command-line';
import { minuteText } from '../../cli/utc-time';
import { type Interval, INTERVALS } from '../../lambdas/shared/domain/interval';
import type { PipelineChoice } from '../pipeline/pipeline';
import {
  pipelineChoice,
  type PipelineFlags,
  withPipelineOptions,
} from '../pipeline/pipeline-options';

/** The formats of an exported file, each named by its extension. */
const FORMATS = ['parquet', 'csv'] as const;
export type ExportFormat = (typeof FORMATS)[number];

/** The stored candles to export: those that open in `[fromMs, toMs)`. */
export interface ExportRequest {
  readonly pipeline: PipelineChoice;
  /** As it was given. */
  readonly market: string;
  readonly interval: Interval;
  /** Undefined: from the oldest stored one. */
  readonly fromMs: number | undefined;
  /** Undefined: up to the newest stored one. */
  readonly toMs: number | undefined;
  /** Path of the file. */
  readonly out: string;
  readonly format: ExportFormat;
  /** Whether a file that is there already is replaced. */
  readonly overwrite: boolean;
  /** Whether to fail if a minute of the range is missing, or not sealed yet. */
  readonly check: boolean;
}

interface ExportFlags extends PipelineFlags {
  readonly market?: string;
  readonly interval?: Interval;
  readonly from?: number;
  readonly to?: number;
  readonly out?: string;
  readonly overwrite?: true;
  readonly check?: true;
}

/**
 * Reads the arguments of `npm run export`, without the program's name.
 *
 * @throws UsageError with the wrong value and a remedy, in one line
 * @throws HelpRequested for `--help`
 */
export function parseExportArguments(args: readonly string[]): ExportRequest {
  const flags = parseCommand<ExportFlags>(exportCommand(), args).options;
  const { from: fromMs, to: toMs, overwrite = false, check = false } = flags;
  const out = given(flags.out, '--out <file>');
  assertOrdered(fromMs, toMs);
  return {
    ...{ fromMs, toMs, out, overwrite, check },
    pipeline: pipelineChoice(flags),
    market: given(flags.market, '--market <market>'),
    interval: given(flags.interval, '--interval <interval>'),
    format: formatOf(out),
  };
}

function exportCommand(): Command {
  const command = new Command('npm run export --')
    .description('Writes the stored candles of a market into a file, Parquet or CSV.')
    .option('--market <market>', 'such as gate-io:BTC_USDT (required)')
    .option(
      '--interval <interval>',
      `${INTERVALS.join(' ')} (required)`,
      nameArgument('stored intervals', INTERVALS),
    )
    .option(
      '--from <time>',
      'first open time, ISO 8601, in UTC unless it has a zone (default: the oldest stored)',
      timeArgument,
    )
    .option('--to <time>', 'open time to stop before (default: up to the newest)', timeArgument)
    .option('--out <file>', 'the file to write, *.parquet or *.csv (required)')
    .option('--overwrite', 'replace the file if it is there already')
    .option(
      '--check',
      'end with exit code 1 if a minute of the range is missing, or not sealed yet; the file is written all the same',
    );
  return withPipelineOptions(command);
}

function given<T>(value: T | undefined, flag: string): T {
  if (value !== undefined) return value;
  throw new UsageError(
    `${flag} is missing: give --market gate-io:BTC_USDT --interval 1m --out candles.parquet`,
  );
}

function assertOrdered(fromMs: number | undefined, toMs: number | undefined): void {
  if (fromMs === undefined || toMs === undefined || fromMs < toMs) return;
  throw new UsageError(
    `--from ${minuteText(fromMs)} is not before --to ${minuteText(toMs)} (UTC): --from is the first open time, --to the one to stop before`,
  );
}

function formatOf(out: string): ExportFormat {
  const extension = extname(out).toLowerCase();
  const format = FORMATS.find((name) => extension === `.${name}`);
  if (format !== undefined) return format;
  throw new UsageError(
    `--out ${out} names neither a .parquet nor a .csv file: the extension chooses the format`,
  );
}
