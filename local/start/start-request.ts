import { Command, Option } from 'commander';
import { parseCommand, UsageError } from '../../cli/command-line';
import { minuteText } from '../../cli/utc-time';
import {
  exchangeOption,
  historyStart,
  historyStartOption,
  minuteArgument,
  pairsArgument,
  portArgument,
} from './start-arguments';

/** Recorded time to replay: `[fromMs, toMs)` of the candles in a folder. */
export interface ReplayRequest {
  readonly folder: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether to end once all is stored. */
  readonly exit: boolean;
}

/** The arguments of `npm start`. */
export interface StartRequest {
  readonly stage: string;
  readonly engines: 'auto' | 'docker' | 'jvm';
  /** `auto`, `live`, `simulated`, or a folder with recorded candles. */
  readonly exchange: string;
  /** Undefined: those of the stage, or of the recording. */
  readonly pairs: readonly string[] | undefined;
  /** First minute of new pairs. */
  readonly historyStartMs: number;
  readonly fresh: boolean;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  readonly replay: ReplayRequest | undefined;
}

/** The options of the command line as commander gives them. */
interface StartOptions {
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
 * @throws UsageError with the wrong value and a remedy, HelpRequested for `--help`
 */
export function parseStartArguments(args: readonly string[], nowMs: number): StartRequest {
  const { options } = parseCommand<StartOptions>(startCommand(), args);
  const { stage, engines, exchange = 'auto', pairs, kafkaPort, cassandraPort } = options;
  const replay = replayRequest(options);
  if (kafkaPort === cassandraPort) {
    throw new UsageError(`--kafka-port and --cassandra-port are both ${kafkaPort}; choose two`);
  }
  return {
    stage,
    engines,
    exchange,
    pairs,
    historyStartMs: historyStart(options.historyStart, nowMs),
    fresh: options.fresh === true,
    kafkaPort,
    cassandraPort,
    replay,
  };
}

function replayRequest(options: StartOptions): ReplayRequest | undefined {
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
    .option('--stage <name>', 'stage whose template runs', 'dev')
    .addOption(
      new Option('--engines <kind>', 'Docker containers, or JVM processes of this machine')
        .choices(['auto', 'docker', 'jvm'])
        .default('auto'),
    )
    .addOption(exchangeOption())
    .option(
      '--pairs <pairs>',
      'such as BTC_USDT,ETH_USDT (default: those of the stage, or of the recording)',
      pairsArgument,
    )
    .addOption(historyStartOption())
    .option('--fresh', 'delete the stored data first')
    .option('--kafka-port <port>', "Kafka's port on 127.0.0.1", portArgument, 9092)
    .option('--cassandra-port <port>', "Cassandra's port on 127.0.0.1", portArgument, 9042)
    .option('--replay <folder>', 'replay the recorded candles of a folder, tick by tick')
    .option('--from <time>', 'with --replay: first minute, ISO 8601, UTC', minuteArgument)
    .option('--to <time>', 'with --replay: minute to stop before', minuteArgument)
    .option('--exit', 'with --replay: end once all is stored');
}
