import { setTimeout as sleep } from 'node:timers/promises';
import { lastLines } from '../../cli/run-command';
import { ComposeError } from './compose-problems';
import { ANSWER_LIMIT_MS, type Docker } from './docker';

/** How a container of a compose project stands. */
export interface ContainerState {
  readonly service: string;
  /** Docker's word, such as `running` or `exited`. */
  readonly state: string;
  readonly isUnhealthy: boolean;
  /** Undefined of one that has not ended. */
  readonly exitCode: number | undefined;
  /** The folder of the compose file that it was made by. */
  readonly folder: string;
}

const FORMAT = [
  '{{.Label "com.docker.compose.service"}}',
  '{{.State}}',
  '{{.Status}}',
  '{{.Label "com.docker.compose.project.working_dir"}}',
].join('\t');

/** The containers of a project, those that have ended too. @throws ComposeError */
export async function containerStates(docker: Docker, project: string): Promise<ContainerState[]> {
  const filter = `label=com.docker.compose.project=${project}`;
  const args = ['ps', '--all', '--filter', filter, '--format', FORMAT];
  const listed = await docker.run(args, { limitMs: ANSWER_LIMIT_MS });
  if (listed.exitCode !== 0) throw new ComposeError('ps', lastLines(listed));
  return listed.stdout.split('\n').flatMap(stateOf);
}

function stateOf(line: string): ContainerState[] {
  const [service = '', state, status = '', folder = ''] = line.split('\t');
  if (state === undefined) return [];
  const exitCode = /^Exited \((\d+)\)/.exec(status)?.[1];
  return [
    {
      ...{ service, state, folder },
      isUnhealthy: status.includes('(unhealthy)'),
      exitCode: exitCode === undefined ? undefined : Number(exitCode),
    },
  ];
}

/** The one of these services that keeps a stack from coming up, and how it failed. */
export function failedAmong(
  services: readonly string[],
  states: readonly ContainerState[],
): { readonly service: string; readonly how: string } | undefined {
  const own = states.filter(({ service }) => services.includes(service));
  const failed =
    own.find(({ state }) => state === 'exited' || state === 'dead') ??
    own.find(({ isUnhealthy }) => isUnhealthy);
  if (failed === undefined) return undefined;
  const { service, state } = failed;
  return { service, how: state === 'running' ? 'is not healthy' : endOf(failed) };
}

/** What is looked at of a stack that runs. */
export interface WatchedContainers {
  /** Those that must run. */
  readonly services: readonly string[];
  readonly states: () => Promise<readonly ContainerState[]>;
  readonly lookEveryMs: number;
}

/** So many looks in a row tell that a container has ended, or that Docker does not answer. */
const LOOKS = 5;

/**
 * Waits until a container has ended by itself: one that another run makes anew
 * is gone for some seconds, and an exchange that another run does without for good.
 *
 * @throws whatever Docker said to several looks in a row; the signal's reason
 */
export async function containerEnd(
  { services, states, lookEveryMs }: WatchedContainers,
  signal: AbortSignal,
): Promise<{ readonly service: string; readonly how: string }> {
  let [last, times] = ['', 0];
  for (;;) {
    await sleep(lookEveryMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    const look = await lookAt(services, states);
    signal.throwIfAborted();
    times = look.key === last ? times + 1 : 1;
    last = look.key;
    if (times < LOOKS || look.key === '') continue;
    if ('error' in look) throw look.error;
    return look;
  }
}

/** What a look told; of two that told the same, the keys are equal. */
type Look =
  | { readonly key: string; readonly service: string; readonly how: string }
  | { readonly key: string; readonly error: unknown };

async function lookAt(
  services: readonly string[],
  look: () => Promise<readonly ContainerState[]>,
): Promise<Look> {
  try {
    const states = await look();
    const service = services.find((one) => isMissing(one, states)) ?? '';
    const ended = states.find((one) => one.service === service);
    return { key: service, service, how: ended === undefined ? 'is gone' : endOf(ended) };
  } catch (error) {
    return { key: 'no answer', error };
  }
}

function isMissing(service: string, states: readonly ContainerState[]): boolean {
  const found = states.filter((one) => one.service === service);
  if (service === 'exchange' && found.length === 0) return false;
  return !found.some(({ state }) => state === 'running');
}

function endOf({ exitCode, state }: ContainerState): string {
  return exitCode === undefined ? `is ${state}` : `ended with exit code ${exitCode}`;
}
