import '../../cli/no-node-version-warning';
import { StopAsked, stopAsked, reportFailure } from '../../cli/command-end';
import { InvocationCounts } from '../watch/invocation-counts';
import { createConsole } from '../watch/console';
import { runByTheClock } from './run-by-the-clock';
import { runReplay } from './run-replay';
import { parseStartArguments } from './start-request';

/** `npm start`: see `--help`. */
async function main(args: readonly string[]): Promise<void> {
  const request = parseStartArguments(args, Date.now());
  const shown = createConsole({ stream: process.stdout, isTTY: process.stdout.isTTY });
  const command = { request, shown, counts: new InvocationCounts(), signal: stopAsked() };
  try {
    const { replay } = request;
    const run = replay === undefined ? runByTheClock(command) : runReplay(command, replay);
    shown.note(await run);
  } catch (error) {
    if (!(error instanceof StopAsked)) throw error;
    shown.note('stopped: nothing is left running; the data stays for the next start');
  }
}

main(process.argv.slice(2)).catch(reportFailure);
