import type { Console } from '../watch/console';
import type { RunCommand } from '../../cli/run-command';
import { Compose } from '../containers/compose';
import type { Place } from './run-place';

/** What every part of `npm run localstack` works with. */
export interface LocalstackCommand {
  readonly place: Place;
  readonly run: RunCommand;
  readonly shown: Console;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The containers, whose news are shown. */
export function composeOf({ place, run, shown, signal }: LocalstackCommand): Compose {
  return new Compose({ project: place, run, signal, onProgress: (line) => shown.note(line) });
}

/** Does a step, and tells how long it took. */
export async function step<T>(
  { shown }: LocalstackCommand,
  what: string,
  work: () => Promise<T>,
): Promise<T> {
  const startedMs = performance.now();
  const result = await work();
  shown.note(`${what} in ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  return result;
}

const REPEATED_AFTER_MS = 60_000;

/** Passes lines on, each once a minute at most: what goes wrong while a server is away takes turns. */
export function notTooOften(
  note: (line: string) => void,
  clock: () => number = Date.now,
): (line: string) => void {
  const saidMs = new Map<string, number>();
  return (line) => {
    const nowMs = clock();
    if (nowMs - (saidMs.get(line) ?? -Infinity) < REPEATED_AFTER_MS) return;
    saidMs.set(line, nowMs);
    note(line);
  };
}
