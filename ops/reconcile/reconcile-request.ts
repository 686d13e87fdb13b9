import { Command } from 'commander';
import { dayArgument, parseCommand, UsageError, wholeNumberArgument } from '../../cli/command-line';
import { dayText } from '../../cli/utc-time';
import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Pipeline, PipelineChoice } from '../pipeline/pipeline';
import {
  pipelineChoice,
  type PipelineFlags,
  withPipelineOptions,
} from '../pipeline/pipeline-options';

/** The UTC days of a market to request again: those that start in `[fromMs, toMs)`. */
export interface ReconcileRequest {
  readonly pipeline: PipelineChoice;
  /** As it was given. */
  readonly market: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Requests and compares, and writes nothing. */
  readonly dryRun: boolean;
  /** The longest wait for the days. */
  readonly timeLimitMs: number;
}

interface ReconcileFlags extends PipelineFlags {
  readonly market?: string;
  readonly from?: number;
  readonly to?: number;
  readonly dryRun?: true;
  readonly timeLimit?: number;
}

/** Old days are looked for once an hour. */
const DEFAULT_LIMIT_MINUTES = 75;

/**
 * Reads the arguments of `npm run reconcile`, without the program's name.
 *
 * @throws UsageError with the wrong value and a remedy, in one line
 * @throws HelpRequested for `--help`
 */
export function parseReconcileArguments(args: readonly string[], nowMs: number): ReconcileRequest {
  const flags = parseCommand<ReconcileFlags>(reconcileCommand(), args).options;
  const { market, from: fromMs, to: toMs, dryRun = false, timeLimit } = flags;
  const range = { fromMs: given(fromMs, '--from <day>'), toMs: given(toMs, '--to <day>') };
  assertPast(range, nowMs);
  return {
    ...range,
    dryRun,
    pipeline: pipelineChoice(flags),
    market: given(market, '--market <market>'),
    timeLimitMs: (timeLimit ?? DEFAULT_LIMIT_MINUTES) * MINUTE_MS,
  };
}

function reconcileCommand(): Command {
  const command = new Command('npm run reconcile --')
    .description(
      'Requests past days of a market again: unseals them, waits until each is audited, and reports what has changed.',
    )
    .option('--market <market>', 'such as gate-io:BTC_USDT (required)')
    .option('--from <day>', 'first UTC day, such as 2026-03-01 (required)', dayArgument)
    .option('--to <day>', 'UTC day to stop before (required)', dayArgument)
    .option(
      '--dry-run',
      'only request the days from the exchange or its archive now, and print each stored minute that differs; ends with exit code 1 if one does',
    )
    .option(
      '--time-limit <minutes>',
      `the longest wait (default: ${DEFAULT_LIMIT_MINUTES}); the days are requested even if it ends`,
      wholeNumberArgument({ unit: 'minutes', least: 1, most: 99_999 }),
    );
  return withPipelineOptions(command);
}

function given<T>(value: T | undefined, flag: string): T {
  if (value !== undefined) return value;
  throw new UsageError(
    `${flag} is missing: give --market gate-io:BTC_USDT --from 2026-03-01 --to 2026-03-04`,
  );
}

function assertPast({ fromMs, toMs }: DayRange, nowMs: number): void {
  if (fromMs >= toMs) {
    throw new UsageError(
      `--from ${dayText(fromMs)} is not before --to ${dayText(toMs)}: --from is the first day, --to the one to stop before`,
    );
  }
  const todayMs = floorTo(nowMs, DAY_MS);
  if (toMs <= todayMs) return;
  throw new UsageError(
    `--to ${dayText(toMs)} is too late: give ${dayText(todayMs)} (today, UTC) at the latest, as only whole past days are requested again`,
  );
}

/** UTC days that start in `[fromMs, toMs)`. */
export type DayRange = Pick<ReconcileRequest, 'fromMs' | 'toMs'>;

/** @throws UsageError for days that the pipeline does not want */
export function assertWanted(
  { fromMs }: DayRange,
  { name, historyStartMs }: Pick<Pipeline, 'name' | 'historyStartMs'>,
): void {
  if (fromMs >= historyStartMs) return;
  const startText = dayText(historyStartMs);
  throw new UsageError(
    `--from ${dayText(fromMs)} is before ${startText}, the history start of ${name}: give a later day, or set an earlier history start`,
  );
}
