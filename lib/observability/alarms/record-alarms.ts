import { eventSourceMetrics, publishedMetric, sumOf, sumOfFunctions } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, AT_ONCE, NOTHING_HAPPENED } from './alarm-spec';

/** Alarms for records that did not become candles. */
export function recordAlarms({ stage, eventSources }: WatchedPipeline): AlarmSpec[] {
  const atOnce = {
    threshold: { above: 0 },
    periods: AT_ONCE,
    missing: NOTHING_HAPPENED,
    severity: 'ticket',
  } as const;
  const alarms: AlarmSpec[] = [
    {
      ...atOnce,
      id: 'DeadLetters',
      runbook: 'dead-letters',
      situation: 'Records that can never be processed went to candles.dead-letter',
      metric: sumOfFunctions(stage, ['transform', 'persist'], 'DeadLetters'),
    },
    {
      ...atOnce,
      id: 'Gaps',
      runbook: 'gaps',
      situation: 'Minutes that the exchange no longer serves were stored as a gap',
      severity: 'page',
      metric: publishedMetric(stage, { service: 'persist', name: 'Gaps', statistic: 'Sum' }),
    },
  ];
  if (stage.eventSources.mode.kind !== 'provisioned') return alarms;
  const undelivered: AlarmSpec = {
    ...atOnce,
    id: 'UndeliveredRecords',
    runbook: 'undelivered-records',
    situation:
      'Event sources gave up on records: they are in candles.undelivered or, if that failed too, lost',
    metric: sumOf(eventSources.flatMap(eventSourceMetrics), 'Undelivered'),
  };
  return [...alarms, undelivered];
}
