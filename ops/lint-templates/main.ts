import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { STAGES } from '../../lib/stages';
import { OperationError } from '../operation-error';
import { runTemplateCheck } from './template-check';
import { writeTemplates } from './stage-templates';

const PROJECT = join(__dirname, '..', '..');
/** For what is kept after a run: the tools, and the templates, as findings name lines of them. */
const KEPT = join(PROJECT, '.candlestream');
const TEMPLATES = join(KEPT, 'templates');

try {
  rmSync(TEMPLATES, { recursive: true, force: true });
  const files = STAGES.flatMap((stage) => writeTemplates(stage, TEMPLATES)).map((file) =>
    relative(process.cwd(), file),
  );
  const config = join(__dirname, 'cfn-lint.yaml');
  runTemplateCheck({ name: 'cfn-lint', folder: join(KEPT, 'cfn-lint') }, [
    ...['--config-file', config, '--'],
    ...files,
  ]);
  // Findings that are accepted have their reason beside their resource in lib/.
  runTemplateCheck({ name: 'checkov', folder: join(KEPT, 'checkov') }, [
    ...['--framework', 'cloudformation', '--skip-download', '--quiet', '--compact', '--file'],
    ...files,
  ]);
  const names = STAGES.map(({ name }) => name).join(', ');
  console.log(
    `cfn-lint and checkov have no findings in the ${files.length} templates of ${names}.`,
  );
} catch (error) {
  if (!(error instanceof OperationError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
