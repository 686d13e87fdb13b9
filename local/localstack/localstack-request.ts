import { Command, InvalidArgumentError, Option } from 'commander';
import { FUNCTION_NAMES, type FunctionName } from '../../lib/naming/function-names';
import { parseCommand, UsageError } from '../../cli/command-line';
import { minuteArgument, pairsArgument } from '../start/start-request';

/** What `npm run localstack` is asked for. */
export type LocalstackRequest =
  | UpRequest
  | { readonly kind: 'down'; readonly volumes: boolean }
  | { readonly kind: 'logs'; readonly of: FunctionName; readonly follow: boolean }
  | { readonly kind: 'difference' };

/** To bring everything up, deploy, and show it. */
export interface UpRequest {
  readonly kind: 'up';
  /** `auto`, `live`, `simulated`, or a folder with recorded candles. */
  readonly exchange: string;
  /** When it always is at an exchange that is not live; undefined for the clock's time. */
  readonly exchangeTimeMs: number | undefined;
  /** Undefined: those of the stage, or of the recording. */
  readonly pairs: readonly string[] | undefined;
  /** Where new pairs start; undefined: yesterday. */
  readonly historyStartMs: number | undefined;
  /** Over the settings of the stage and what the other options say. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Whether Kafka UI is wanted too. */
  readonly ui: boolean;
}

interface Options {
  readonly exchange: string;
  readonly exchangeTime?: number;
  readonly pairs?: readonly string[];
  readonly historyStart?: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly ui?: true;
  readonly down?: true;
  readonly volumes?: true;
  readonly logs?: FunctionName;
  readonly follow?: true;
  readonly difference?: true;
}

/**
 * Reads the arguments of `npm run localstack`, without the program's name.
 *
 * @throws UsageError that says what is wrong, HelpRequested for `--help`
 */
export function parseLocalstackArguments(args: readonly string[]): LocalstackRequest {
  const { options } = parseCommand<Options>(localstackCommand(), args);
  const { down, volumes, logs, follow, difference } = options;
  if (volumes && !down) throw new UsageError('--volumes goes with --down');
  if (follow && logs === undefined) throw new UsageError('--follow goes with --logs <function>');
  if (down) return { kind: 'down', volumes: volumes === true };
  if (logs !== undefined) return { kind: 'logs', of: logs, follow: follow === true };
  return difference ? { kind: 'difference' } : upRequest(options);
}

function upRequest(options: Options): UpRequest {
  const { exchange, pairs, settings } = options;
  const exchangeTimeMs = options.exchangeTime;
  const historyStartMs = options.historyStart;
  if (exchange === 'live' && exchangeTimeMs !== undefined) {
    throw new UsageError('--exchange-time goes with an exchange that is simulated or recorded');
  }
  const ui = options.ui === true;
  return { kind: 'up', exchange, exchangeTimeMs, pairs, historyStartMs, settings, ui };
}

function localstackCommand(): Command {
  const command = new Command('npm run localstack --').description(
    'Deploys the stack into LocalStack on this machine, with Kafka and Cassandra in containers, and shows its work. Ports: LOCALSTACK_PORT, KAFKA_PORT, CASSANDRA_PORT, EXCHANGE_PORT, KAFKA_UI_PORT.',
  );
  return withModes(withUpOptions(command));
}

function withUpOptions(command: Command): Command {
  return command
    .option(
      '--exchange <exchange>',
      'auto (live where Gate.io answers, else simulated), live, simulated, or a folder with recorded candles',
      'auto',
    )
    .option(
      '--exchange-time <time>',
      'when it always is at an exchange that is not live (default: now)',
      minuteArgument,
    )
    .option('--pairs <pairs>', 'such as BTC_USDT,ETH_USDT', pairsArgument)
    .option(
      '--history-start <time>',
      'where new pairs start (default: yesterday, UTC)',
      minuteArgument,
    )
    .option('--settings <json>', 'settings over those of lib/stages/localstack.ts', settingsOf, {})
    .option('--ui', 'with Kafka UI, on http://127.0.0.1:8080');
}

function withModes(command: Command): Command {
  const modes = ['down', 'logs', 'difference'];
  const mode = (flags: string, text: string, others: readonly string[]) =>
    new Option(flags, text).conflicts(modes.filter((name) => others.includes(name)));
  return command
    .addOption(mode('--down', 'stop and remove everything; the data stays', ['logs', 'difference']))
    .option('--volumes', 'with --down: forget the data too')
    .addOption(
      mode('--logs <function>', "a function's log", ['difference']).argParser(functionArgument),
    )
    .option('--follow', 'with --logs: go on until Ctrl-C')
    .option('--difference', 'how what is deployed differs from the stage dev');
}

function functionArgument(text: string): FunctionName {
  const name = FUNCTION_NAMES.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  throw new InvalidArgumentError(`The functions are ${FUNCTION_NAMES.join(', ')}.`);
}

function settingsOf(text: string): Readonly<Record<string, unknown>> {
  const parsed = jsonOf(text);
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    return parsed as Readonly<Record<string, unknown>>;
  }
  throw new InvalidArgumentError('Expected a JSON object such as {"scheduleMinutes":5}.');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
