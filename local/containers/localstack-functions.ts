import { lastLines } from '../../cli/processes/run-command';
import { ComposeError } from './compose-problems';
import type { Docker } from './docker';

/**
 * Removes the containers that the LocalStack of a project runs functions in.
 *
 * @throws ComposeError
 */
export async function removeFunctions(docker: Docker, projectName: string): Promise<void> {
  const ids = await functionContainers(docker, projectName);
  if (ids.length === 0) return;
  const removed = await docker.run(['rm', '--force', '--volumes', ...ids]);
  // One that ends at this moment is gone too.
  if (removed.exitCode === 0 || /no such container|already in progress/i.test(removed.stderr)) {
    return;
  }
  throw new ComposeError('rm', lastLines(removed));
}

async function functionContainers(docker: Docker, projectName: string): Promise<string[]> {
  // LocalStack names them after its own container, with a dash for what a host's name cannot have.
  const prefix = `${projectName}-localstack-1-lambda-`.replaceAll('_', '-');
  const filter = `name=^/?${prefix}`;
  const listed = await docker.run(['ps', '--all', '--quiet', '--filter', filter]);
  if (listed.exitCode !== 0) throw new ComposeError('ps', lastLines(listed));
  return listed.stdout.split('\n').filter((id) => id !== '');
}
