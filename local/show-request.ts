import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type Interval, INTERVALS, isInterval } from '../lambdas/shared/domain/interval';
import { minuteText, parseUtcTime } from './utc-time';

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

/** The command line asks for something that cannot be. */
export class ShowUsageError extends Error {
  override readonly name = 'ShowUsageError';
}

/** The command line asks for help: the message is the help. */
export class HelpRequested extends Error {
  override readonly name = 'HelpRequested';
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
 * @throws ShowUsageError with one line that says what is wrong
 * @throws HelpRequested for `--help`
 */
export function parseShowArguments(args: readonly string[]): ShowRequest {
  const output: string[] = [];
  const command = showCommand((text) => output.push(text));
  try {
    command.parse(args, { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) throw new HelpRequested(output.join(''), { cause });
    throw new ShowUsageError(cause.message.replace(/^error: /, ''), { cause });
  }
  const [pair, interval] = command.processedArgs as [string, Interval];
  return requestOf(pair, interval, command.opts<Options>());
}

function requestOf(pair: string, interval: Interval, options: Options): ShowRequest {
  const { from: fromMs, to: toMs, limit } = options;
  if (options.json && options.csv) {
    throw new ShowUsageError('--json and --csv exclude each other; choose one');
  }
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    const range = `--from ${minuteText(fromMs)} is not before --to ${minuteText(toMs)}`;
    throw new ShowUsageError(`${range} (UTC); the range takes in --from and leaves out --to`);
  }
  const unbounded = fromMs === undefined && toMs === undefined;
  return {
    ...{ pair, interval, fromMs, toMs },
    limit: limit ?? (unbounded ? DEFAULT_LIMIT : undefined),
    format: options.json ? 'json' : options.csv ? 'csv' : 'table',
  };
}

function showCommand(write: (text: string) => void): Command {
  return new Command('npm run show --')
    .description('Prints candles that the running stack has stored.')
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
    .option('--csv', 'comma-separated values with a header')
    .helpOption('-h, --help', 'this text')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: write, writeErr: () => undefined })
    .exitOverride();
}

function intervalArgument(text: string): Interval {
  if (isInterval(text)) return text;
  throw new InvalidArgumentError(`The intervals are ${INTERVALS.join(', ')}.`);
}

function timeArgument(text: string): number {
  try {
    return parseUtcTime(text);
  } catch (cause) {
    throw new InvalidArgumentError(cause instanceof Error ? cause.message : String(cause));
  }
}

function limitArgument(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('Expected a whole number from 1.');
}
