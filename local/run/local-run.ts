import { join } from 'node:path';
import type { PairsByExchange } from '../../lambdas/shared/adapters/pairs-file';
import { createCandleStore } from '../../lambdas/shared/adapters/database/candle-store';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import type { ChosenSettings } from '../emulator/local-environment';
import {
  type PipelineTemplate,
  readPipelineTemplate,
} from '../emulator/template/pipeline-template';
import {
  type Pipeline,
  type PipelineHooks,
  type PipelineOptions,
  startPipeline,
} from '../emulator/start-pipeline';
import { readAssembly } from '../emulator/template/assembly';
import { LOCAL_DATA_CENTER } from '../engines/engine-answers';
import { type StartedEngines, startEngines } from '../engines/start-engines';
import { ThrottlingProxy } from '../keyspaces/throttling-proxy';
import type { CapacityLimits } from '../keyspaces/write-capacity';
import { followedByRun, marketsOf } from './followed-by-run';
import { connectToRun } from './run-database';
import type { FollowedByRun } from './run-description';
import type { FollowedPairs, LocalExchange } from './run-exchange';
import { withPairs } from './chosen-pairs';
import { synthesize } from '../../cli/synthesize';
import { stageNamed } from '../../lib/stages';
import { type ExchangeSetting, usualExchange } from '../../lib/stages/settings/exchange-settings';
import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';

/** Settings of a run over those of its stage. */
export interface RunSettings extends ChosenSettings {
  /** The pairs to follow: the stage is synthesized with them. @default those of the stage */
  readonly pairs?: PairsByExchange;
}

/** Options of a local run. */
export interface LocalRunOptions<Exchange extends LocalExchange> {
  readonly stage: string;
  /** The folder of what is kept from run to run: the engines' data, logs, templates. */
  readonly dataDir: string;
  readonly engines: 'auto' | 'docker' | 'jvm';
  readonly kafkaPort: number;
  readonly cassandraPort: number;
  /** Whether to start with empty data. */
  readonly fresh: boolean;
  /** Capacity beyond which the database throttles writes, as Keyspaces does. @default none */
  readonly writeCapacity?: CapacityLimits | undefined;
  /** If false, event sources wait for no batch to fill, as where time goes by faster than the clock. @default true */
  readonly batchingWindows?: boolean;
  /** The exchanges to follow, with their settings. @default those of the stage */
  readonly exchanges?: readonly ExchangeSetting[] | undefined;
  /** Opens the exchange, knowing what is followed. */
  readonly exchange: (followed: readonly FollowedPairs[]) => Promise<Exchange>;
  /** Settings of the run over those of the stage, knowing the exchange. */
  readonly settings: (exchange: Exchange, followed: readonly FollowedPairs[]) => RunSettings;
  readonly onProgress: (line: string) => void;
  readonly hooks?: PipelineHooks;
  /** Aborting it ends what has been started, and the start rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** A local run that has started. */
export interface LocalRun<Exchange extends LocalExchange> {
  readonly engines: StartedEngines;
  readonly exchange: Exchange;
  readonly pipeline: Pipeline;
  /** Undefined if the database takes writes as fast as it can. */
  readonly throttling: ThrottlingProxy | undefined;
  /** The options that the pipeline was started with. */
  readonly pipelineOptions: PipelineOptions;
  readonly template: PipelineTemplate;
  readonly session: CassandraSession;
  readonly store: ReturnType<typeof createCandleStore>;
  /** What it follows. */
  readonly followed: FollowedByRun;
  /** Those of the pairs that are Gate.io's: replays and benchmarks are of these alone. */
  readonly pairs: readonly string[];
  readonly logsDir: string;
  /** Ends everything that was started, against the flow of the data. */
  stop(): Promise<void>;
}

/**
 * The settings of exchanges: as a stage has them, else as they are by themselves, with the pairs of
 * the stage's first exchange.
 *
 * @throws UnknownStageError
 */
export function exchangeSettings(
  stage: string,
  names: readonly ExchangeName[],
): readonly ExchangeSetting[] {
  const { exchanges } = stageNamed(stage);
  return names.map(
    (name) =>
      exchanges.find(({ kind }) => kind === name) ?? usualExchange(name, exchanges[0]?.pairs ?? []),
  );
}

type Stop = () => Promise<void>;

/**
 * Opens the exchange, then synthesizes the stage and starts what it describes:
 * engines, topics, tables, functions and event sources. Ticks are left to the
 * caller. If anything fails, nothing is left running.
 *
 * @throws UnknownStageError, or an error of the exchange, before any data is deleted
 * @throws UsageError before any data is deleted, if the pairs are more than a tick can ask for
 */
export async function startLocalRun<Exchange extends LocalExchange>(
  options: LocalRunOptions<Exchange>,
): Promise<LocalRun<Exchange>> {
  const stops: Stop[] = [];
  try {
    return await startAll(options, stops);
  } catch (error) {
    await stopAll(stops);
    // What failed after the abort failed because of it.
    options.signal?.throwIfAborted();
    throw error;
  }
}

async function startAll<Exchange extends LocalExchange>(
  options: LocalRunOptions<Exchange>,
  stops: Stop[],
): Promise<LocalRun<Exchange>> {
  const stage = stageNamed(options.stage);
  const asked = options.exchanges ?? stage.exchanges;
  const askedPairs = asked.map(pairsOfExchange);
  // First of all: a mistyped stage, folder or pair costs no data, and no time.
  const exchange = await options.exchange(askedPairs);
  stops.push(() => exchange.stop());
  options.onProgress(exchange.description);
  const { pairs, ...chosen } = options.settings(exchange, askedPairs);
  const followed = withPairs(stage, asked, pairs);
  const { engines, template } = await startEnginesAndSynthesize(options, followed, stops);
  const throttling = await startThrottling(options, engines, stops);
  const logsDir = join(options.dataDir, 'logs');
  options.signal?.throwIfAborted();
  const pipelineOptions: PipelineOptions = {
    template,
    kafka: engines.kafka.endpoint,
    cassandra: throttling?.endpoint ?? engines.cassandra.endpoint,
    exchanges: exchange.addresses,
    logsDir,
    chosen,
    ...(options.hooks === undefined ? {} : { hooks: options.hooks }),
  };
  const followedByTemplate = followedByRun(pipelineOptions);
  const markets = marketsOf(followedByTemplate);
  const pipeline = await startPipeline(pipelineOptions);
  stops.push(() => pipeline.stop());
  const session = sessionOf(engines.cassandra.endpoint, template);
  stops.push(() => session.close());
  return {
    engines,
    exchange,
    pipeline,
    throttling,
    pipelineOptions,
    template,
    session,
    store: createCandleStore(session),
    followed: followedByTemplate,
    pairs: markets.filter(({ exchange: name }) => name === 'gate-io').map(({ pair }) => pair),
    logsDir,
    stop: () => stopAll(stops),
  };
}

function pairsOfExchange({ kind, pairs }: ExchangeSetting): FollowedPairs {
  return { exchange: kind, pairs };
}

async function startThrottling(
  {
    writeCapacity,
    onProgress,
  }: Pick<LocalRunOptions<LocalExchange>, 'writeCapacity' | 'onProgress'>,
  { cassandra }: StartedEngines,
  stops: Stop[],
): Promise<ThrottlingProxy | undefined> {
  if (writeCapacity === undefined) return undefined;
  const throttling = await ThrottlingProxy.start(cassandra.endpoint, writeCapacity);
  stops.push(() => throttling.stop());
  const { tableRowsPerS, partitionRowsPerS } = writeCapacity;
  onProgress(
    `keyspaces: more than ${tableRowsPerS} rows a second of a table, or ${partitionRowsPerS} of a partition, are throttled`,
  );
  return throttling;
}

/**
 * Engines and templates take about as long as each other, so they are made side
 * by side. Stored data is removed only once there is a template to run.
 */
async function startEnginesAndSynthesize<Exchange extends LocalExchange>(
  options: LocalRunOptions<Exchange>,
  followed: readonly ExchangeSetting[],
  stops: Stop[],
): Promise<{ engines: StartedEngines; template: PipelineTemplate }> {
  const failed = new AbortController();
  const signal = AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]);
  const orAbort = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const synthesizing = orAbort(synthesizedTemplate(options, followed, signal));
  const engineOptions = { ...options, signal, beforeRemoval: synthesizing };
  const starting = orAbort(startEngines(engineOptions)).then((engines) => {
    stops.push(() => engines.stop());
    return engines;
  });
  const [engines, template] = await Promise.allSettled([starting, synthesizing]);
  options.signal?.throwIfAborted();
  // Of two failures the other is only that it was ended because of this one.
  if (failed.signal.aborted) throw failed.signal.reason;
  if (engines.status === 'rejected') throw engines.reason;
  if (template.status === 'rejected') throw template.reason;
  return { engines: engines.value, template: template.value };
}

