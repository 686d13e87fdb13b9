import { Duration } from 'aws-cdk-lib';
import { lastingStatistic, partCount, periodsOfAnHour, publishedMetric } from '../metrics';
import { retentionMinutes } from '../../stages/settings/exchange-settings';
import type { StageConfig } from '../../stages/stage-config';
import { behindMinutes } from '../../stages/tick';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_KNOWN, SILENCE_BREACHES } from './alarm-spec';
import { missedFirings } from './missed-firings';

const TICKS_MISSED = 5;

/** Alarms for minutes that do not arrive. */
export function lagAlarms({ stage, functions }: WatchedPipeline): AlarmSpec[] {
  const parts = partCount(stage, 'fetch');
  return [
    {
      id: 'MarketsBehind',
      runbook: 'markets-behind',
      situation: `A market is more than ${humanText(behindMinutes(stage.scheduleMinutes))} behind, or its progress cannot be read`,
      severity: 'ticket',
      metric: publishedMetric(stage, {
        service: 'fetch',
        name: 'MarketsBehind',
        statistic: lastingStatistic(stage, 'fetch'),
      }),
      threshold: { above: 0 },
      periods: LASTING,
      // If fetch does not measure, the deadline comes nearer unseen: that alarm says so.
      missing: NOTHING_KNOWN,
    },
    {
      id: 'RetentionDeadline',
      runbook: 'retention-deadline',
      situation: `The exchange will stop serving missing minutes within ${humanText(deadlineMinutes(stage))}, or fetch has not said for an hour when it will`,
      severity: 'page',
      metric: publishedMetric(stage, {
        service: 'fetch',
        name: 'RetentionLeft',
        statistic: lastingStatistic(stage, 'fetch', 'low'),
      }),
      threshold: { below: deadlineMinutes(stage) * 60 },
      periods: periodsOfAnHour(stage),
      // Fetch measures it from the stored progress: if it fails to read that, there is no value.
      missing: SILENCE_BREACHES,
    },
    {
      id: 'NoRuns',
      runbook: 'no-runs',
      situation:
        parts === 1
          ? 'fetch has not run for five ticks in a row'
          : 'For an exchange or a shard of its markets, fetch has not run for ten ticks in a row',
      severity: 'page',
      ...missedFirings(functions.fetch, {
        parts,
        everyMinutes: stage.scheduleMinutes,
        missed: TICKS_MISSED,
      }),
    },
  ];
}

/** A day, or half of an exchange's retention if that is less than two days. */
function deadlineMinutes({ exchanges }: StageConfig): number {
  const halves = exchanges.map((exchange) => Math.floor(retentionMinutes(exchange) / 2));
  return Math.min(Duration.days(1).toMinutes(), ...halves);
}

/** Such as `1 day` or `5 minutes`. */
function humanText(minutes: number): string {
  return Duration.minutes(minutes).toHumanString();
}
