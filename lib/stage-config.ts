import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import { isPair } from '../lambdas/shared/domain/segment';

const whole = (least: number, most: number) =>
  v.pipe(
    v.number(`give a whole number from ${least} to ${most}`),
    v.integer('give a whole number'),
    v.minValue(least, `give at least ${least}`),
    v.maxValue(most, `give at most ${most}`),
  );

/** What an event source mapping hands to its function at once. */
const EventSource = v.strictObject({
  /** The most records of one invocation. */
  batchSize: whole(1, 10_000),
  /** How long records are gathered before an invocation: 0 for not at all. */
  windowSeconds: whole(0, 300),
});

const Brokers = v.pipe(
  v.strictObject({
    instanceType: v.pipe(
      v.string(),
      v.regex(/^kafka\.[a-z0-9]+\.[a-z0-9]+$/, 'give an MSK instance type such as kafka.t3.small'),
    ),
    /** A multiple of the three availability zones that brokers are spread over. */
    count: v.pipe(
      whole(3, 30),
      v.multipleOf(3, 'give a multiple of 3: brokers are spread over 3 zones'),
    ),
    storageGiB: whole(1, 16_384),
    /** From 3.6 on topics can be resources of the stack. */
    kafkaVersion: v.pipe(
      v.string(),
      v.regex(/^(3\.([6-9]|\d\d)|[4-9])\.\w+(\.kraft)?$/, 'give a version of MSK from 3.6.0 on'),
    ),
  }),
  v.check(
    ({ instanceType, kafkaVersion }) => !isT3(instanceType) || !isKraft(kafkaVersion),
    'kafka.t3 brokers cannot run KRaft: give a version with ZooKeeper such as 3.7.x, or a larger instance type',
  ),
);

const Topics = v.strictObject({
  /** Of each topic: the most invocations of a function at a time. */
  partitions: whole(1, 1_000),
  /** On how many brokers each record is. */
  replication: whole(1, 3),
  retentionDays: whole(1, 365),
  /** Dead letters are kept longer: someone looks at them. */
  deadLetterRetentionDays: whole(1, 365),
});

const StageConfig = v.strictObject({
  /** Part of the stacks' names. */
  name: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,19}$/, 'give a short name in lower case')),
  /** The pairs to follow, as Gate.io names them. */
  pairs: v.pipe(
    v.array(v.pipe(v.string(), v.check(isPair, 'give a pair such as BTC_USDT'))),
    v.minLength(1, 'give at least one pair'),
    v.check((pairs) => new Set(pairs).size === pairs.length, 'give every pair once'),
  ),
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
  gateIoUrl: v.pipe(v.string(), v.url('give a URL'), v.endsWith('/api/v4', 'end it with /api/v4')),
  brokers: Brokers,
  topics: Topics,
  eventSources: v.strictObject({ transform: EventSource, persist: EventSource }),
  /** The processors of the functions. */
  architecture: v.picklist(['arm64', 'x86_64'], 'give arm64 or x86_64'),
  /** What happens to the data when the stack is deleted. */
  removalPolicy: v.picklist(
    [RemovalPolicy.DESTROY, RemovalPolicy.RETAIN],
    'give RemovalPolicy.DESTROY or RemovalPolicy.RETAIN',
  ),
  /** Whether the tables can be restored to any second of the last 35 days. */
  pointInTimeRecovery: v.boolean('give true or false'),
  logRetention: v.enum(RetentionDays, 'give one of RetentionDays'),
});

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
  const value = JSON.stringify(issue.input) as string | undefined;
  return `${v.getDotPath(issue) ?? 'stage'} is ${value ?? 'not set'}: ${issue.message}`;
}

function isT3(instanceType: string): boolean {
  return instanceType.startsWith('kafka.t3.');
}

/** From Kafka 4 on there is nothing but KRaft. */
function isKraft(kafkaVersion: string): boolean {
  return kafkaVersion.endsWith('.kraft') || !kafkaVersion.startsWith('3.');
}
