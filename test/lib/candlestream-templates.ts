import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import cdk from '../../cdk.json';
import { addStage } from '../../lib/candlestream';
import type { StageConfig } from '../../lib/stage-config';
import { dev } from '../../lib/stages/dev';

/** The templates of a stage, as they are synthesized, without its functions being bundled. */
export function templatesOf(stage: StageConfig = dev): { data: Template; pipeline: Template } {
  const app = new App({ context: { ...cdk.context, 'aws:cdk:bundling-stacks': [] } });
  const { data, pipeline } = addStage(app, stage);
  return { data: Template.fromStack(data), pipeline: Template.fromStack(pipeline) };
}
