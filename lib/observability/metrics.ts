import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../../lambdas/shared/domain/metrics';
import type { Keyspaces } from '../database/keyspaces';
import type { AnyFunction } from '../naming/function-names';
import { metricNamespace } from '../functions/metric-namespace';
import type { EventSource } from '../kafka/kafka';
import type { MskKafka } from '../kafka/msk-kafka';
import { fetchParts, reconcileParts } from '../stages/firing-parts';
import type { StageConfig } from '../stages/stage-config';

/** Statistic that turns the values of a period into one. */
export type Statistic = 'Sum' | 'Minimum' | 'Maximum' | 'Average' | 'SampleCount' | 'p50' | 'p95';

/**
 * The statistic of a value that is to be bad for all of a period. If a firing is
 * one invocation, that is the best of the period. If it is several, of exchanges
 * or shards, each publishes its own value, and good ones would hide a bad one: then
 * it is the worst, and one bad invocation makes a period bad.
 */
export function lastingStatistic(
  stage: StageConfig,
  service: 'fetch' | 'reconcile',
  bad: 'high' | 'low' = 'high',
): Statistic {
  const isOne = partCount(stage, service) === 1;
  return isOne === (bad === 'high') ? 'Minimum' : 'Maximum';
}

/** Invocations of a firing: one for each exchange, or for each of its shards. */
export function partCount({ exchanges }: StageConfig, service: 'fetch' | 'reconcile'): number {
  return exchanges.flatMap(service === 'fetch' ? fetchParts : reconcileParts).length;
}

const SHORTEST_PERIOD_MINUTES = 5;

/** Period of one value of a metric: five minutes, and at least the time between two ticks. */
export function metricPeriod({ scheduleMinutes }: StageConfig): Duration {
  return Duration.minutes(Math.max(SHORTEST_PERIOD_MINUTES, scheduleMinutes));
}

/** Number of ticks in a metric period. */
export function ticksPerPeriod(stage: StageConfig): number {
  return metricPeriod(stage).toMinutes() / stage.scheduleMinutes;
}

/** Number of metric periods in an hour. */
export function periodsOfAnHour(stage: StageConfig): number {
  return Math.ceil(60 / metricPeriod(stage).toMinutes());
}

/** A metric that a function publishes itself. */
export function publishedMetric(
  stage: StageConfig,
  published: {
    readonly service: AnyFunction;
    readonly name: MetricName;
    readonly statistic: Statistic;
  },
): Metric {
  const { service, name, statistic } = published;
  return new Metric({
    namespace: metricNamespace(stage),
    metricName: name,
    dimensionsMap: { service },
    statistic,
    label: name,
  });
}

/** The metrics that a function publishes itself, by statistic and names. */
export function functionMetrics(stage: StageConfig, service: AnyFunction) {
  return (statistic: Statistic, ...names: readonly MetricName[]): Metric[] =>
    names.map((name) => publishedMetric(stage, { service, name, statistic }));
}

/**
 * The records that an event source with pollers of its own gave up on: those
 * that it kept, and those that it dropped.
 * Source: the AWS Lambda developer guide, "Types of metrics for Lambda
 * functions", event source mapping metrics.
 */
export function eventSourceMetrics({ topic, mapping }: EventSource): Metric[] {
  return ['OnFailureDestinationDeliveredEventCount', 'DroppedEventCount'].map(
    (metricName) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName,
        dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
        statistic: 'Sum',
        label: `${topic} ${metricName}`,
      }),
  );
}

/**
 * The lag of a consumer group behind the end of its topic: in records of its
 * worst partition, or in the seconds that MSK estimates it needs for them.
 * Source: the Amazon MSK developer guide, "Amazon MSK metrics for monitoring
 * Standard brokers with CloudWatch", level DEFAULT, which is free.
 */
export function lagMetric(
  { cluster }: MskKafka,
  { topic, consumerGroupId }: EventSource,
  lag: {
    readonly name: 'MaxOffsetLag' | 'EstimatedMaxTimeLag';
    readonly statistic: Statistic;
  },
): Metric {
  return new Metric({
    namespace: 'AWS/Kafka',
    metricName: lag.name,
    dimensionsMap: {
      'Cluster Name': cluster.clusterName,
      'Consumer Group': consumerGroupId,
      Topic: topic,
    },
    statistic: lag.statistic,
    label: consumerGroupId,
  });
}

/** Used disk space of each broker, in percent. Source: as of {@link lagMetric}. */
export function brokerDiskMetrics({ cluster }: MskKafka, statistic: Statistic): Metric[] {
  return Array.from({ length: cluster.numberOfBrokerNodes }, (_, index) => {
    const brokerId = String(index + 1);
    return new Metric({
      namespace: 'AWS/Kafka',
      metricName: 'KafkaDataLogsDiskUsed',
      dimensionsMap: { 'Cluster Name': cluster.clusterName, 'Broker ID': brokerId },
      statistic,
      label: `broker ${brokerId}`,
    });
  });
}

/** Counters of Keyspaces. */
export type KeyspacesCount =
  | 'ReadThrottleEvents'
  | 'WriteThrottleEvents'
  | 'SystemErrors'
  | 'UserErrors'
  | 'ConsumedReadCapacityUnits'
  | 'ConsumedWriteCapacityUnits';

/**
 * A counter of Keyspaces over all tables of the keyspace and all operations on
 * them. It is a query, as each table and operation has a metric of its own,
 * which begins with the first such request.
 * Source: the Amazon Keyspaces developer guide, "Amazon Keyspaces metrics and
 * dimensions"; the Amazon CloudWatch user guide, "Metrics Insights query components".
 */
export function keyspacesMetric({ keyspaceName }: Keyspaces, name: KeyspacesCount): MathExpression {
  return new MathExpression({
    expression: `SELECT SUM(${name}) FROM "AWS/Cassandra" WHERE Keyspace = '${keyspaceName}'`,
    label: name,
  });
}

/**
 * The sum of metrics, some of which may have no values. An alarm takes at most
 * ten of them.
 */
export function sumOf(metrics: readonly IMetric[], label: string): MathExpression {
  return aggregateOf('SUM', metrics, label);
}

/** The least of metrics; one that has no value counts as 0. */
export function leastOf(metrics: readonly IMetric[], label: string): MathExpression {
  return aggregateOf('MIN', metrics, label);
}

function aggregateOf(
  aggregate: 'SUM' | 'MIN',
  metrics: readonly IMetric[],
  label: string,
): MathExpression {
  const usingMetrics = Object.fromEntries(
    metrics.map((metric, index) => [`m${index}`, metric] as const),
  );
  const filled = Object.keys(usingMetrics).map((id) => `FILL(${id}, 0)`);
  return new MathExpression({
    expression: `${aggregate}([${filled.join(', ')}])`,
    usingMetrics,
    label,
  });
}

/** The sum of a metric that several functions publish. */
export function sumOfFunctions(
  stage: StageConfig,
  services: readonly AnyFunction[],
  name: MetricName,
): MathExpression {
  return sumOf(
    services.map((service) => publishedMetric(stage, { service, name, statistic: 'Sum' })),
    name,
  );
}
