import type { AwsCredentials } from '../../lambdas/shared/adapters/aws-signature';
import type { CassandraEnvironment } from '../../lambdas/shared/adapters/database/cassandra-client';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { KEYSPACES_PORT, keyspacesHost } from '../../lib/naming/keyspaces-endpoint';
import { keyspaceName } from '../../lib/naming/stage-names';
import type { StageConfig } from '../../lib/stages/stage-config';
import { followedExchangeOf, marketsOf } from '../../local/run/followed-by-run';
import {
  type FollowedExchange,
  NotRunningError,
  type RunDescription,
} from '../../local/run/run-description';
import { OperationError } from '../operation-error';
import type { Pipeline, PipelineChoice } from './pipeline';

/** Where pipelines are looked for. */
export interface PipelinePlaces {
  /** The local run that runs now. @throws NotRunningError */
  readonly findRun: () => Promise<RunDescription>;
  /** @throws OperationError */
  readonly findStage: (name: string) => Promise<StageConfig>;
  /** The account of a stage, by the caller's configuration. */
  readonly account: (choice: PipelineChoice) => {
    /** Undefined if none is set. */
    region(): Promise<string | undefined>;
    /** @throws OperationError if there are none */
    credentials(): Promise<AwsCredentials>;
  };
}

/**
 * Finds the pipeline that a command line names.
 *
 * @throws OperationError if none runs here, there is no such stage, or its region or the credentials are missing
 */
export async function findPipeline(
  choice: PipelineChoice,
  places: PipelinePlaces,
): Promise<Pipeline> {
  if (choice.stage === undefined) return localPipeline(await runningNow(places));
  return stagePipeline(await places.findStage(choice.stage), choice, places);
}

async function runningNow({ findRun }: PipelinePlaces): Promise<RunDescription> {
  try {
    return await findRun();
  } catch (cause) {
    if (!(cause instanceof NotRunningError)) throw cause;
    const remedy = 'For a stage in AWS, give --stage <name>.';
    throw new OperationError(`${cause.message} ${remedy}`, { cause });
  }
}

function localPipeline({ followed, ...run }: RunDescription): Pipeline {
  return {
    name: 'the local run',
    ...followedBy(followed.exchanges),
    historyStartMs: Date.parse(followed.historyStart),
    database: {
      CASSANDRA_CONTACT_POINTS: [run.cassandra],
      CASSANDRA_LOCAL_DATA_CENTER: run.localDataCenter,
      CASSANDRA_AUTHENTICATION: 'none',
      CASSANDRA_KEYSPACE: run.keyspace,
    },
    credentials: undefined,
  };
}

async function stagePipeline(
  stage: StageConfig,
  choice: PipelineChoice,
  { account }: PipelinePlaces,
): Promise<Pipeline> {
  return {
    ...(await accessOf(stage, account(choice))),
    ...followedBy(stage.exchanges.map(followedExchangeOf)),
    historyStartMs: Date.parse(stage.historyStart),
  };
}

function followedBy(
  exchanges: readonly FollowedExchange[],
): Pick<Pipeline, 'markets' | 'exchanges'> {
  const settings = exchanges.map(
    ({ exchange, pairs, retentionMinutes: minutes, url, archiveUrl }) => {
      const retentionMs = minutes * MINUTE_MS;
      return [exchange, { name: exchange, pairs, retentionMs, url, archiveUrl }] as const;
    },
  );
  return { markets: marketsOf({ exchanges }), exchanges: new Map(settings) };
}

async function accessOf(
  { name, database }: StageConfig,
  account: ReturnType<PipelinePlaces['account']>,
): Promise<Pick<Pipeline, 'name' | 'database' | 'credentials'>> {
  if (database.kind === 'existing') {
    return {
      name: `the stage ${name}`,
      database: {
        CASSANDRA_CONTACT_POINTS: database.contactPoints,
        CASSANDRA_LOCAL_DATA_CENTER: database.localDataCenter,
        CASSANDRA_AUTHENTICATION: 'none',
        CASSANDRA_KEYSPACE: database.keyspace,
      },
      credentials: undefined,
    };
  }
  const region = await account.region();
  if (region === undefined) {
    throw new OperationError(
      `No region is set for the stage ${name}: set AWS_REGION, or give --region, such as --region eu-central-1`,
    );
  }
  return {
    name: `the stage ${name} in ${region}`,
    database: keyspacesIn(region, name),
    credentials: await account.credentials(),
  };
}

/** Keyspaces' public endpoint: TLS and signatures make it reachable from anywhere. */
function keyspacesIn(region: string, stage: string): CassandraEnvironment {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return {
    CASSANDRA_CONTACT_POINTS: [`${keyspacesHost(region, suffix)}:${KEYSPACES_PORT}`],
    CASSANDRA_LOCAL_DATA_CENTER: region,
    CASSANDRA_AUTHENTICATION: 'sigv4',
    CASSANDRA_KEYSPACE: keyspaceName(stage),
  };
}
