import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { STAGES } from '../../lib/stages';
import { lintTemplates } from './cfn-lint';
import { OperationError } from '../operation-error';
import { writeTemplates } from './stage-templates';

const PROJECT = join(__dirname, '..', '..');
/** Kept after a run, as findings name lines of it. */
const TEMPLATES = join(PROJECT, '.candlestream', 'templates');
const CFN_LINT = join(PROJECT, '.candlestream', 'cfn-lint');

try {
  rmSync(TEMPLATES, { recursive: true, force: true });
  const files = STAGES.flatMap((stage) => writeTemplates(stage, TEMPLATES));
  lintTemplates(
    files.map((file) => relative(process.cwd(), file)),
    { folder: CFN_LINT },
  );
  const names = STAGES.map(({ name }) => name).join(', ');
  console.log(`cfn-lint has no findings in the ${files.length} templates of ${names}.`);
} catch (error) {
  if (!(error instanceof OperationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
