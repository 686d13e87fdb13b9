import { FUNCTION_NAMES } from '../../naming/function-names';
import { Keyspaces } from '../../database/keyspaces';
import { keyspacesMetric, sumOfFunctions, ticksPerPeriod } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_HAPPENED } from './alarm-spec';

/** Alarms for failing or throttled requests to the database. */
export function databaseAlarms({ stage, database }: WatchedPipeline): AlarmSpec[] {
  const lasting = { periods: LASTING, missing: NOTHING_HAPPENED, severity: 'ticket' } as const;
  const failing: AlarmSpec = {
    ...lasting,
    id: 'DatabaseErrors',
    runbook: 'database-errors',
    situation: 'More than one attempt per tick to use the database fails',
    metric: sumOfFunctions(stage, FUNCTION_NAMES, 'DatabaseErrors'),
    threshold: { above: ticksPerPeriod(stage) },
  };
  if (!(database instanceof Keyspaces)) return [failing];
  const keyspaces = KEYSPACES_ALARMS.map(({ count, ...spec }) => ({
    ...lasting,
    ...spec,
    metric: keyspacesMetric(database, count),
    threshold: { above: 0 },
  }));
  return [failing, ...keyspaces];
}

const KEYSPACES_ALARMS = [
  {
    id: 'KeyspacesWriteThrottling',
    runbook: 'keyspaces-throttling',
    situation: 'Keyspaces keeps throttling writes',
    count: 'WriteThrottleEvents',
  },
  {
    id: 'KeyspacesReadThrottling',
    runbook: 'keyspaces-throttling',
    situation: 'Keyspaces keeps throttling reads',
    count: 'ReadThrottleEvents',
  },
  {
    id: 'KeyspacesSystemErrors',
    runbook: 'keyspaces-errors',
    situation: 'Keyspaces keeps failing with errors of its own',
    count: 'SystemErrors',
  },
  {
    id: 'KeyspacesUserErrors',
    runbook: 'keyspaces-errors',
    situation: 'Keyspaces keeps rejecting requests as invalid',
    count: 'UserErrors',
  },
] as const;
