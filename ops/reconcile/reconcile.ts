import '../../cli/no-node-version-warning';
import { setTimeout as sleep } from 'node:timers/promises';
import { stopAsked } from '../../cli/command-end';
import { createArchive } from '../../lambdas/shared/adapters/exchanges/archive';
import { createExchange } from '../../lambdas/shared/adapters/exchanges/exchange';
import type { Telemetry } from '../../lambdas/shared/domain/ports';
import { PIPELINES } from '../pipeline/open-pipeline';
import { reconcileCommand } from './reconcile-command';

/** The pipeline's own functions share the exchange's limit. */
const REQUESTS_PER_10_S = 20;

/** What went wrong with a day is printed with it. */
const SILENT: Telemetry = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  count: () => undefined,
};

void reconcileCommand(process.argv.slice(2), {
  print: (text) => process.stdout.write(text),
  printError: (text) => process.stderr.write(text),
  clock: Date.now,
  wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
  signal: stopAsked(),
  pipelines: PIPELINES,
  exchange: ({ name, url }) =>
    createExchange(name, {
      baseUrl: url,
      telemetry: SILENT,
      requestsPer10Seconds: REQUESTS_PER_10_S,
    }),
  archive: ({ name, archiveUrl: baseUrl }) =>
    baseUrl === null ? undefined : createArchive(name, { baseUrl, telemetry: SILENT }),
}).then((exitCode) => {
  process.exitCode = exitCode;
});
