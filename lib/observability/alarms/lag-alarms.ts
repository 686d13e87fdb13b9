import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { publishedMetric } from '../metrics';
import type { StageConfig } from '../../stages/stage-config';
import { behindMinutes } from '../../stages/tick';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_KNOWN } from './alarm-spec';

/** Whether the minutes of all pairs arrive. */
export function lagAlarms({ stage, functions }: WatchedPipeline): AlarmSpec[] {
  const tellsLag = { periods: LASTING, missing: NOTHING_KNOWN };
  return [
    {
      ...tellsLag,
      id: 'PairsBehind',
      runbook: 'pairs-behind',
      says: `Minutes of some pair are missing for more than ${humanText(behindMinutes(stage.scheduleMinutes))}`,
      metric: publishedMetric(stage, 'fetch', 'WorstLag', 'Minimum'),
      rings: { above: behindMinutes(stage.scheduleMinutes) * 60 },
    },
    {
      ...tellsLag,
      id: 'RetentionDeadline',
      runbook: 'retention-deadline',
      says: `The exchange forgets minutes that are missing within ${humanText(deadlineMinutes(stage))}`,
      metric: publishedMetric(stage, 'fetch', 'RetentionLeft', 'Maximum'),
      rings: { below: deadlineMinutes(stage) * 60 },
    },
    {
      id: 'NoRuns',
      runbook: 'no-runs',
      says: 'No run of fetch at five ticks in a row',
      metric: functions.fetch.metricInvocations({ statistic: 'Sum' }),
      rings: { below: 1 },
      period: Duration.minutes(stage.scheduleMinutes),
      periods: 5,
      // A function that is not invoked counts nothing, not even 0.
      missing: TreatMissingData.BREACHING,
    },
  ];
}

/** A day, or half of what the exchange serves where that is less than two. */
function deadlineMinutes({ exchange }: StageConfig): number {
  return Math.min(Duration.days(1).toMinutes(), Math.floor(exchange.retentionMinutes / 2));
}

/** Such as `1 day` or `5 minutes`. */
function humanText(minutes: number): string {
  return Duration.minutes(minutes).toHumanString();
}
