import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import cdk from '../../../cdk.json';
import { addStage } from '../../../lib/candlestream';
import { askedStages } from '../../../lib/stages/asked-stages';
import { runCommand } from '../../../cli/processes/run-command';
import { deploy } from '../../../local/localstack/deployment/deploy';
import type { LocalstackProject } from '../../../local/localstack/localstack-project';

/**
 * Deploys the stage with persist wrongly set: it looks for Cassandra where
 * nothing listens, and has little time for it. All else is as the settings say.
 */
export async function deployBrokenPersist(
  project: LocalstackProject,
  settings: object,
): Promise<void> {
  const assembly = join(project.folder, 'broken.out');
  const app = new App({ outdir: assembly, context: cdk.context });
  const [stage] = askedStages('localstack', { localstack: settings });
  if (stage === undefined) throw new Error('There is no stage localstack');
  const persist = addStage(app, stage).pipeline.node.findChild('Persist').node.defaultChild;
  if (!(persist instanceof CfnFunction)) throw new Error('Persist is no function');
  persist.addPropertyOverride('Timeout', 10);
  persist.addPropertyOverride('Environment.Variables.CASSANDRA_CONTACT_POINTS', 'cassandra:9');
  app.synth();
  await deploy({ project, assembly, run: runCommand });
}
