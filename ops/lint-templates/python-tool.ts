import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OperationError } from '../operation-error';

const REQUIREMENTS = join(__dirname, 'requirements');

const VENV_TIMEOUT_MS = 120_000;
const INSTALL_TIMEOUT_MS = 600_000;
const LINT_TIMEOUT_MS = 300_000;

const PYTHON_REMEDY = 'install Python 3.11 or later with its venv module (Debian: python3-venv)';

/** A check of templates that is written in Python; its exact versions are in `requirements/<name>.txt`. */
export interface PythonTool {
  /** Its name on PyPI, and that of its command. */
  readonly name: 'cfn-lint' | 'checkov';
  /** Folder for its Python environment, which is kept for the next run. */
  readonly folder: string;
  /** @default python3 */
  readonly python?: string;
}

/**
 * Runs a tool, which prints its findings, and installs it first if the installed
 * versions are not the required ones.
 *
 * @throws OperationError if there are findings, or the tool cannot be installed
 */
export function runPythonTool(tool: PythonTool, args: readonly string[]): void {
  const command = installed(tool);
  const { status, error } = spawnSync(command, args, {
    stdio: 'inherit',
    timeout: LINT_TIMEOUT_MS,
  });
  if (error !== undefined) {
    throw new OperationError(`${command} cannot be run (${error.message}): remove ${tool.folder}`, {
      cause: error,
    });
  }
  if (status !== 0) throw new OperationError(`${tool.name} has findings: fix them in lib/`);
}

/** Installs again if the installed versions are not the required ones, or an installation did not finish. */
function installed({ name, folder, python = 'python3' }: PythonTool): string {
  const command = join(folder, 'bin', name);
  const requirements = join(REQUIREMENTS, `${name}.txt`);
  const done = join(folder, 'installed.txt');
  const wanted = readFileSync(requirements, 'utf8');
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return command;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  run(python, ['-m', 'venv', folder], VENV_TIMEOUT_MS, PYTHON_REMEDY);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  run(
    join(folder, 'bin', 'python'),
    [...install, '--requirement', requirements],
    INSTALL_TIMEOUT_MS,
    'check that PyPI is reachable, and that Python is 3.11 or later',
  );
  writeFileSync(done, wanted);
  return command;
}

function run(command: string, args: readonly string[], timeout: number, remedy: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout });
  if (status === 0) return;
  const reason = error?.message ?? [stdout, stderr].join('\n').trim();
  throw new OperationError(`${command} ${args.join(' ')} failed (${reason}): ${remedy}`, {
    cause: error,
  });
}
