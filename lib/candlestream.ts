import type { App } from 'aws-cdk-lib';
import { DataStack } from './data-stack';
import { PipelineStack } from './pipeline-stack';
import type { StageConfig } from './stage-config';

/** Adds a stage to an app: its data, and the pipeline that works on it. */
export function addStage(
  app: App,
  stage: StageConfig,
): { data: DataStack; pipeline: PipelineStack } {
  const prefix = `Candlestream-${stage.name}`;
  const data = new DataStack(app, `${prefix}-Data`, { stage });
  const pipeline = new PipelineStack(app, `${prefix}-Pipeline`, { stage, data });
  return { data, pipeline };
}
