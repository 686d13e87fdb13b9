import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping, Function } from 'aws-cdk-lib/aws-lambda';
import type { StageConfig } from '../stages/stage-config';
import type { TopicName } from './pipeline-topics';

/** Options for feeding a function from a topic. */
export interface Feed {
  readonly topic: TopicName;
  readonly consumerGroupId: string;
  readonly batches: StageConfig['eventSources']['transform'];
}

/** An event source, which reads a topic for a function. */
export interface EventSource {
  readonly topic: TopicName;
  readonly consumerGroupId: string;
  readonly mapping: EventSourceMapping;
}

/** The brokers between the functions, access to their topics, and the event sources that read them. */
export interface Kafka {
  /** Variables with which a function finds the brokers. */
  readonly environment: Readonly<
    Partial<Record<'KAFKA_CLUSTER_ARN' | 'KAFKA_BOOTSTRAP_SERVERS', string>>
  >;
  /** Allows writing records to a topic. */
  grantWrite(grantee: IGrantable, topic: TopicName): void;
  /** Feeds a function with the records of a topic, from the oldest on. Undefined if the stage has no event sources. */
  feed(target: Function, feed: Feed): EventSource | undefined;
}
