import { Command } from 'commander';
import { type Interval, INTERVALS } from '../../lambdas/shared/domain/interval';
import {
  nameArgument,
  parseCommand,
  timeArgument,
  UsageError,
  wholeNumberArgument,
} from '../../cli/command-line';
import { minuteText } from '../../cli/utc-time';

/** The format of printed candles. */
export type ShowFormat = 'table' | 'json' | 'csv';

/** The stored candles to print: those that open in `[fromMs, toMs)`. */
export interface ShowRequest {
  /** A key such as `gate-io:BTC_USDT`, or a pair. */
  readonly market: string;
  readonly interval: Interval;
  /** Undefined: from the oldest stored one. */
  readonly fromMs: number | undefined;
  /** Undefined: up to the newest stored one. */
  readonly toMs: number | undefined;
  /** The oldest of them if `fromMs` is given, else the newest; undefined for all. */
  readonly limit: number | undefined;
  readonly format: ShowFormat;
}

/** Candles that are printed if neither a range nor a number is asked for. */
const DEFAULT_LIMIT = 20;

interface ShowOptions {
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly json?: true;
  readonly csv?: true;
}

/**
 * Reads the arguments of `npm run show`, without the program's name.
 *
 * @throws UsageError with the wrong value and a remedy, in one line
 * @throws HelpRequested for `--help`
 */
export function parseShowArguments(args: readonly string[]): ShowRequest {
  const { positions, options } = parseCommand<ShowOptions>(showCommand(), args);
  const [market, interval] = positions as [string, Interval];
  return showRequest(market, interval, options);
}

function showRequest(market: string, interval: Interval, options: ShowOptions): ShowRequest {
  const { from: fromMs, to: toMs, limit } = options;
  if (options.json && options.csv) {
    throw new UsageError('--json and --csv exclude each other; choose one');
  }
  if (fromMs !== undefined && toMs !== undefined && fromMs >= toMs) {
    const range = `--from ${minuteText(fromMs)} is not before --to ${minuteText(toMs)}`;
    throw new UsageError(
      `${range} (UTC); --from is the first open time, --to the one to stop before`,
    );
  }
  const unbounded = fromMs === undefined && toMs === undefined;
  return {
    market,
    interval,
    fromMs,
    toMs,
    limit: limit ?? (unbounded ? DEFAULT_LIMIT : undefined),
    format: options.json ? 'json' : options.csv ? 'csv' : 'table',
  };
}

function showCommand(): Command {
  return new Command('npm run show --')
    .description('Prints stored candles of the local run that runs now.')
    .argument('<market>', 'such as BTC_USDT, or binance:BTC_USDT')
    .argument('<interval>', INTERVALS.join(' '), nameArgument('intervals', INTERVALS))
    .option('--from <time>', 'first open time, ISO 8601, in UTC unless it has a zone', timeArgument)
    .option('--to <time>', 'open time to stop before', timeArgument)
    .option(
      '--limit <number>',
      `most candles to print (default: all of a range, else ${DEFAULT_LIMIT})`,
      wholeNumberArgument({ least: 1 }),
    )
    .option('--json', 'print an array of objects, with decimals as strings')
    .option('--csv', 'print comma-separated values with a header');
}
