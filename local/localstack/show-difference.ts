import { join } from 'node:path';
import { synthesize } from '../../cli/synthesize';
import type { LocalstackCommand } from './command';
import {
  differenceTable,
  readStageTemplates,
  templateDifferences,
} from './deployment/template-difference';

/** Prints the differences of the templates deployed into LocalStack from those of the stage `dev`. */
export async function showDifference({ project, shown, signal }: LocalstackCommand): Promise<void> {
  const folder = join(project.folder, 'difference.out');
  // The contents of bundles are not compared.
  await synthesize('dev,localstack', folder, signal, { 'aws:cdk:bundling-stacks': [] });
  const [from, to] = [readStageTemplates(folder, 'dev'), readStageTemplates(folder, 'localstack')];
  shown.note(differenceTable(templateDifferences(from, to)));
}
