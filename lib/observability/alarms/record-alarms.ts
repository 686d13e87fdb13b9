import { eventSourceMetric, publishedMetric, sumOf, sumOfFunctions } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, AT_ONCE, NOTHING_HAPPENED } from './alarm-spec';

/** What became of records. */
export function recordAlarms({ stage, eventSources }: WatchedPipeline): AlarmSpec[] {
  const atOnce = { rings: { above: 0 }, periods: AT_ONCE, missing: NOTHING_HAPPENED };
  const alarms: AlarmSpec[] = [
    {
      ...atOnce,
      id: 'DeadLetters',
      runbook: 'dead-letters',
      says: 'Records that can never be processed went to candles.dead-letter',
      metric: sumOfFunctions(stage, ['transform', 'persist'], 'DeadLetters'),
    },
    {
      ...atOnce,
      id: 'Gaps',
      runbook: 'gaps',
      says: 'Minutes that the exchange no longer serves were stored as a gap',
      metric: publishedMetric(stage, 'persist', 'Gaps', 'Sum'),
    },
  ];
  if (stage.eventSources.mode.kind !== 'provisioned') return alarms;
  const undelivered: AlarmSpec = {
    ...atOnce,
    id: 'UndeliveredRecords',
    runbook: 'undelivered-records',
    says: 'Event sources gave up on records, which are in candles.undelivered or, where that failed too, nowhere',
    metric: sumOf(
      eventSources.flatMap((source) => [
        eventSourceMetric(source, 'OnFailureDestinationDeliveredEventCount'),
        eventSourceMetric(source, 'DroppedEventCount'),
      ]),
      'Undelivered',
    ),
  };
  return [...alarms, undelivered];
}
