import { connectToRun } from '../run/run-database';
import { defaultDataDir, readRunDescription } from '../run/run-description';
import { showCandles } from './show-candles';

// A reader such as `head` ends when it has enough: the rest need not be printed.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

void showCandles(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  findRun: () => readRunDescription(defaultDataDir()),
  connect: connectToRun,
}).then((exitCode) => {
  process.exitCode = exitCode;
});