async function synthesizedTemplate<Exchange extends LocalExchange>(
  { stage, dataDir, onProgress, batchingWindows = true }: LocalRunOptions<Exchange>,
  followed: readonly ExchangeSetting[],
  signal: AbortSignal,
): Promise<PipelineTemplate> {
  const startedMs = performance.now();
  // The rules that fire the functions, and the pairs beside their code, are of what is followed.
  const context = { settings: { [stage]: { exchanges: followed } } };
  const folder = await synthesize(stage, join(dataDir, 'cdk.out'), signal, context);
  const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
  onProgress(`template: stage ${stage} synthesized in ${seconds} s`);
  const template = readPipelineTemplate(readAssembly(folder));
  return batchingWindows ? template : withoutWindows(template);
}

/** The template with event sources that wait for no batch to fill. */
export function withoutWindows(template: PipelineTemplate): PipelineTemplate {
  return { ...template, mappings: template.mappings.map((one) => ({ ...one, windowMs: 0 })) };
}

/** The keyspace that the functions of a template write to. */
export function keyspaceOf({ functions }: PipelineTemplate): string {
  const { CASSANDRA_KEYSPACE: keyspace } = functions.persist.environment;
  if (keyspace !== undefined) return keyspace;
  throw new TypeError('The template gives persist no CASSANDRA_KEYSPACE');
}

/** A session of a local Cassandra at `host:port`, in the keyspace of the template. */
export function sessionOf(cassandra: string, template: PipelineTemplate): CassandraSession {
  return connectToRun({
    cassandra,
    localDataCenter: LOCAL_DATA_CENTER,
    keyspace: keyspaceOf(template),
  });
}

/**
 * Stops what was started: last started, first stopped; one that fails does not keep the others.
 *
 * @throws AggregateError of what failed
 */
export async function stopAll(stops: Stop[]): Promise<void> {
  const errors: unknown[] = [];
  for (let stop = stops.pop(); stop !== undefined; stop = stops.pop()) {
    await stop().catch((error: unknown) => errors.push(error));
  }
  if (errors.length > 0) throw new AggregateError(errors, 'The local run did not stop in order');
}
