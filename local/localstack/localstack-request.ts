import { Command, InvalidArgumentError, Option } from 'commander';
import { ALL_FUNCTIONS, type AnyFunction } from '../../lib/naming/function-names';
import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { parseCommand, UsageError } from '../../cli/command-line';
import {
  exchangeOption,
  exchangesOption,
  historyStartOption,
  pairsOption,
  minuteArgument,
} from '../start/start-arguments';

/** A parsed command line of `npm run localstack`. */
export type LocalstackRequest =
  | UpRequest
  | { readonly kind: 'down'; readonly volumes: boolean }
  | { readonly kind: 'logs'; readonly of: AnyFunction; readonly follow: boolean }
  | { readonly kind: 'difference' };

/** A request to bring everything up, deploy, and show it. */
export interface UpRequest {
  readonly kind: 'up';
  /** `auto`, `live`, `simulated`, or a folder with recorded candles. */
  readonly exchange: string;
  /** Fixed time of an exchange that is not live, UTC; undefined for the clock's time. */
  readonly exchangeTimeMs: number | undefined;
  /** The exchanges to follow; undefined for those of the stage, or of the settings. */
  readonly exchanges: readonly ExchangeName[] | undefined;
  /** Pairs, of one exchange if it is named; undefined for those of the stage, or of the recording. */
  readonly pairs: readonly string[] | undefined;
  /** Start of the first UTC day that is wanted; undefined for some days back. */
  readonly historyStartMs: number | undefined;
  /** Replace the settings of the stage and those of the other options. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Starts Kafka UI too. */
  readonly ui: boolean;
  /** Allows replacing the pairs and the exchange of a run that shows its table. */
  readonly replace: boolean;
}

interface LocalstackOptions {
  readonly exchange: string;
  readonly exchangeTime?: number;
  readonly exchanges?: readonly ExchangeName[];
  readonly pairs?: readonly string[];
  readonly historyStart?: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ui?: true;
  readonly replace?: true;
  readonly down?: true;
  readonly volumes?: true;
  readonly logs?: AnyFunction;
  readonly follow?: true;
  readonly difference?: true;
}

/**
 * Reads the arguments of `npm run localstack`, without the program's name.
 *
 * @throws UsageError with the problem, HelpRequested for `--help`
 */
export function parseLocalstackArguments(args: readonly string[]): LocalstackRequest {
  const { options } = parseCommand<LocalstackOptions>(localstackCommand(), args);
  const { down, volumes, logs, follow, difference } = options;
  if (volumes && !down) throw new UsageError('--volumes goes with --down');
  if (follow && logs === undefined) throw new UsageError('--follow goes with --logs <function>');
  if (down) return { kind: 'down', volumes: volumes === true };
  if (logs !== undefined) return { kind: 'logs', of: logs, follow: follow === true };
  return difference ? { kind: 'difference' } : upRequest(options);
}

function upRequest(options: LocalstackOptions): UpRequest {
  const { exchange, exchangeTime: exchangeTimeMs, exchanges, pairs, settings } = options;
  if (exchange === 'live' && exchangeTimeMs !== undefined) {
    throw new UsageError(
      '--exchange-time goes with an exchange that is simulated or recorded; leave it out, or choose another --exchange',
    );
  }
  if (exchanges !== undefined && 'exchanges' in settings) {
    throw new UsageError('Give --exchanges, or exchanges in --settings; leave one of them out');
  }
  return {
    kind: 'up',
    exchange,
    exchangeTimeMs,
    exchanges,
    pairs,
    historyStartMs: options.historyStart,
    settings,
    ui: options.ui === true,
    replace: options.replace === true,
  };
}

function localstackCommand(): Command {
  const command = new Command('npm run localstack --').description(
    'Deploys the stacks into LocalStack on this machine, with Kafka and Cassandra in containers, and shows a table of their work. The table ends with Ctrl-C or its terminal; the containers stay until --down. These variables set other ports: LOCALSTACK_PORT, KAFKA_PORT, CASSANDRA_PORT, EXCHANGE_PORT, KAFKA_UI_PORT.',
  );
  return withModes(withUpOptions(command));
}

function withUpOptions(command: Command): Command {
  return command
    .addOption(exchangeOption().default('auto'))
    .option(
      '--exchange-time <time>',
      'fixed time of an exchange that is not live (default: the time of the clock)',
      minuteArgument,
    )
    .addOption(exchangesOption())
    .addOption(pairsOption())
    .addOption(historyStartOption())
    .option(
      '--settings <json>',
      'replaces settings of lib/stages/localstack.ts',
      settingsArgument,
      {},
    )
    .option('--ui', 'with Kafka UI, on http://127.0.0.1:8080')
    .option('--replace', 'replace the pairs or the exchange of a run that shows its table');
}

function withModes(command: Command): Command {
  const modes = ['down', 'logs', 'difference'];
  const mode = (flags: string, text: string, others: readonly string[]) =>
    new Option(flags, text).conflicts(modes.filter((name) => others.includes(name)));
  return command
    .addOption(mode('--down', 'stop and remove everything except the data', ['logs', 'difference']))
    .option('--volumes', 'with --down: delete the data too')
    .addOption(
      mode('--logs <function>', "print a function's log", ['difference']).argParser(
        functionArgument,
      ),
    )
    .option('--follow', 'with --logs: continue until Ctrl-C')
    .option('--difference', 'print how the deployed templates differ from those of the stage dev');
}

function functionArgument(text: string): AnyFunction {
  const name = ALL_FUNCTIONS.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  throw new InvalidArgumentError(`The functions are ${ALL_FUNCTIONS.join(', ')}.`);
}

function settingsArgument(text: string): Readonly<Record<string, unknown>> {
  const parsed = parsedJson(text);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Readonly<Record<string, unknown>>;
  }
  throw new InvalidArgumentError('Expected a JSON object such as {"scheduleMinutes":5}.');
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
