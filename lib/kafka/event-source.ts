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

/** A mode in which there is an event source. */
export type PollerMode = Exclude<StageConfig['eventSources']['mode'], { kind: 'none' }>;

/** Where the records come from: an MSK cluster, or servers that the network reaches. */
export type FeedOrigin =
  | { readonly eventSourceArn: string }
  | { readonly kafkaBootstrapServers: string[]; readonly network: Network };

/** Has Lambda hand the records of a topic to a function, from the oldest on. The grants are the caller's. */
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
 * On demand, Lambda repeats a batch until it succeeds, and takes no error
 * controls. With pollers of its own, a function says which records failed;
 * they are split and repeated, and what still fails is kept in a topic.
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
