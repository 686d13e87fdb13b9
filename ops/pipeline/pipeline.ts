import type { CassandraEnvironment } from '../../lambdas/shared/adapters/database/cassandra-client';
import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { AwsCredentials } from '../../lambdas/shared/adapters/aws-signature';
import type {
  StoredCandle,
  TimeRange,
} from '../../lambdas/shared/adapters/database/stored-candles';
import type { Interval } from '../../lambdas/shared/domain/interval';
import type { Market } from '../../lambdas/shared/domain/market';
import type {
  CandleReader,
  DayReader,
  RepairStore,
  StatusReader,
} from '../../lambdas/shared/domain/ports';
import type { Gap } from '../../lambdas/shared/domain/progress/gaps';
import { OperationError } from '../operation-error';

/** An exchange that a pipeline follows. */
export interface PipelineExchange {
  readonly name: ExchangeName;
  /** The pairs that are followed, by their names or by patterns. */
  readonly pairs: readonly string[];
  /** Age of the oldest one-minute candles that its API serves. */
  readonly retentionMs: number;
  /** Base URL of its API, as it is reached from this machine. */
  readonly url: string;
  /** Base URL of its archive; null if it has none. */
  readonly archiveUrl: string | null;
}

/** A pipeline whose data is read or repaired: a local run, LocalStack's, or a stage in AWS. */
export interface Pipeline {
  /** For people: `the local run`, or `the stage dev in eu-central-1`. */
  readonly name: string;
  /** The markets that it follows by their names. */
  readonly markets: readonly Market[];
  /** Start of the first UTC day that it wants of each. */
  readonly historyStartMs: number;
  /** The exchanges that it follows. */
  readonly exchanges: ReadonlyMap<string, PipelineExchange>;
  readonly database: CassandraEnvironment;
  /** Undefined if the database asks for none. */
  readonly credentials: AwsCredentials | undefined;
}

/** The stored data of a pipeline. */
export interface PipelineStore extends StatusReader, DayReader, CandleReader, RepairStore {
  /** The stored gaps of a market that start in `[fromMs, toMs)`. */
  readGaps(market: Market, range: TimeRange): Promise<readonly Gap[]>;
  /** From the oldest stored candle of a market and interval to the end of its newest; undefined if none is stored. */
  readStoredRange(market: Market, interval: Interval): Promise<TimeRange | undefined>;
  /** The stored candles of a market and interval that open in `[fromMs, toMs)`, with their observation, oldest first. */
  readStoredCandles(
    market: Market,
    range: TimeRange & { readonly interval: Interval },
  ): Promise<readonly StoredCandle[]>;
  /** The time of the database's own clock. */
  databaseTime(): Promise<number>;
  /** Every market of which anything is stored, in alphabetical order. */
  knownMarkets(): Promise<readonly Market[]>;
  close(): Promise<void>;
}

/** Which pipeline a command line names. */
export interface PipelineChoice {
  /** A stage in AWS; undefined for the local run that runs now. */
  readonly stage: string | undefined;
  /** A profile of AWS's configuration files; undefined for the credentials of the environment. */
  readonly profile: string | undefined;
  /** Undefined for the region of the environment or the profile. */
  readonly region: string | undefined;
}

/** Finds and opens pipelines. */
export interface PipelineAccess {
  /** @throws OperationError if there is no such pipeline, or it cannot be reached */
  readonly find: (choice: PipelineChoice) => Promise<Pipeline>;
  /** Connects when it is first used. */
  readonly open: (pipeline: Pipeline) => PipelineStore;
}

/** Age of the oldest candles that the API of a market's exchange serves; 0 if that is not followed any more. */
export function retentionMsOf({ exchanges }: Pick<Pipeline, 'exchanges'>, market: Market): number {
  return exchanges.get(market.exchange)?.retentionMs ?? 0;
}

/**
 * The exchange of a market.
 *
 * @throws OperationError if it is not followed any more
 */
export function exchangeOf({ exchanges, name }: Pipeline, market: Market): PipelineExchange {
  const exchange = exchanges.get(market.exchange);
  if (exchange !== undefined) return exchange;
  throw new OperationError(
    `${name} does not follow ${market.exchange} any more: choose a market of ${[...exchanges.keys()].join(', ')}`,
  );
}
