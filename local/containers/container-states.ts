import { lastLines } from '../../cli/processes/run-command';
import { ComposeError } from './compose-problems';
import { ANSWER_LIMIT_MS, type Docker } from './docker';

/** The state of a container of a compose project. */
export interface ContainerState {
  readonly service: string;
  /** Docker's word, such as `running` or `exited`. */
  readonly state: string;
  readonly isUnhealthy: boolean;
  /** Undefined until it has ended. */
  readonly exitCode: number | undefined;
  /** The ports of 127.0.0.1 that it publishes. */
  readonly ports: readonly number[];
  /** The folder of the compose file that it was made by. */
  readonly folder: string;
}

const FORMAT = [
  '{{.Label "com.docker.compose.service"}}',
  '{{.State}}',
  '{{.Status}}',
  '{{.Label "com.docker.compose.project.working_dir"}}',
  '{{.Ports}}',
].join('\t');

/** The containers of a project, those that have ended too. @throws ComposeError */
export async function containerStates(
  docker: Docker,
  projectName: string,
): Promise<ContainerState[]> {
  const filter = `label=com.docker.compose.project=${projectName}`;
  const args = ['ps', '--all', '--filter', filter, '--format', FORMAT];
  const listed = await docker.run(args, { limitMs: ANSWER_LIMIT_MS });
  if (listed.exitCode !== 0) throw new ComposeError('ps', lastLines(listed));
  return listed.stdout.split('\n').flatMap(stateOf);
}

function stateOf(line: string): ContainerState[] {
  const [service = '', state, status = '', folder = '', ports = ''] = line.split('\t');
  if (state === undefined) return [];
  const exitCode = /^Exited \((\d+)\)/.exec(status)?.[1];
  return [
    {
      ...{ service, state, folder },
      isUnhealthy: status.includes('(unhealthy)'),
      exitCode: exitCode === undefined ? undefined : Number(exitCode),
      ports: [...ports.matchAll(/127\.0\.0\.1:(\d+)->/g)].map(([, port]) => Number(port)),
    },
  ];
}
