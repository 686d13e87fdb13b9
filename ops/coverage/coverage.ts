import '../../cli/no-node-version-warning';
import { PIPELINES } from '../pipeline/open-pipeline';
import { coverageCommand } from './coverage-command';

// A reader such as `head` ends when it has enough: the rest need not be printed.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

void coverageCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  pipelines: PIPELINES,
  clock: Date.now,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
