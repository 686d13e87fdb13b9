import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { MetricName } from '../../lambdas/shared/domain/metrics';
import type { FunctionName } from '../naming/function-names';
import { metricNamespace } from '../functions/metric-namespace';
import type { EventSource } from '../kafka/kafka';
import type { MskKafka } from '../kafka/msk-kafka';
import type { StageConfig } from '../stages/stage-config';
import { KEYSPACE } from '../database/tables';

/** How the values of a period become one. */
export type Statistic = 'Sum' | 'Minimum' | 'Maximum' | 'Average' | 'p50' | 'p95';

/** The shortest period that is watched, in minutes. */
const SHORTEST_MINUTES = 5;

/** What one value of a metric stands for: five minutes, and at least the time between two ticks. */
export function metricPeriod({ scheduleMinutes }: StageConfig): Duration {
  return Duration.minutes(Math.max(SHORTEST_MINUTES, scheduleMinutes));
}

/** How many ticks there are in such a period. */
export function ticksPerPeriod(stage: StageConfig): number {
  return metricPeriod(stage).toMinutes() / stage.scheduleMinutes;
}

/** A metric that a function publishes itself. */
export function publishedMetric(
  stage: StageConfig,
  service: FunctionName,
  metricName: MetricName,
  statistic: Statistic,
): Metric {
  return new Metric({
    namespace: metricNamespace(stage),
    metricName,
    dimensionsMap: { service },
    statistic,
    label: metricName,
  });
}

/**
 * A metric of an event source with pollers of its own, per mapping.
 * Source: the AWS Lambda developer guide, "Types of metrics for Lambda
 * functions", event source mapping metrics.
 */
export function eventSourceMetric(
  { topic, mapping }: EventSource,
  metricName: 'OnFailureDestinationDeliveredEventCount' | 'DroppedEventCount',
): Metric {
  return new Metric({
    namespace: 'AWS/Lambda',
    metricName,
    dimensionsMap: { EventSourceMappingUUID: mapping.eventSourceMappingId },
    statistic: 'Sum',
    label: `${topic} ${metricName}`,
  });
}

/**
 * How far a consumer group is behind the end of its topic: in records of its
 * worst partition, or in the seconds that MSK estimates it needs for them.
 * Source: the Amazon MSK developer guide, "Amazon MSK metrics for monitoring
 * Standard brokers with CloudWatch", level DEFAULT, which is free.
 */
export function lagMetric(
  { cluster }: MskKafka,
  { topic, consumerGroupId }: EventSource,
  metricName: 'MaxOffsetLag' | 'EstimatedMaxTimeLag',
  statistic: Statistic,
): Metric {
  return new Metric({
    namespace: 'AWS/Kafka',
    metricName,
    dimensionsMap: {
      'Cluster Name': cluster.clusterName,
      'Consumer Group': consumerGroupId,
      Topic: topic,
    },
    statistic,
    label: consumerGroupId,
  });
}

/** How full the disks of the brokers are, in percent, each broker's. Source: as of {@link lagMetric}. */
export function brokerDiskMetrics({ cluster }: MskKafka): Metric[] {
  return Array.from({ length: cluster.numberOfBrokerNodes }, (_, index) => {
    const brokerId = String(index + 1);
    return new Metric({
      namespace: 'AWS/Kafka',
      metricName: 'KafkaDataLogsDiskUsed',
      dimensionsMap: { 'Cluster Name': cluster.clusterName, 'Broker ID': brokerId },
      statistic: 'Maximum',
      label: `broker ${brokerId}`,
    });
  });
}

/** What Keyspaces counts. */
export type KeyspacesCount =
  | 'ReadThrottleEvents'
  | 'WriteThrottleEvents'
  | 'SystemErrors'
  | 'UserErrors'
  | 'ConsumedReadCapacityUnits'
  | 'ConsumedWriteCapacityUnits';

/**
 * What Keyspaces counted for all tables of the keyspace and all operations on
 * them: a query, as it has a metric for each table and operation, from the
 * first such request on.
 * Source: the Amazon Keyspaces developer guide, "Amazon Keyspaces metrics and
 * dimensions"; the Amazon CloudWatch user guide, "Metrics Insights query components".
 */
export function keyspacesMetric(name: KeyspacesCount): MathExpression {
  return new MathExpression({
    expression: `SELECT SUM(${name}) FROM "AWS/Cassandra" WHERE Keyspace = '${KEYSPACE}'`,
    label: name,
  });
}

/**
 * The sum of metrics of which some may have no values. At most ten, which is
 * what an alarm takes.
 */
export function sumOf(metrics: readonly IMetric[], label: string): MathExpression {
  const ids = metrics.map((_, index) => `m${index}`);
  return new MathExpression({
    expression: `SUM([${ids.map((id) => `FILL(${id}, 0)`).join(', ')}])`,
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    label,
  });
}

/** The sum of a metric that several functions publish. */
export function sumOfFunctions(
  stage: StageConfig,
  services: readonly FunctionName[],
  name: MetricName,
): MathExpression {
  return sumOf(
    services.map((service) => publishedMetric(stage, service, name, 'Sum')),
    name,
  );
}
