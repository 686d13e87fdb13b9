import { join } from 'node:path';
import { addStage } from '../../lib/candlestream';
import type { StageConfig } from '../../lib/stages/stage-config';
import { unbundledApp } from '../../lib/unbundled-app';

/** Synthesizes a stage into a folder, without bundles. @returns its template files */
export function writeTemplates(stage: StageConfig, folder: string): string[] {
  const app = unbundledApp(join(folder, stage.name));
  addStage(app, stage);
  return app.synth().stacks.map(({ templateFullPath }) => templateFullPath);
}
