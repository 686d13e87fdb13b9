import type { App } from 'aws-cdk-lib';
import { DataStack } from './data-stack';
import { PipelineStack } from './pipeline-stack';
import type { StageConfig } from './stages/stage-config';

/** Adds a stage to an app: its data, and the pipeline that works on it. */
export function addStage(
  app: App,
  stage: StageConfig,
): { data: DataStack; pipeline: PipelineStack } {
  const prefix = `Candlestream-${stage.name}`;
  const { terminationProtection } = stage;
  const data = new DataStack(app, `${prefix}-Data`, {
    description: 'Candlestream: the network, the brokers, the schemas and the tables',
    stage,
    terminationProtection,
  });
  const pipeline = new PipelineStack(app, `${prefix}-Pipeline`, {
    description: 'Candlestream: the functions, what invokes them, and what watches them',
    stage,
    data,
    terminationProtection,
  });
  return { data, pipeline };
}
