import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const VENV_TIMEOUT_MS = 120_000;
const INSTALL_TIMEOUT_MS = 600_000;
const PYTHON_REMEDY = 'install Python 3.11 or later with its venv module (Debian: python3-venv)';
const PYPI_REMEDY = 'check that PyPI is reachable, and that Python is 3.11 or later';

/** A tool of Python in an environment of its own. */
export interface PythonTool {
  /** Its command, such as `cfn-lint`. */
  readonly command: string;
  /** A file with the exact versions of the tool and its dependencies. */
  readonly requirements: string;
  /** Folder for its Python environment, which is kept for the next run. */
  readonly folder: string;
}

/** A tool cannot be installed; the message has the remedy. */
export class PythonToolError extends Error {
  override readonly name = 'PythonToolError';
}

/** The path of a tool's command if the required versions are installed, otherwise undefined. */
export function installedPythonTool(tool: PythonTool): string | undefined {
  const installed = installedFile(tool);
  const wanted = readFileSync(tool.requirements, 'utf8');
  const isInstalled = existsSync(installed) && readFileSync(installed, 'utf8') === wanted;
  return isInstalled ? join(tool.folder, 'bin', tool.command) : undefined;
}

/**
 * Installs a tool, again if the installed versions are not the required ones, or
 * an installation did not finish.
 *
 * @returns the path of its command
 * @throws PythonToolError
 */
export function installPythonTool(tool: PythonTool, python = 'python3'): string {
  const before = installedPythonTool(tool);
  if (before !== undefined) return before;
  const { folder, requirements, command } = tool;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  run(python, ['-m', 'venv', folder], VENV_TIMEOUT_MS, PYTHON_REMEDY);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const args = [...install, '--requirement', requirements];
  run(join(folder, 'bin', 'python'), args, INSTALL_TIMEOUT_MS, PYPI_REMEDY);
  writeFileSync(installedFile(tool), readFileSync(requirements, 'utf8'));
  return join(folder, 'bin', command);
}

/** Written once an installation has finished: the versions that are installed. */
function installedFile({ folder }: PythonTool): string {
  return join(folder, 'installed.txt');
}

function run(command: string, args: readonly string[], timeout: number, remedy: string): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout });
  if (status === 0) return;
  const reason = error?.message ?? [stdout, stderr].join('\n').trim();
  throw new PythonToolError(`${command} ${args.join(' ')} failed (${reason}): ${remedy}`, {
    cause: error,
  });
}
