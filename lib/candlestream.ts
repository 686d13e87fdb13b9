import type { App } from 'aws-cdk-lib';
import { DataStack } from './data-stack';
import { PipelineStack } from './pipeline-stack';
import type { StageConfig } from './stages/stage-config';

/** Adds the stacks of a stage to an app. */
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
    description: 'Candlestream: the functions, their triggers, the alarms and the dashboard',
    stage,
    data,
    terminationProtection,
  });
  return { data, pipeline };
}
