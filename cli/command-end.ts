import { HelpRequested, UsageError } from './command-line';
import { failureText } from './failure-text';
import { launcherEnded } from './processes/launcher';

/** Ctrl-C or its like: another signal, or a terminal, a reader of the output or an npm that has gone. */
export class StopAsked extends Error {
  override readonly name = 'StopAsked';
}

/** Codes of a reader, and of a terminal, that has gone. */
const GONE = ['EPIPE', 'EIO'];

/** A signal that Ctrl-C and its like abort with StopAsked, and output that cannot be written with its error. */
export function stopAsked(): AbortSignal {
  const asked = new AbortController();
  const stop = () => asked.abort(new StopAsked());
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    asked.abort(GONE.includes(error.code ?? '') ? new StopAsked() : error),
  );
  void launcherEnded().then(stop);
  return asked.signal;
}

/** Prints why a command failed, or its help, and sets the exit code: 2 for a wrong command line, 1 for anything else. */
export function reportFailure(error: unknown): void {
  if (error instanceof HelpRequested) {
    process.stdout.write(error.message);
    return;
  }
  process.stderr.write(`${failureText(error)}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
