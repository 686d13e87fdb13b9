import { HelpRequested, UsageError } from './command-line';

/** Ctrl-C, or what means the same: another signal, or a reader of the output that has gone. */
export class StopAsked extends Error {
  override readonly name = 'StopAsked';
}

/** Is aborted with StopAsked by Ctrl-C and what means the same; with the error, where the output cannot be written. */
export function stopAsked(): AbortSignal {
  const asked = new AbortController();
  const stop = () => asked.abort(new StopAsked());
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    asked.abort(error.code === 'EPIPE' ? new StopAsked() : error),
  );
  return asked.signal;
}

/** Prints why a command failed, or its help, and sets the exit code: 2 for a wrong command line, 1 for the rest. */
export function tellFailure(error: unknown): void {
  if (error instanceof HelpRequested) {
    process.stdout.write(error.message);
    return;
  }
  process.stderr.write(`${failureText(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

/** An error for people: what it says, and what the errors in it say. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [error.message, ...inner.map(failureText)].join(': ');
}
