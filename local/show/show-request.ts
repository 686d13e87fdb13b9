import { Command, InvalidArgumentError } from 'commander';
import { type Interval, INTERVALS, isInterval } from '../../lambdas/shared/domain/interval';
import { parseCommand, timeArgument, UsageError } from '../../cli/command-line';
import { minuteText } from '../../cli/utc-time';

/** How candles are printed. */
export type ShowFormat = 'table' | 'json' | 'csv';

/** Which stored candles to print: those that open in `[fromMs, toMs)`. */
export interface ShowRequest {
  readonly pair: string;
  readonly interval: Interval;
  /** Undefined: from the oldest that is stored. */
  readonly fromMs: number | undefined;
  /** Undefined: up to the newest that is stored. */
  readonly toMs: number | undefined;
  /** The oldest of them where `fromMs` is given, else the newest; undefined for all. */
  readonly limit: number | undefined;
  readonly format: ShowFormat;
}

/** How many candles are shown where neither a range nor a number is asked for. */
const DEFAULT_LIMIT = 20;

interface Options {
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly json?: true;
  readonly csv?: true;
}

/**
 * Reads the arguments of `npm run show`, without the program's name.
 *
 * @throws UsageError with one line that says what is wrong
 * @throws HelpRequested for `--help`
 */
export function parseShowArguments(args: readonly string[]): ShowRequest {
  const { positions, options } = parseCommand<Options>(showCommand(), args);
  const [pair, interval] = positions as [string, Interval];
  return requestOf(pair, interval, options);
}

function requestOf(pair: string, interval: Interval, options: Options): ShowRequest {
  const { from: fromMs, to: toMs, limit } = options;
  if (options.json && options.csv) {
    throw new UsageError('--json and --csv exclude each other; choose one');
  }
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    const range = `--from ${minuteText(fromMs)} is not before --to ${minuteText(toMs)}`;
    throw new UsageError(`${range} (UTC); the range takes in --from and leaves out --to`);
  }
  const unbounded = fromMs === undefined && toMs === undefined;
  return {
    ...{ pair, interval, fromMs, toMs },
    limit: limit ?? (unbounded ? DEFAULT_LIMIT : undefined),
    format: options.json ? 'json' : options.csv ? 'csv' : 'table',
  };
}

function showCommand(): Command {
  return new Command('npm run show --')
    .description('Prints candles that the local run has stored.')
    .argument('<pair>', 'such as BTC_USDT')
    .argument('<interval>', INTERVALS.join(' '), intervalArgument)
    .option('--from <time>', 'the first open time, ISO 8601, UTC without a zone', timeArgument)
    .option('--to <time>', 'the open time to stop before', timeArgument)
    .option(
      '--limit <number>',
      `at most so many (default: all of a range, else ${DEFAULT_LIMIT})`,
      limitArgument,
    )
    .option('--json', 'an array of objects, decimals as strings')
    .option('--csv', 'comma-separated values with a header');
}

function intervalArgument(text: string): Interval {
  if (isInterval(text)) return text;
  throw new InvalidArgumentError(`The intervals are ${INTERVALS.join(', ')}.`);
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}
