import type { App } from 'aws-cdk-lib';
import { DataStack } from './data-stack';
import { stackNames } from './naming/stage-names';
import { PipelineStack } from './pipeline-stack';
import type { StageConfig } from './stages/stage-config';

/** Adds the stacks of a stage to an app. */
export function addStage(
  app: App,
  stage: StageConfig,
): { data: DataStack; pipeline: PipelineStack } {
  const [dataName, pipelineName] = stackNames(stage.name);
  const { terminationProtection } = stage;
  const data = new DataStack(app, dataName, {
    description: 'Candlestream: the network, the brokers, the schemas and the tables',
    stage,
    terminationProtection,
  });
  const pipeline = new PipelineStack(app, pipelineName, {
    description: 'Candlestream: the functions, their triggers, the alarms and the dashboard',
    stage,
    data,
    terminationProtection,
  });
  return { data, pipeline };
}
