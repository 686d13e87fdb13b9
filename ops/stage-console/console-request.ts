import { Command } from 'commander';
import { parseCommand, portArgument } from '../../cli/command-line';

/** The command line of `npm run console`. */
export interface ConsoleRequest {
  readonly stage: string | undefined;
  readonly profile: string | undefined;
  readonly region: string | undefined;
  /** Undefined: the usual one, or any other if that is taken. */
  readonly port: number | undefined;
}

/** The port of the page, if it is free: another one than that of a local run. */
export const CONSOLE_PORT = 8788;

/**
 * Reads the arguments of `npm run console`, without the program's name.
 *
 * @throws UsageError with the wrong value and a remedy, HelpRequested for `--help`
 */
export function parseConsoleArguments(args: readonly string[]): ConsoleRequest {
  const { options } = parseCommand<Partial<ConsoleRequest>>(consoleCommand(), args);
  const { stage, profile, region, port } = options;
  return { stage, profile, region, port };
}

function consoleCommand(): Command {
  return new Command('npm run console --')
    .description(
      'Serves the page and the query API of a stage in AWS on this machine, and signs requests with your credentials. A local run serves its own.',
    )
    .option('--stage <name>', 'the stage, such as dev')
    .option('--profile <name>', 'a profile of your AWS configuration')
    .option('--region <name>', "the stage's region (default: your configured one)")
    .option(
      '--port <port>',
      `port on 127.0.0.1 (default: ${CONSOLE_PORT}, or a free one)`,
      portArgument,
    );
}
