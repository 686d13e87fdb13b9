import { Command, Option } from 'commander';
import { parseCommand, UsageError, portArgument } from '../../cli/command-line';
import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { minuteText } from '../../cli/utc-time';
import type { CapacityLimits } from '../keyspaces/write-capacity';
import type { Lie } from '../exchange/random-lies';
import {
  exchangeOption,
  exchangesOption,
  historyStart,
  historyStartOption,
  liesOption,
  lieRateOption,
  throttleOption,
  minuteArgument,
  pairsOption,
} from './start-arguments';

/** Recorded time to replay: `[fromMs, toMs)` of the candles in a folder. */
export interface ReplayRequest {
  readonly folder: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** Whether to end once all is stored. */
  readonly exit: boolean;
}

const DEFAULT_LIE_RATE = 0.05;

/** Lies were asked of real exchanges. */
export class LiveExchangeLiesError extends UsageError {
  constructor() {
    super('--lies is not for real exchanges; choose --exchange simulated, or a folder');
  }
}

/** A lie, of one exchange or of each. */
export interface AskedLie {
  readonly lie: Lie;
  /** Undefined: of each exchange. */
  readonly exchange: ExchangeName | undefined;
}

/** A lie as it is asked for: `late`, or `binance:late`. */
export function lieText({ lie, exchange }: AskedLie): string {
  return exchange === undefined ? lie : `${exchange}:${lie}`;
}

/** Lies that the exchange tells, and the share of answers and minutes that lie. */
export interface LiesRequest {
  readonly lies: readonly AskedLie[];
  readonly rate: number;
}

/** The arguments of `npm start`. */
export interface StartRequest {
  readonly stage: string;
  readonly engines: 'auto' | 'docker' | 'jvm';
  /** `auto`, `live`, `simulated`, or a folder with recorded candles. */
  readonly exchange: string;
  /** The exchanges to follow; undefined for those of the stage. */
  readonly exchanges: readonly ExchangeName[] | undefined;
  /** `BTC_USDT`, of each exchange, or `binance:BTC_USDT`. Undefined: those of the stage, or of the recording. */
  readonly pairs: readonly string[] | undefined;
  /** Start of the first UTC day that is wanted. */
  readonly historyStartMs: number;
  /** The lies of a simulated or recorded exchange; undefined if it does not lie. */
  readonly lies: LiesRequest | undefined;
  /** Capacity beyond which the database throttles writes; undefined if it never does. */
  readonly writeCapacity: CapacityLimits | undefined;
  readonly fresh: boolean;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  /** Undefined: the usual one, or any other if that is taken. */
  readonly apiPort: number | undefined;
  readonly replay: ReplayRequest | undefined;
}

/** The options of the command line as commander gives them. */
interface StartOptions {
  readonly stage: string;
  readonly engines: 'auto' | 'docker' | 'jvm';
  readonly exchange?: string;
  readonly exchanges?: readonly ExchangeName[];
  readonly pairs?: readonly string[];
  readonly historyStart?: number;
  readonly lies?: readonly AskedLie[];
  readonly lieRate?: number;
  readonly throttle?: number;
  readonly fresh?: true;
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  readonly apiPort?: number;
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
    exchanges: options.exchanges,
    pairs,
    historyStartMs: historyStart(options.historyStart, nowMs),
    lies: liesRequest(options),
    writeCapacity: writeCapacity(options),
    fresh: options.fresh === true,
    kafkaPort,
    cassandraPort,
    apiPort: options.apiPort,
    replay,
  };
}

/** A partition takes a quarter of what a new table does, at Keyspaces. */
function writeCapacity({ throttle }: StartOptions): CapacityLimits | undefined {
  if (throttle === undefined) return undefined;
  return { tableRowsPerS: throttle, partitionRowsPerS: Math.ceil(throttle / 4) };
}

function liesRequest({ lies, lieRate, exchange }: StartOptions): LiesRequest | undefined {
  if (lies === undefined) {
    if (lieRate === undefined) return undefined;
    throw new UsageError('--lie-rate goes with --lies, such as --lies late,stale');
  }
  if (exchange === 'live') throw new LiveExchangeLiesError();
  return { lies, rate: lieRate ?? DEFAULT_LIE_RATE };
}

function replayRequest(options: StartOptions): ReplayRequest | undefined {
  const { replay: folder, from: fromMs, to: toMs } = options;
  if (folder === undefined) {
    if (fromMs === undefined && toMs === undefined && options.exit === undefined) return undefined;
    throw new UsageError('--from, --to and --exit go with --replay <folder>');
  }
  if (options.exchanges !== undefined) {
    throw new UsageError('--replay is for Gate.io only; leave out --exchanges');
  }
  assertOfGateIo('--pairs', options.pairs ?? []);
  assertOfGateIo('--lies', (options.lies ?? []).map(lieText));
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

/** @throws UsageError for what is of another exchange than Gate.io, such as `binance:BTC_USDT` */
function assertOfGateIo(flag: '--pairs' | '--lies', asked: readonly string[]): void {
  const other = asked.find((one) => one.includes(':') && !one.startsWith('gate-io:'));
  if (other === undefined) return;
  const [, own] = other.split(':');
  throw new UsageError(
    `--replay is for Gate.io only, and ${flag} ${other} is not; choose ${flag} ${own}`,
  );
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
    .addOption(exchangesOption())
    .addOption(pairsOption())
    .addOption(historyStartOption())
    .addOption(liesOption())
    .addOption(lieRateOption())
    .addOption(throttleOption())
    .option('--fresh', 'delete the stored data first')
    .option('--kafka-port <port>', "Kafka's port on 127.0.0.1", portArgument, 9092)
    .option('--cassandra-port <port>', "Cassandra's port on 127.0.0.1", portArgument, 9042)
    .option(
      '--api-port <port>',
      'port of the query API and the page on 127.0.0.1 (default: 8787, or a free one)',
      portArgument,
    )
    .option(
      '--replay <folder>',
      'replay the recorded candles of a folder, tick by tick; past days are not audited',
    )
    .option('--from <time>', 'with --replay: first minute, ISO 8601, UTC', minuteArgument)
    .option('--to <time>', 'with --replay: minute to stop before', minuteArgument)
    .option('--exit', 'with --replay: end once all is stored');
}
