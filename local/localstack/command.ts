import type { Console } from '../watch/console';
import type { RunCommand } from '../../cli/processes/run-command';
import { Compose } from '../containers/compose';
import type { LocalstackProject } from './localstack-project';

/** Surroundings of every part of `npm run localstack`. */
export interface LocalstackCommand {
  readonly project: LocalstackProject;
  readonly run: RunCommand;
  readonly shown: Console;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The containers of the run; their progress is shown. */
export function composeFor({ project, run, shown, signal }: LocalstackCommand): Compose {
  return new Compose({ project, run, signal, onProgress: (line) => shown.note(line) });
}

/** Does a piece of work and shows how long it took. */
export async function timed<T>(
  { shown }: LocalstackCommand,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  shown.note(`${what} in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  return result;
}

const REPEAT_AFTER_MS = 60_000;

/** Passes each line on once a minute at most: while a server is down, several problems alternate. */
export function oncePerMinute(
  note: (line: string) => void,
  clock: () => number = Date.now,
): (line: string) => void {
  const saidMs = new Map<string, number>();
  return (line) => {
    const nowMs = clock();
    if (nowMs - (saidMs.get(line) ?? -Infinity) < REPEAT_AFTER_MS) return;
    saidMs.set(line, nowMs);
    note(line);
  };
}
