import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Database } from '../database/database';
import type { FunctionName } from '../naming/function-names';
import type { EventSource, Kafka } from '../kafka/kafka';
import type { StageConfig } from '../stages/stage-config';

/** A pipeline as its alarms and its dashboard see it. */
export interface WatchedPipeline {
  readonly stage: StageConfig;
  readonly functions: Readonly<Record<FunctionName, Function>>;
  /** In the order of the flow; none where something beside the stage invokes the functions. */
  readonly eventSources: readonly EventSource[];
  readonly kafka: Kafka;
  readonly database: Database;
}
