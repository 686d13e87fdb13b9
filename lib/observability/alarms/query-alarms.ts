import { publishedMetric, sumOf } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_HAPPENED } from './alarm-spec';
import { timeOutAlarm } from './function-alarms';

/** Alarms for queries that are not answered; none if the stage cannot be asked. */
export function queryAlarms({ stage, query }: WatchedPipeline): AlarmSpec[] {
  if (query === undefined) return [];
  const lasting = {
    severity: 'ticket',
    threshold: { above: 0 },
    periods: LASTING,
    missing: NOTHING_HAPPENED,
  } as const;
  return [
    {
      ...lasting,
      id: 'QueriesFail',
      runbook: 'queries-fail',
      situation: 'Queries keep failing',
      metric: sumOf(
        [
          query.metricErrors({ statistic: 'Sum' }),
          publishedMetric(stage, { service: 'query', name: 'Failures', statistic: 'Sum' }),
        ],
        'Failed',
      ),
    },
    {
      ...lasting,
      id: 'QueriesThrottled',
      runbook: 'queries-throttled',
      situation: 'More queries come at a time than the stage reserves',
      metric: query.metricThrottles({ statistic: 'Sum' }),
    },
    timeOutAlarm('query', query),
  ];
}
