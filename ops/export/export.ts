import '../../cli/no-node-version-warning';
import { stopAsked } from '../../cli/command-end';
import { PIPELINES } from '../pipeline/open-pipeline';
import { exportCommand } from './export-command';
import { createProgressBar } from './progress-bar';

const { stderr } = process;

void exportCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  printError: (text) => stderr.write(text),
  pipelines: PIPELINES,
  clock: Date.now,
  bar: createProgressBar({ stream: stderr, isTTY: stderr.isTTY, clock: Date.now }),
  signal: stopAsked(),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
