import { FUNCTION_NAMES } from '../../naming/function-names';
import { sumOfFunctions, ticksPerPeriod } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_HAPPENED } from './alarm-spec';

/**
 * Alarms for failing or throttled attempts to use the database, as the functions count them. Keyspaces
 * counts the same by table and operation, and an alarm on a query is charged for each that it finds.
 */
export function databaseAlarms({ stage }: WatchedPipeline): AlarmSpec[] {
  const lasting = { periods: LASTING, missing: NOTHING_HAPPENED, severity: 'ticket' } as const;
  return [
    {
      ...lasting,
      id: 'DatabaseErrors',
      runbook: 'database-errors',
      situation: 'More than one attempt per tick to use the database fails',
      metric: sumOfFunctions(stage, FUNCTION_NAMES, 'DatabaseErrors'),
      threshold: { above: ticksPerPeriod(stage) },
    },
    {
      ...lasting,
      id: 'DatabaseThrottling',
      runbook: 'database-throttling',
      situation: 'The database keeps throttling reads or writes',
      metric: sumOfFunctions(stage, FUNCTION_NAMES, 'DatabaseThrottles'),
      threshold: { above: 0 },
    },
  ];
}
