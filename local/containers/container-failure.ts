import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerState } from './container-states';

/** A container that ended or is not healthy. */
export interface ContainerFailure {
  readonly service: string;
  /** As after "the container": "ended with exit code 137", "is paused". */
  readonly how: string;
}

/** The first of these services that failed while all were coming up. */
export function failedAmong(
  services: readonly string[],
  states: readonly ContainerState[],
): ContainerFailure | undefined {
  const own = states.filter(({ service }) => services.includes(service));
  const failed =
    own.find(({ state }) => state === 'exited' || state === 'dead') ??
    own.find(({ isUnhealthy }) => isUnhealthy);
  if (failed === undefined) return undefined;
  const { service, state } = failed;
  return { service, how: state === 'running' ? 'is not healthy' : howEnded(failed) };
}

/** Options for watching containers. */
export interface WatchedContainers {
  /** Those that must run. */
  readonly services: readonly string[];
  readonly states: () => Promise<readonly ContainerState[]>;
  readonly lookEveryMs: number;
}

const SIGKILL_EXIT_CODE = 137;
/** A container has ended, or Docker does not answer, if this many looks in a row say so. */
const LOOKS = 5;

/**
 * Waits until a container has ended by itself: one that another run makes anew
 * is gone for some seconds, and an exchange that another run does without for good.
 *
 * @throws the error of several looks in a row; the signal's reason
 */
export async function containerEnd(
  { services, states, lookEveryMs }: WatchedContainers,
  signal: AbortSignal,
): Promise<ContainerFailure> {
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

/** The result of one look; two equal results have equal keys. */
type Look =
  (ContainerFailure & { readonly key: string }) | { readonly key: string; readonly error: unknown };

async function lookAt(
  services: readonly string[],
  look: () => Promise<readonly ContainerState[]>,
): Promise<Look> {
  try {
    const states = await look();
    const service = services.find((one) => isMissing(one, states)) ?? '';
    const ended = states.find((one) => one.service === service);
    return { key: service, service, how: howEnded(ended) };
  } catch (error) {
    return { key: 'no answer', error };
  }
}

function isMissing(service: string, states: readonly ContainerState[]): boolean {
  const found = states.filter((one) => one.service === service);
  if (service === 'exchange' && found.length === 0) return false;
  return !found.some(({ state }) => state === 'running');
}

/** "ended with exit code 137", "is paused", "is gone" if there is none. */
export function howEnded(container: ContainerState | undefined): string {
  if (container === undefined) return 'is gone';
  const { exitCode, state } = container;
  if (exitCode === undefined) return `is ${state}`;
  const killed = exitCode === SIGKILL_EXIT_CODE ? ', killed by hand or for lack of memory' : '';
  return `ended with exit code ${exitCode}${killed}`;
}
