import { FUNCTION_NAMES } from '../../naming/function-names';
import { Keyspaces } from '../../database/keyspaces';
import { keyspacesMetric, sumOfFunctions, ticksPerPeriod } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_HAPPENED } from './alarm-spec';

/** Whether the database takes what it is given. */
export function databaseAlarms({ stage, database }: WatchedPipeline): AlarmSpec[] {
  const lasting = { periods: LASTING, missing: NOTHING_HAPPENED };
  const failing: AlarmSpec = {
    ...lasting,
    id: 'DatabaseErrors',
    runbook: 'database-errors',
    says: 'The database fails more than one attempt a tick',
    metric: sumOfFunctions(stage, FUNCTION_NAMES, 'DatabaseErrors'),
    rings: { above: ticksPerPeriod(stage) },
  };
  if (!(database instanceof Keyspaces)) return [failing];
  const keyspaces = KEYSPACES_ALARMS.map(({ count, ...spec }) => ({
    ...lasting,
    ...spec,
    metric: keyspacesMetric(count),
    rings: { above: 0 },
  }));
  return [failing, ...keyspaces];
}

const KEYSPACES_ALARMS = [
  {
    id: 'KeyspacesWriteThrottling',
    runbook: 'keyspaces-throttling',
    says: 'Keyspaces keeps throttling writes',
    count: 'WriteThrottleEvents',
  },
  {
    id: 'KeyspacesReadThrottling',
    runbook: 'keyspaces-throttling',
    says: 'Keyspaces keeps throttling reads',
    count: 'ReadThrottleEvents',
  },
  {
    id: 'KeyspacesSystemErrors',
    runbook: 'keyspaces-errors',
    says: 'Keyspaces keeps failing requests itself',
    count: 'SystemErrors',
  },
  {
    id: 'KeyspacesUserErrors',
    runbook: 'keyspaces-errors',
    says: 'Keyspaces keeps refusing requests as wrong',
    count: 'UserErrors',
  },
] as const;
