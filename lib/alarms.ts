import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type MathExpression,
  type Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { MetricName } from '../lambdas/shared/domain/metrics';
import { FUNCTION_NAMES, type FunctionName } from './function-names';
import { Keyspaces } from './keyspaces';
import { logicalName } from './logical-name';
import {
  brokerDiskMetrics,
  eventSourceMetric,
  keyspacesMetric,
  lagMetric,
  metricPeriod,
  publishedMetric,
  sumOf,
  ticksPerPeriod,
} from './metrics';
import { MskKafka } from './msk-kafka';
import type { StageConfig } from './stage-config';
import { behindMinutes } from './tick';
import type { WatchedPipeline } from './watched-pipeline';

/** An alarm: what it watches, and when it rings. */
interface AlarmSpec {
  readonly id: string;
  /** Its heading in docs/runbook.md, as a link to it is written. */
  readonly runbook: string;
  /** What is the case when it rings. */
  readonly says: string;
  readonly metric: Metric | MathExpression;
  readonly rings: { readonly above: number } | { readonly below: number };
  /** For how many periods in a row. */
  readonly periods: number;
  /** @default the period of the stage's metrics */
  readonly period?: Duration;
  /** What a period without a value says. */
  readonly missing: TreatMissingData;
}

/** A quarter of an hour where a period is five minutes: what passes sooner has mended itself with the next ticks. */
const LASTING = 3;
const AT_ONCE = 1;

/** For what is counted only where it happens. */
const NOTHING_HAPPENED = TreatMissingData.NOT_BREACHING;
/** For what is measured: without a value it is as it was. Whether fetch runs at all has an alarm of its own. */
const NOTHING_KNOWN = TreatMissingData.IGNORE;

/** The alarms of a pipeline. None tells anybody by itself. */
export function createAlarms(scope: Construct, pipeline: WatchedPipeline): Alarm[] {
  const specs = [
    ...lagAlarms(pipeline),
    ...recordAlarms(pipeline),
    ...functionAlarms(pipeline),
    ...kafkaAlarms(pipeline),
    ...databaseAlarms(pipeline),
  ];
  return specs.map((spec) => createAlarm(scope, pipeline.stage, spec));
}

function createAlarm(scope: Construct, stage: StageConfig, spec: AlarmSpec): Alarm {
  const { rings, period = metricPeriod(stage) } = spec;
  return new Alarm(scope, spec.id, {
    alarmDescription: `${spec.says}. What to do: docs/runbook.md#${spec.runbook}`,
    metric: spec.metric.with({ period }),
    evaluationPeriods: spec.periods,
    treatMissingData: spec.missing,
    ...('above' in rings
      ? { threshold: rings.above, comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD }
      : { threshold: rings.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD }),
  });
}

/** Whether the minutes of all pairs arrive. */
function lagAlarms({ stage, functions }: WatchedPipeline): AlarmSpec[] {
  const tellsLag = { periods: LASTING, missing: NOTHING_KNOWN };
  return [
    {
      ...tellsLag,
      id: 'PairsBehind',
      runbook: 'pairs-behind',
      says: `Minutes of some pair are missing for more than ${humanText(behindMinutes(stage.scheduleMinutes))}`,
      metric: publishedMetric(stage, 'fetch', 'WorstLag', 'Minimum'),
      rings: { above: behindMinutes(stage.scheduleMinutes) * 60 },
    },
    {
      ...tellsLag,
      id: 'RetentionDeadline',
      runbook: 'retention-deadline',
      says: `The exchange forgets minutes that are missing within ${humanText(deadlineMinutes(stage))}`,
      metric: publishedMetric(stage, 'fetch', 'RetentionLeft', 'Maximum'),
      rings: { below: deadlineMinutes(stage) * 60 },
    },
    {
      id: 'NoRuns',
      runbook: 'no-runs',
      says: 'No run of fetch at five ticks in a row',
      metric: functions.fetch.metricInvocations({ statistic: 'Sum' }),
      rings: { below: 1 },
      period: Duration.minutes(stage.scheduleMinutes),
      periods: 5,
      // A function that is not invoked counts nothing, not even 0.
      missing: TreatMissingData.BREACHING,
    },
  ];
}

/** A day, or half of what the exchange serves where that is less than two. */
function deadlineMinutes({ retentionMinutes }: StageConfig): number {
  return Math.min(Duration.days(1).toMinutes(), Math.floor(retentionMinutes / 2));
}

/** Such as `1 day` or `5 minutes`. */
function humanText(minutes: number): string {
  return Duration.minutes(minutes).toHumanString();
}

/** What became of records. */
function recordAlarms({ stage, eventSources }: WatchedPipeline): AlarmSpec[] {
  const atOnce = { rings: { above: 0 }, periods: AT_ONCE, missing: NOTHING_HAPPENED };
  const alarms: AlarmSpec[] = [
    {
      ...atOnce,
      id: 'DeadLetters',
      runbook: 'dead-letters',
      says: 'Records that can never be processed went to candles.dead-letter',
      metric: sumOfFunctions(stage, ['transform', 'persist'], 'DeadLetters'),
    },
    {
      ...atOnce,
      id: 'Gaps',
      runbook: 'gaps',
      says: 'Minutes that the exchange no longer serves were stored as a gap',
      metric: publishedMetric(stage, 'persist', 'Gaps', 'Sum'),
    },
  ];
  if (stage.eventSources.mode.kind !== 'provisioned') return alarms;
  const undelivered: AlarmSpec = {
    ...atOnce,
    id: 'UndeliveredRecords',
    runbook: 'undelivered-records',
    says: 'Event sources gave up on records, which are in candles.undelivered or, where that failed too, nowhere',
    metric: sumOf(
      eventSources.flatMap((source) => [
        eventSourceMetric(source, 'OnFailureDestinationDeliveredEventCount'),
        eventSourceMetric(source, 'DroppedEventCount'),
      ]),
      'Undelivered',
    ),
  };
  return [...alarms, undelivered];
}

