import { Duration, Size } from 'aws-cdk-lib';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { FetchVariable } from '../../lambdas/fetch/environment';
import type { QueryVariable } from '../../lambdas/query/environment';
import type { ReconcileVariable } from '../../lambdas/reconcile/environment';
import type { BatchVariable, ConnectionVariable } from '../../lambdas/shared/adapters/environment';
import type { TransformVariable } from '../../lambdas/transform/environment';
import type { Database } from '../database/database';
import type { Kafka } from '../kafka/kafka';
import type { SchemaVersionIds } from '../kafka/schema-version-ids';
import type { Network } from '../network/network';
import { exchangesVariable } from '../stages/exchanges-variable';
import { PAIRS_METADATA_KEY, pairsByExchange } from '../stages/followed-pairs';
import { pairsFile } from './pairs-beside-code';
import { type FunctionEnvironment, PipelineFunction } from './pipeline-function';
import { largestShard } from '../stages/firing-parts';
import { marketsOf } from '../stages/settings/exchange-settings';
import type { StageConfig } from '../stages/stage-config';
import { requestShares } from '../stages/request-shares';
import { behindMinutes, fetchTimeoutSeconds, RECONCILE_TIMEOUT_SECONDS } from '../stages/tick';

/** The network, the brokers, the tables and the schemas that the functions of a pipeline use. */
export interface PipelineData {
  readonly network: Network;
  readonly kafka: Kafka;
  readonly database: Database;
  readonly schemaVersionIds: SchemaVersionIds;
}

/** Properties of the functions of a pipeline. */
export interface PipelineFunctionsProps {
  readonly stage: StageConfig;
  readonly data: PipelineData;
}

/** Creates the function that a tick invokes. */
export function createFetch(
  scope: Construct,
  { stage, data }: PipelineFunctionsProps,
): PipelineFunction<FetchVariable> {
  const fetch = new PipelineFunction<FetchVariable>(scope, 'Fetch', {
    stage,
    network: data.network,
    name: 'fetch',
    description: 'Requests missing minutes from an exchange',
    memory: fetchMemory(stage),
    timeout: Duration.seconds(fetchTimeoutSeconds(stage.scheduleMinutes)),
    environment: {
      ...connections(scope, data),
      EXCHANGES: exchangesVariable(stage.exchanges, (requests) => requestShares(requests).fetch),
      BEHIND_MINUTES: String(behindMinutes(stage.scheduleMinutes)),
      SCHEDULE_MINUTES: String(stage.scheduleMinutes),
      SILENT_AFTER_MINUTES: String(stage.silentAfterMinutes),
    },
    filesBeside: pairsFile(stage.exchanges),
  });
  const resource = fetch.node.defaultChild as CfnFunction;
  resource.addMetadata(PAIRS_METADATA_KEY, pairsByExchange(stage.exchanges));
  return fetch;
}

/** More markets than this of a firing take more of a processor, of which a function gets as much as of memory. */
const MARKETS_OF_LEAST_MEMORY = 250;

function fetchMemory({ exchanges }: StageConfig): Size {
  const largest = Math.max(...exchanges.map((exchange) => largestShard(marketsOf(exchange))));
  return memoryOf(largest);
}

/** Reconcile holds the ledgers of all markets of an exchange. */
function reconcileMemory({ exchanges }: StageConfig): Size {
  return memoryOf(Math.max(...exchanges.map(marketsOf)));
}

function memoryOf(markets: number): Size {
  return Size.mebibytes(markets > MARKETS_OF_LEAST_MEMORY ? 1_024 : 512);
}

/** Creates the function that asks for past days again. */
export function createReconcile(
  scope: Construct,
  { stage, data }: PipelineFunctionsProps,
): PipelineFunction<ReconcileVariable> {
  return new PipelineFunction<ReconcileVariable>(scope, 'Reconcile', {
    stage,
    network: data.network,
    name: 'reconcile',
    description: 'Asks for past days again until they are sealed, and for history',
    memory: reconcileMemory(stage),
    timeout: Duration.seconds(RECONCILE_TIMEOUT_SECONDS),
    environment: {
      ...connections(scope, data),
      EXCHANGES: exchangesVariable(
        stage.exchanges,
        (requests) => requestShares(requests).reconcile,
      ),
      HISTORY_START: stage.historyStart,
      ...firingsAhead(stage),
    },
    filesBeside: pairsFile(stage.exchanges),
  });
}

/** Creates the function that consumes `candles.observed`. */
export function createTransform(
  scope: Construct,
  { stage, data }: PipelineFunctionsProps,
): PipelineFunction<TransformVariable> {
  return new PipelineFunction<TransformVariable>(scope, 'Transform', {
    stage,
    network: data.network,
    name: 'transform',
    description: 'Rolls observed minutes up into windows',
    memory: Size.mebibytes(1_024),
    timeout: Duration.minutes(2),
    environment: {
      ...connections(scope, data),
      ...batchFailures(stage),
      OPEN_WINDOWS_EVERY_MINUTES: String(stage.openWindowMinutes),
    },
  });
}

/** Creates the function that consumes `candles.rolled`. */
export function createPersist(
  scope: Construct,
  { stage, data }: PipelineFunctionsProps,
): PipelineFunction<BatchVariable> {
  return new PipelineFunction<BatchVariable>(scope, 'Persist', {
    stage,
    network: data.network,
    name: 'persist',
    description: 'Stores candles, then the progress of their pair',
    memory: Size.mebibytes(1_024),
    // A full batch of whole days is some 90,000 rows, which Keyspaces accepts at its own pace.
    timeout: Duration.minutes(5),
    environment: { ...connections(scope, data), ...batchFailures(stage) },
  });
}

/** Time that a query may take: a database that does not answer is told before a client gives up. */
const QUERY_TIMEOUT_SECONDS = 25;

/** Creates the function that answers queries. It knows nothing of the brokers. */
export function createQuery(
  scope: Construct,
  { stage, data }: PipelineFunctionsProps,
  maxConcurrency: number,
): PipelineFunction<QueryVariable> {
  return new PipelineFunction<QueryVariable>(scope, 'Query', {
    stage,
    network: data.network,
    name: 'query',
    description: 'Answers queries for candles and their completeness, and serves the page',
    memory: Size.mebibytes(512),
    timeout: Duration.seconds(QUERY_TIMEOUT_SECONDS),
    reservedConcurrency: maxConcurrency,
    environment: {
      ...data.database.environment,
      STAGE: stage.name,
      EXCHANGES: exchangesVariable(stage.exchanges, (requests) => requests),
      HISTORY_START: stage.historyStart,
    },
    filesBeside: pairsFile(stage.exchanges),
  });
}

/** Variables with which every function finds the brokers, the tables and the schemas. */
function connections(
  scope: Construct,
  { kafka, database, schemaVersionIds }: PipelineData,
): FunctionEnvironment<ConnectionVariable> {
  return {
    ...kafka.environment,
    ...database.environment,
    SCHEMA_VERSION_IDS: schemaVersionIds.jsonFor(scope),
  };
}

function firingsAhead({ firingsAheadMinutes: minutes }: StageConfig) {
  return minutes === undefined ? {} : { FIRINGS_AHEAD_MINUTES: String(minutes) };
}

/** An event source on demand retries a batch if the function throws; one with its own pollers reads which records failed. */
function batchFailures({ eventSources }: StageConfig): {
  readonly BATCH_FAILURES: 'throw' | 'report';
} {
  return { BATCH_FAILURES: eventSources.mode.kind === 'provisioned' ? 'report' : 'throw' };
}
