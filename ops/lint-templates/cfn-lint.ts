import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OperationError } from '../operation-error';

/** Exact versions of cfn-lint and its dependencies. */
const REQUIREMENTS = join(__dirname, 'requirements.txt');
const CONFIG = join(__dirname, 'cfn-lint.yaml');

const VENV_TIMEOUT_MS = 120_000;
const INSTALL_TIMEOUT_MS = 600_000;
const LINT_TIMEOUT_MS = 300_000;

const PYTHON_REMEDY = 'install Python 3.11 or later with its venv module (Debian: python3-venv)';

/** Options for installing cfn-lint. */
export interface CfnLintOptions {
  /** Folder for its Python environment, which is kept for the next run. */
  readonly folder: string;
  /** @default python3 */
  readonly python?: string;
}

/**
 * Checks templates with cfn-lint, which prints its findings.
 *
 * @throws OperationError if there are findings, or cfn-lint cannot be installed
 */
export function lintTemplates(files: readonly string[], options: CfnLintOptions): void {
  const cfnLint = installedCfnLint(options);
  const args = ['--config-file', CONFIG, '--', ...files];
  const { status, error } = spawnSync(cfnLint, args, {
    stdio: 'inherit',
    timeout: LINT_TIMEOUT_MS,
  });
  if (error !== undefined) {
    throw new OperationError(
      `${cfnLint} cannot be run (${error.message}): remove ${options.folder}`,
      {
        cause: error,
      },
    );
  }
  if (status !== 0) throw new OperationError('cfn-lint has findings: fix them in lib/');
}

/** Installs again if the installed versions are not the required ones, or an installation did not finish. */
function installedCfnLint({ folder, python = 'python3' }: CfnLintOptions): string {
  const cfnLint = join(folder, 'bin', 'cfn-lint');
  const installed = join(folder, 'installed.txt');
  const wanted = readFileSync(REQUIREMENTS, 'utf8');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === wanted) return cfnLint;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  run(python, ['-m', 'venv', folder], VENV_TIMEOUT_MS, PYTHON_REMEDY);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  run(
    join(folder, 'bin', 'python'),
    [...install, '--requirement', REQUIREMENTS],
    INSTALL_TIMEOUT_MS,
    'check that PyPI is reachable, and that Python is 3.11 or later',
  );
  writeFileSync(installed, wanted);
  return cfnLint;
}

function run(command: string, args: readonly string[], timeout: number, remedy: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout });
  if (status === 0) return;
  const reason = error?.message ?? [stdout, stderr].join('\n').trim();
  throw new OperationError(`${command} ${args.join(' ')} failed (${reason}): ${remedy}`, {
    cause: error,
  });
}