/** Whether the functions do their work in time. */
function functionAlarms(pipeline: WatchedPipeline): AlarmSpec[] {
  const { functions } = pipeline;
  return [
    ...FUNCTION_NAMES.map((name) => failureAlarm(pipeline, name)),
    ...FUNCTION_NAMES.map((name) => timeOutAlarm(pipeline, name)),
    {
      id: 'Throttles',
      runbook: 'throttles',
      says: 'Lambda refuses to run functions as often as they are invoked',
      metric: sumOf(
        FUNCTION_NAMES.map((name) => functions[name].metricThrottles({ statistic: 'Sum' })),
        'Throttles',
      ),
      rings: { above: 0 },
      periods: LASTING,
      missing: NOTHING_HAPPENED,
    },
  ];
}

/** Where a function reports what failed, it does not fail itself: both are counted. */
function failureAlarm({ stage, functions }: WatchedPipeline, name: FunctionName): AlarmSpec {
  return {
    id: logicalName('FunctionErrors', name),
    runbook: 'function-errors',
    says: `${name} keeps failing`,
    metric: sumOf(
      [
        functions[name].metricErrors({ statistic: 'Sum' }),
        publishedMetric(stage, name, 'Failures', 'Sum'),
      ],
      'Failed',
    ),
    rings: { above: 0 },
    periods: LASTING,
    missing: NOTHING_HAPPENED,
  };
}

function timeOutAlarm({ functions }: WatchedPipeline, name: FunctionName): AlarmSpec {
  const { timeout } = functions[name];
  if (timeout === undefined)
    throw new TypeError(`The function ${name} has no timeout: give it one`);
  return {
    id: logicalName('TimeOutsNear', name),
    runbook: 'time-outs-near',
    says: `${name} keeps needing more than 80 % of its ${timeout.toSeconds()} seconds`,
    metric: functions[name].metricDuration({ statistic: 'Maximum' }),
    rings: { above: timeout.toMilliseconds() * 0.8 },
    periods: LASTING,
    missing: NOTHING_HAPPENED,
  };
}

/** The brokers of MSK, and how far the event sources are in their topics. */
function kafkaAlarms({ stage, kafka, eventSources }: WatchedPipeline): AlarmSpec[] {
  if (!(kafka instanceof MskKafka)) return [];
  const lag = eventSources.map((source) => ({
    id: logicalName('EventSourceLag', source.topic),
    runbook: 'event-source-lag',
    says: `${source.consumerGroupId} falls behind in ${source.topic}`,
    // The least of a period: the records of a tick may wait a moment, but not all the time.
    metric: lagMetric(kafka, source, 'MaxOffsetLag', 'Minimum'),
    rings: { above: recordsOfFiveTicks(stage) },
    periods: LASTING,
    missing: NOTHING_KNOWN,
  }));
  const disks = brokerDiskMetrics(kafka).map((metric, index) => ({
    id: `BrokerDisk${index + 1}`,
    runbook: 'broker-disk',
    says: `The disk of broker ${index + 1} is more than 85 % full`,
    metric,
    rings: { above: 85 },
    periods: LASTING,
    missing: NOTHING_KNOWN,
  }));
  return [...lag, ...disks];
}

/** What five ticks append to a partition: a record a pair and tick, over all partitions. */
function recordsOfFiveTicks({ pairs, topics }: StageConfig): number {
  return Math.ceil((5 * pairs.length) / topics.partitions);
}

/** Whether the database takes what it is given. */
function databaseAlarms({ stage, database }: WatchedPipeline): AlarmSpec[] {
  const lasting = { periods: LASTING, missing: NOTHING_HAPPENED };
  const failing: AlarmSpec = {
    ...lasting,
    id: 'DatabaseErrors',
    runbook: 'database-errors',
    says: 'The database fails more than one attempt a tick',
    metric: sumOfFunctions(stage, FUNCTION_NAMES, 'DatabaseErrors'),
    rings: { above: ticksPerPeriod(stage) },
  };
  if (!(database instanceof Keyspaces)) return [failing];
  const keyspaces = KEYSPACES_ALARMS.map(({ count, ...spec }) => ({
    ...lasting,
    ...spec,
    metric: keyspacesMetric(count),
    rings: { above: 0 },
  }));
  return [failing, ...keyspaces];
}

const KEYSPACES_ALARMS = [
  {
    id: 'KeyspacesWriteThrottling',
    runbook: 'keyspaces-throttling',
    says: 'Keyspaces keeps throttling writes',
    count: 'WriteThrottleEvents',
  },
  {
    id: 'KeyspacesReadThrottling',
    runbook: 'keyspaces-throttling',
    says: 'Keyspaces keeps throttling reads',
    count: 'ReadThrottleEvents',
  },
  {
    id: 'KeyspacesSystemErrors',
    runbook: 'keyspaces-errors',
    says: 'Keyspaces keeps failing requests itself',
    count: 'SystemErrors',
  },
  {
    id: 'KeyspacesUserErrors',
    runbook: 'keyspaces-errors',
    says: 'Keyspaces keeps refusing requests as wrong',
    count: 'UserErrors',
  },
] as const;

function sumOfFunctions(
  stage: StageConfig,
  services: readonly FunctionName[],
  name: MetricName,
): MathExpression {
  return sumOf(
    services.map((service) => publishedMetric(stage, service, name, 'Sum')),
    name,
  );
}
