import { Command, InvalidArgumentError, Option } from 'commander';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { isPair } from '../../lambdas/shared/domain/segment';
import {
  type CommandOutcome,
  parseCommand,
  timeArgument,
  UsageError,
} from '../../cli/command-line';
import { parsePort } from '../../cli/free-port';
import { minuteText } from '../../cli/utc-time';

/** Recorded time to play: `[fromMs, toMs)` of the candles in a folder. */
export interface ReplayRequest {
  readonly folder: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether to end once all is stored. */
  readonly exit: boolean;
}

/** What `npm start` is asked for. */
export interface StartRequest {
  readonly stage: string;
  readonly engines: 'auto' | 'docker' | 'jvm';
  /** `auto`, `live`, `simulated`, or a folder with recorded candles. */
  readonly exchange: string;
  /** Undefined: those of the stage, or of the recording. */
  readonly pairs: readonly string[] | undefined;
  /** Where new pairs start; undefined: yesterday. */
  readonly historyStartMs: number | undefined;
  readonly fresh: boolean;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  readonly replay: ReplayRequest | undefined;
}

interface Options {
  readonly stage: string;
  readonly engines: 'auto' | 'docker' | 'jvm';
  readonly exchange?: string;
  readonly pairs?: readonly string[];
  readonly historyStart?: number;
  readonly fresh?: true;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  readonly replay?: string;
  readonly from?: number;
  readonly to?: number;
  readonly exit?: true;
}

/**
 * Reads the arguments of `npm start`, without the program's name.
 *
 * @throws UsageError that says what is wrong, HelpRequested for `--help`
 */
export function parseStartArguments(args: readonly string[]): StartRequest {
  const { options }: CommandOutcome<Options> = parseCommand(startCommand(), args);
  const { stage, engines, pairs, kafkaPort, cassandraPort } = options;
  const exchange = options.exchange ?? 'auto';
  const replay = replayOf(options);
  if (kafkaPort === cassandraPort) {
    throw new UsageError(`--kafka-port and --cassandra-port are both ${kafkaPort}; choose two`);
  }
  const historyStartMs = options.historyStart;
  const fresh = options.fresh === true;
  return {
    ...{ stage, engines, exchange, pairs, historyStartMs, fresh },
    kafkaPort,
    cassandraPort,
    replay,
  };
}

function replayOf(options: Options): ReplayRequest | undefined {
  const { replay: folder, from: fromMs, to: toMs } = options;
  if (folder === undefined) {
    if (fromMs === undefined && toMs === undefined && options.exit === undefined) return undefined;
    throw new UsageError('--from, --to and --exit go with --replay <folder>');
  }
  if (options.exchange !== undefined || options.historyStart !== undefined) {
    throw new UsageError(
      '--replay brings its own exchange and start; leave out --exchange and --history-start',
    );
  }
  if (fromMs === undefined || toMs === undefined) {
    throw new UsageError(
      '--replay needs --from and --to, such as --from 2018-01-22 --to 2018-01-23',
    );
  }
  if (fromMs >= toMs) {
    throw new UsageError(
      `--from ${minuteText(fromMs)} is not before --to ${minuteText(toMs)} (UTC)`,
    );
  }
  return { folder, fromMs, toMs, exit: options.exit === true };
}

function startCommand(): Command {
  return new Command('npm start --')
    .description(
      'Runs the whole pipeline on this machine, from the synthesized template, on real Kafka and Cassandra.',
    )
    .option('--stage <name>', 'the stage whose template runs', 'dev')
    .addOption(
      new Option('--engines <kind>', 'Docker containers, or JVM processes of this machine')
        .choices(['auto', 'docker', 'jvm'])
        .default('auto'),
    )
    .option(
      '--exchange <exchange>',
      'auto (live where Gate.io answers, else simulated), live, simulated, or a folder with recorded candles',
    )
    .option(
      '--pairs <pairs>',
      'such as BTC_USDT,ETH_USDT (default: those of the stage, or of the recording)',
      pairsArgument,
    )
    .option(
      '--history-start <time>',
      'where new pairs start (default: yesterday, UTC)',
      minuteArgument,
    )
    .option('--fresh', 'start with empty data')
    .option('--kafka-port <port>', "Kafka's port on 127.0.0.1", portArgument, 9092)
    .option('--cassandra-port <port>', "Cassandra's port on 127.0.0.1", portArgument, 9042)
    .option('--replay <folder>', 'play the recorded candles of a folder, tick by tick')
    .option('--from <time>', 'with --replay: the first minute, ISO 8601, UTC', minuteArgument)
    .option('--to <time>', 'with --replay: the minute to stop before', minuteArgument)
    .option('--exit', 'with --replay: end once all is stored');
}

/** An option's value as pairs. @throws InvalidArgumentError */
export function pairsArgument(text: string): readonly string[] {
  const pairs = text.split(',');
  const wrong = pairs.find((pair) => !isPair(pair));
  if (wrong === undefined) return pairs;
  throw new InvalidArgumentError(`${JSON.stringify(wrong)} is not a pair such as BTC_USDT.`);
}

function portArgument(text: string): number {
  const port = parsePort(text);
  if (port !== undefined) return port;
  throw new InvalidArgumentError('Expected a port from 1 to 65535.');
}

/** An option's value as a whole minute: UTC milliseconds. @throws InvalidArgumentError */
export function minuteArgument(text: string): number {
  const timeMs = timeArgument(text);
  if (timeMs % MINUTE_MS === 0) return timeMs;
  throw new InvalidArgumentError('Expected a whole minute.');
}
