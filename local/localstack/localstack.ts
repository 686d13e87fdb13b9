import '../../cli/no-node-version-warning';
import { createConsole } from '../watch/console';
import { StopAsked, stopAsked, reportFailure } from '../../cli/command-end';
import { runCommand } from '../../cli/processes/run-command';
import type { LocalstackCommand } from './command';
import { type LocalstackRequest, parseLocalstackArguments } from './localstack-request';
import { localstackProject } from './localstack-project';
import { bringDown } from './bring-down';
import { bringUp } from './bring-up';
import { showDifference } from './show-difference';
import { showLogs } from './show-logs';

/** `npm run localstack`: see `--help`. */
async function main(args: readonly string[]): Promise<void> {
  const request = parseLocalstackArguments(args);
  const shown = createConsole({ stream: process.stdout, isTTY: process.stdout.isTTY });
  const signal = stopAsked();
  const command = { project: localstackProject(process.env), run: runCommand, shown, signal };
  try {
    await perform(request, command);
  } catch (error) {
    if (!signal.aborted) throw error;
    const reason: unknown = signal.reason;
    if (!(reason instanceof StopAsked)) throw reason;
  }
}

function perform(request: LocalstackRequest, command: LocalstackCommand): Promise<void> {
  switch (request.kind) {
    case 'up':
      return bringUp(request, command);
    case 'down':
      return bringDown(request, command);
    case 'logs':
      return showLogs(request, command);
    case 'difference':
      return showDifference(command);
  }
}

main(process.argv.slice(2)).catch(reportFailure);
