import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { isPair } from '../../lambdas/shared/domain/segment';
import {
  brokerProblem,
  eventSourceProblem,
  networkProblem,
  pairsProblem,
  rateProblem,
  topicsProblem,
} from './stage-limits';

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(`give a whole number from ${least} to ${most}`),
    v.integer('give a whole number'),
    v.minValue(least, `give at least ${least}`),
    v.maxValue(most, `give at most ${most}`),
  );

const trueOrFalse = v.boolean('give true or false');

const hostAndPort = v.pipe(
  v.string(),
  v.regex(/^[\w.-]+:\d{1,5}$/, 'give a host and a port such as kafka:9092'),
);

const hostsAndPorts = v.pipe(v.array(hostAndPort), v.minLength(1, 'give at least one'));

/**
 * Versions that MSK makes clusters with, and whose topics can be resources of a stack.
 * Source: the Amazon MSK developer guide, "Supported Apache Kafka versions".
 */
const KAFKA_VERSIONS = [
  '3.7.x',
  '3.7.x.kraft',
  '3.8.x',
  '3.8.x.kraft',
  '3.9.x',
  '3.9.x.kraft',
  '4.0.x.kraft',
  '4.1.x.kraft',
] as const;

/** Brokers of the stack's own. */
const MskBrokers = v.pipe(
  v.strictObject({
    kind: v.literal('msk'),
    instanceType: v.pipe(
      v.string(),
      v.regex(
        /^kafka\.(t3\.small|m5\.(large|(2|4|8|12|16|24)?xlarge)|m7g\.(large|(2|4|8|12|16)?xlarge))$/,
        'give a provisioned MSK instance type such as kafka.t3.small or kafka.m7g.large',
      ),
    ),
    /** A multiple of the three availability zones that brokers are spread over. */
    count: v.pipe(
      whole(3, 30),
      v.multipleOf(3, 'give a multiple of 3: brokers are spread over 3 zones'),
    ),
    /** Of each broker, to begin with. */
    storageGiB: whole(1, 16_384),
    /** Up to which the storage of each broker grows by itself: it never shrinks. */
    maxStorageGiB: whole(1, 16_384),
    kafkaVersion: v.picklist(KAFKA_VERSIONS, `give one of ${KAFKA_VERSIONS.join(', ')}`),
    /** Whether Prometheus may read the brokers' metrics. */
    openMonitoring: trueOrFalse,
  }),
  v.check(
    (settings) => brokerProblem(settings) === undefined,
    ({ input }) => brokerProblem(input) ?? '',
  ),
);

/** Servers that stand already, and take clients without TLS and authentication. */
const ExistingKafka = v.strictObject({
  kind: v.literal('existing'),
  bootstrapServers: hostsAndPorts,
});

const Keyspaces = v.strictObject({
  kind: v.literal('keyspaces'),
  /** Whether the tables can be restored to any second of the last 35 days. */
  pointInTimeRecovery: trueOrFalse,
});

/** A Cassandra that stands already, and takes clients without TLS and authentication. */
const ExistingCassandra = v.strictObject({
  kind: v.literal('existing'),
  contactPoints: hostsAndPorts,
  localDataCenter: v.pipe(v.string(), v.nonEmpty('give the name of the data centre')),
});

const versionIds = v.pipe(
  v.array(v.pipe(v.string(), v.uuid('give a UUID'))),
  v.minLength(1, 'give the id of every version, oldest first'),
);

const SchemaRegistry = v.variant('kind', [
  v.strictObject({ kind: v.literal('glue') }),
  /** Ids of schema versions that are registered elsewhere, or nowhere. */
  v.strictObject({
    kind: v.literal('existing'),
    versionIds: v.strictObject({
      'candles.observed': versionIds,
      'candles.rolled': versionIds,
      'candles.dead-letter': versionIds,
    }),
  }),
]);

const Topics = v.pipe(
  v.strictObject({
    /** Of each topic: the most invocations of a function at a time. */
    partitions: whole(1, 1_000),
    /** On how many brokers each record is. */
    replication: whole(1, 3),
    /** How many of them must have a record before it is acknowledged. */
    minInSyncReplicas: whole(1, 3),
    /** `producer` keeps records as they come; `gzip` has the brokers compress them. */
    compression: v.picklist(['producer', 'gzip'], 'give producer or gzip'),
    retentionDays: whole(1, 365),
    /** Dead letters are kept longer: someone looks at them. */
    deadLetterRetentionDays: whole(1, 365),
  }),
  v.check(
    (settings) => topicsProblem(settings) === undefined,
    ({ input }) => topicsProblem(input) ?? '',
  ),
);

/** What an event source hands to its function at once. */
const Batches = v.strictObject({
  /** The most records of one invocation. */
  batchSize: whole(1, 10_000),
  /** How long records are gathered before an invocation: 0 for not at all. */
  windowSeconds: whole(0, 300),
});

