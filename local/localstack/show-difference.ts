import { join } from 'node:path';
import { synthesize } from '../../cli/synthesize';
import type { LocalstackCommand } from './command';
import {
  differenceTable,
  readStageTemplates,
  templateDifferences,
} from './deployment/template-difference';

/** Prints how the templates that are deployed into LocalStack differ from those of the stage `dev`. */
export async function showDifference({ place, shown, signal }: LocalstackCommand): Promise<void> {
  const folder = join(place.folder, 'difference.out');
  // What is in a bundle makes no difference.
  await synthesize('dev,localstack', folder, signal, { 'aws:cdk:bundling-stacks': [] });
  const [dev, localstack] = ['dev', 'localstack'].map((stage) => readStageTemplates(folder, stage));
  if (dev === undefined || localstack === undefined) return;
  shown.note(differenceTable(templateDifferences(dev, localstack)));
}
