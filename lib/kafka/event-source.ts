import { Duration, Stack } from 'aws-cdk-lib';
import {
  EventSourceMapping,
  type EventSourceMappingOptions,
  type Function,
  MetricType,
  SourceAccessConfigurationType,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { KafkaDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { EventSource, Feed } from './kafka';
import type { Network } from '../network/network';
import { UNDELIVERED } from './pipeline-topics';
import type { StageConfig } from '../stages/stage-config';

/** A mode with an event source. */
export type PollerMode = Exclude<StageConfig['eventSources']['mode'], { kind: 'none' }>;

/** Origin of the records: an MSK cluster, or servers that the network reaches. */
export type FeedOrigin =
  | { readonly eventSourceArn: string }
  | { readonly kafkaBootstrapServers: string[]; readonly network: Network };

/** Feeds a function with the records of a topic, from the oldest on. The caller grants access. */
export function addEventSource(
  target: Function,
  origin: FeedOrigin,
  mode: PollerMode,
  { topic, consumerGroupId, batches }: Feed,
): EventSource {
  const mapping = new EventSourceMapping(target, 'EventSource', {
    target,
    ...connectionOf(origin),
    kafkaTopic: topic,
    kafkaConsumerGroupId: consumerGroupId,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: batches.batchSize,
    maxBatchingWindow: Duration.seconds(batches.windowSeconds),
    ...errorControls(mode, Stack.of(target).stackName),
  });
  return { topic, consumerGroupId, mapping };
}

function connectionOf(origin: FeedOrigin): Partial<EventSourceMappingOptions> {
  if ('eventSourceArn' in origin) return origin;
  const { network, kafkaBootstrapServers } = origin;
  const { subnetIds } = network.vpc.selectSubnets(network.subnets);
  return {
    kafkaBootstrapServers,
    sourceAccessConfigurations: [
      ...subnetIds.map((id) => ({
        type: SourceAccessConfigurationType.VPC_SUBNET,
        uri: `subnet:${id}`,
      })),
      {
        type: SourceAccessConfigurationType.VPC_SECURITY_GROUP,
        uri: `security_group:${network.functions.securityGroupId}`,
      },
    ],
  };
}

/**
 * On demand, Lambda retries a batch until it succeeds, and accepts no error
 * controls. With provisioned pollers, a function reports which records failed;
 * the batch is split and retried, and records that still fail go to a topic.
 * Source: the AWS Lambda developer guide, "Configuring error handling controls
 * for Kafka event sources".
 */
function errorControls(
  mode: PollerMode,
  pollerGroupName: string,
): Partial<EventSourceMappingOptions> {
  if (mode.kind === 'on-demand') return {};
  return {
    provisionedPollerConfig: {
      minimumPollers: mode.minPollers,
      maximumPollers: mode.maxPollers,
      // Event sources of one group share the units that are paid for.
      pollerGroupName,
    },
    reportBatchItemFailures: true,
    bisectBatchOnError: true,
    retryAttempts: mode.retryAttempts,
    onFailure: new KafkaDlq(UNDELIVERED),
    metricsConfig: {
      metrics: [MetricType.EVENT_COUNT, MetricType.ERROR_COUNT, MetricType.KAFKA_METRICS],
    },
  };
}
