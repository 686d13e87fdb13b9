import { localEnvironment } from '../emulator/local-environment';
import type { PipelineOptions } from '../emulator/start-pipeline';
import type { FollowedByRun } from './run-description';

/** What a local run follows: as its reconcile function is told. */
export function followedByRun(options: PipelineOptions): FollowedByRun {
  const { reconcile } = options.template.functions;
  const environment: Readonly<Record<string, string | undefined>> = {
    ...reconcile.environment,
    ...localEnvironment(reconcile, { ...options, mskUrl: '' }, options.chosen),
  };
  return {
    pairs: (environment['PAIRS'] ?? '').split(','),
    historyStart: environment['HISTORY_START'] ?? '',
    retentionMinutes: Number(environment['RETENTION_MINUTES']),
    exchangeUrl: environment['GATE_IO_URL'] ?? '',
    archiveUrl: environment['GATE_IO_ARCHIVE_URL'] ?? '',
  };
}
