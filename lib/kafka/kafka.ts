import type { IGrantable } from 'aws-cdk-lib/aws-iam';
import type { EventSourceMapping, Function } from 'aws-cdk-lib/aws-lambda';
import type { StageConfig } from '../stages/stage-config';
import type { TopicName } from './pipeline-topics';

/** The topic that an event source reads, and how. */
export interface Feed {
  readonly topic: TopicName;
  readonly consumerGroupId: string;
  readonly batches: StageConfig['eventSources']['transform'];
}

/** What reads a topic for a function. */
export interface EventSource {
  readonly topic: TopicName;
  readonly consumerGroupId: string;
  readonly mapping: EventSourceMapping;
}

/** The log between the functions: how they find it, who may write to it, and what feeds them from it. */
export interface Kafka {
  /** How a function finds the brokers. */
  readonly environment: Readonly<
    Partial<Record<'KAFKA_CLUSTER_ARN' | 'KAFKA_BOOTSTRAP_SERVERS', string>>
  >;
  /** Allows writing records to a topic. */
  grantWrite(grantee: IGrantable, topic: TopicName): void;
  /** Hands the records of a topic to a function, from the oldest on. Undefined where the stage has no event sources. */
  feed(target: Function, feed: Feed): EventSource | undefined;
}
