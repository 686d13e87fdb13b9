import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { installPythonTool, PythonToolError } from '../../cli/processes/python-tool';
import { OperationError } from '../operation-error';

const REQUIREMENTS = join(__dirname, 'requirements');

const LINT_TIMEOUT_MS = 300_000;

/** A check of templates that is written in Python; its exact versions are in `requirements/<name>.txt`. */
export interface TemplateCheck {
  /** Its name on PyPI, and that of its command. */
  readonly name: 'cfn-lint' | 'checkov';
  /** Folder for its Python environment, which is kept for the next run. */
  readonly folder: string;
  /** @default python3 */
  readonly python?: string;
}

/**
 * Runs a check, which prints its findings, and installs it first if the installed
 * versions are not the required ones.
 *
 * @throws OperationError if there are findings, or the check cannot be installed
 */
export function runTemplateCheck(check: TemplateCheck, args: readonly string[]): void {
  const command = installed(check);
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    timeout: LINT_TIMEOUT_MS,
  });
  if (error !== undefined) {
    throw new OperationError(
      `${command} cannot be run (${error.message}): remove ${check.folder}`,
      { cause: error },
    );
  }
  if (status !== 0) throw new OperationError(`${check.name} has findings: fix them in lib/`);
}

function installed({ name, folder, python }: TemplateCheck): string {
  const tool = { command: name, requirements: join(REQUIREMENTS, `${name}.txt`), folder };
  try {
    return installPythonTool(tool, python);
  } catch (cause) {
    if (!(cause instanceof PythonToolError)) throw cause;
    throw new OperationError(cause.message, { cause });
  }
}
