import { type Command, CommanderError, InvalidArgumentError } from 'commander';
import { parsePort } from './free-port';
import { parseUtcTime } from './utc-time';

/** The command line is invalid; the message names the wrong value and the remedy. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command line asks for help: the message is the help. */
export class HelpRequested extends Error {
  override readonly name = 'HelpRequested';
}

/** The arguments of a command line. */
export interface CommandOutcome<Options> {
  readonly positions: readonly unknown[];
  readonly options: Options;
}

/**
 * Reads the arguments of a command, without the program's name.
 *
 * @throws UsageError with the problem, in one line
 * @throws HelpRequested for `--help`
 */
export function parseCommand<Options>(
  command: Command,
  args: readonly string[],
): CommandOutcome<Options> {
  const output: string[] = [];
  command
    .helpOption('-h, --help', 'show this help')
    .allowExcessArguments(false)
    .configureOutput({ writeOut: (text) => output.push(text), writeErr: () => undefined })
    .exitOverride();
  try {
    command.parse(args, { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) throw new HelpRequested(output.join(''), { cause });
    throw new UsageError(cause.message.replace(/^error: /, '').replace(/\n/g, ' '), { cause });
  }
  return { positions: command.processedArgs, options: command.opts() as Options };
}

/** An option's value as a time: UTC milliseconds. @throws InvalidArgumentError */
export function timeArgument(text: string): number {
  try {
    return parseUtcTime(text);
  } catch (cause) {
    throw new InvalidArgumentError(cause instanceof Error ? cause.message : String(cause));
  }
}

const DAY_MS = 86_400_000;

/** An option's value as the start of a UTC day, in milliseconds. @throws InvalidArgumentError */
export function dayArgument(text: string): number {
  const timeMs = timeArgument(text);
  if (timeMs % DAY_MS === 0) return timeMs;
  throw new InvalidArgumentError('Expected a UTC day such as 2024-01-01.');
}

/** An option's value as a port. @throws InvalidArgumentError */
export function portArgument(text: string): number {
  const port = parsePort(text);
  if (port !== undefined) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}

/** The whole numbers that an option takes, both bounds included. */
export interface WholeNumberOptions {
  /** Such as `minutes`. */
  readonly unit?: string;
  readonly least: number;
  /** @default the greatest whole number that a double holds exactly */
  readonly most?: number;
}

/** Reads an option's value as a whole number; the reader throws InvalidArgumentError. */
export function wholeNumberArgument({
  unit,
  least,
  most = Number.MAX_SAFE_INTEGER,
}: WholeNumberOptions): (text: string) => number {
  const kind = unit === undefined ? 'a whole number' : `a whole number of ${unit}`;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`;
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : NaN;
    if (number >= least && number <= most) return number;
    throw new InvalidArgumentError(`Expected ${kind} from ${least}${upTo}.`);
  };
}

/** Reads an argument as one of the names of a kind, such as `intervals`; the reader throws InvalidArgumentError. */
export function nameArgument<Name extends string>(
  kind: string,
  names: readonly Name[],
): (text: string) => Name {
  return (text) => {
    const name = names.find((one) => one === text);
    if (name !== undefined) return name;
    throw new InvalidArgumentError(`The ${kind} are ${names.join(', ')}.`);
  };
}