const EventSourceMode = v.variant('kind', [
  /** Pollers that AWS scales and does not charge for: a failed batch is retried until it succeeds. */
  v.strictObject({ kind: v.literal('on-demand') }),
  /** Pollers of one's own, paid by the hour, with all error controls. */
  v.pipe(
    v.strictObject({
      kind: v.literal('provisioned'),
      minPollers: whole(1, 200),
      maxPollers: whole(1, 2_000),
      /** Repetitions of a failed record, after which it goes to `candles.undelivered`. */
      retryAttempts: whole(0, 10),
    }),
    v.check(
      (settings) => eventSourceProblem(settings) === undefined,
      ({ input }) => eventSourceProblem(input) ?? '',
    ),
  ),
  /** None: where the platform has no Kafka event source, something beside it invokes the functions. */
  v.strictObject({ kind: v.literal('none') }),
]);

const StageConfig = v.pipe(
  v.strictObject({
    /** Part of the stacks' names. */
    name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,19}$/, 'give a short name in lower case')),
    /** The pairs to follow, as Gate.io names them. */
    pairs: v.pipe(
      v.array(v.pipe(v.string(), v.check(isPair, 'give a pair such as BTC_USDT'))),
      v.minLength(1, 'give at least one pair'),
      v.check((pairs) => new Set(pairs).size === pairs.length, 'give every pair once'),
    ),
    /** The time from one tick to the next. */
    scheduleMinutes: whole(1, 60),
    /** Where a new pair starts: ISO 8601, UTC, a whole minute. */
    historyStart: v.pipe(
      v.string(),
      v.regex(
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/,
        'give a whole minute in UTC such as 2026-01-01T00:00:00Z',
      ),
      v.check((text) => !Number.isNaN(Date.parse(text)), 'give a date that exists'),
    ),
    /** How many minutes back are asked for. Gate.io serves 10,000; a request takes its time. */
    retentionMinutes: whole(1, 9_990),
    /** How many requests Gate.io is sent in 10 s: it answers 200 of one address. */
    requestsPer10Seconds: whole(1, 190),
    /** The base URL of Gate.io's API. */
    gateIoUrl: v.pipe(
      v.string(),
      v.url('give a URL'),
      v.endsWith('/api/v4', 'end it with /api/v4'),
    ),
    network: v.strictObject({
      /** One serves all zones; one a zone outlives the failure of a zone; none where the platform has no need of them. */
      natGateways: whole(0, 3),
      /** In how many zones Keyspaces has an endpoint: each costs about as much as a small broker's quarter. */
      endpointZones: whole(1, 3),
    }),
    kafka: v.variant('kind', [MskBrokers, ExistingKafka]),
    database: v.variant('kind', [Keyspaces, ExistingCassandra]),
    schemaRegistry: SchemaRegistry,
    topics: Topics,
    eventSources: v.strictObject({ mode: EventSourceMode, transform: Batches, persist: Batches }),
    /** The processors of the functions. */
    architecture: v.picklist(['arm64', 'x86_64'], 'give arm64 or x86_64'),
    /** What happens to stored candles, schemas and logs when the stack is deleted; one that was never whole keeps nothing. */
    removalPolicy: v.picklist(
      [RemovalPolicy.DESTROY, RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE],
      'give RemovalPolicy.DESTROY or RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE',
    ),
    /** Whether the stacks refuse to be deleted. */
    terminationProtection: trueOrFalse,
    logRetention: v.enum(RetentionDays, 'give one of RetentionDays'),
    /** Who is told of an alarm: the address confirms the subscription once. Nobody without it. */
    alarmEmail: v.optional(v.pipe(v.string(), v.email('give an e-mail address'))),
  }),
  v.check(
    (settings) => pairsProblem(settings) === undefined,
    ({ input }) => pairsProblem(input) ?? '',
  ),
  v.check(
    (settings) => networkProblem(settings) === undefined,
    ({ input }) => networkProblem(input) ?? '',
  ),
  v.check(
    (settings) => rateProblem(settings) === undefined,
    ({ input }) => rateProblem(input) ?? '',
  ),
);

/** What a stage is deployed with. */
export type StageConfig = Readonly<v.InferOutput<typeof StageConfig>>;

/** A stage config that cannot be: all that is wrong with it, in one message. */
export class InvalidStageConfigError extends Error {
  override readonly name = 'InvalidStageConfigError';
}

/**
 * Checks a stage config.
 *
 * @throws InvalidStageConfigError that names every wrong value, and what to give instead
 */
export function stageConfig(config: StageConfig): StageConfig {
  const parsed = v.safeParse(StageConfig, config);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map(problemOf).join('\n- ');
  throw new InvalidStageConfigError(`The stage ${config.name} cannot be deployed:\n- ${problems}`);
}

function problemOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (isOfSeveral(issue)) return path === null ? issue.message : `${path}: ${issue.message}`;
  if (issue.expected === 'never') return `${String(path)} is no setting: leave it out`;
  const value = JSON.stringify(issue.input) as string | undefined;
  return `${path ?? 'stage'} is ${value ?? 'not set'}: ${issue.message}`;
}

/** A check of several settings names their values itself. */
function isOfSeveral({ kind, input }: v.BaseIssue<unknown>): boolean {
  return kind === 'validation' && typeof input === 'object' && !Array.isArray(input);
}
