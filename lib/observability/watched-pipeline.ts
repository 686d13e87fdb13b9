import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Database } from '../database/database';
import type { FunctionName } from '../naming/function-names';
import type { EventSource, Kafka } from '../kafka/kafka';
import type { StageConfig } from '../stages/stage-config';

/** The parts of a pipeline that alarms and the dashboard watch. */
export interface WatchedPipeline {
  readonly stage: StageConfig;
  readonly functions: Readonly<Record<FunctionName, Function>>;
  /** Undefined if the stage cannot be asked. */
  readonly query: Function | undefined;
  /** In the order of the flow; empty if something outside the stage invokes the functions. */
  readonly eventSources: readonly EventSource[];
  readonly kafka: Kafka;
  readonly database: Database;
}
