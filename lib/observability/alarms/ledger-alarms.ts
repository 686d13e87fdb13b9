import { Duration } from 'aws-cdk-lib';
import type { MetricName } from '../../../lambdas/shared/domain/metrics';
import {
  lastingStatistic,
  partCount,
  periodsOfAnHour,
  publishedMetric,
  type Statistic,
} from '../metrics';
import type { StageConfig } from '../../stages/stage-config';
import { RECONCILE_MINUTES } from '../../stages/tick';
import type { WatchedPipeline } from '../watched-pipeline';
import {
  type AlarmSpec,
  AT_ONCE,
  NOTHING_HAPPENED,
  NOTHING_KNOWN,
  SILENCE_BREACHES,
} from './alarm-spec';
import { missedFirings } from './missed-firings';

const HOUR = Duration.hours(1);
/** Days that a new market needs are overdue from its first firing on, until they are stored. */
const OVERDUE_HOURS = 3;
/** The exchange corrects a few candles a day. */
const MANY_CORRECTIONS = 100;
const FIRINGS_MISSED = 6;

/** Alarms for past days that are not audited, or that audits find wrong. */
export function ledgerAlarms(pipeline: WatchedPipeline): AlarmSpec[] {
  return [...auditAlarms(pipeline), ...correctionAlarms(pipeline.stage)];
}

function auditAlarms({ stage, functions }: WatchedPipeline): AlarmSpec[] {
  const parts = partCount(stage, 'reconcile');
  return [
    {
      id: 'ReconcileNoRuns',
      runbook: 'no-runs',
      situation:
        parts === 1
          ? 'reconcile has not run for half an hour'
          : 'For an exchange, reconcile has not run for an hour',
      severity: 'page',
      ...missedFirings(functions.reconcile, {
        parts,
        everyMinutes: RECONCILE_MINUTES,
        missed: FIRINGS_MISSED,
      }),
    },
    {
      id: 'DaysOverdue',
      runbook: 'days-overdue',
      situation: `For ${OVERDUE_HOURS} hours, past days have been overdue by more than a day, or their archive has been refused for more than a day, or reconcile has not reported`,
      severity: 'ticket',
      metric: reconcileMetric(stage, 'DaysOverdue', lastingStatistic(stage, 'reconcile')),
      threshold: { above: 0 },
      period: HOUR,
      periods: OVERDUE_HOURS,
      missing: SILENCE_BREACHES,
    },
    {
      id: 'HistoryStands',
      runbook: 'history-does-not-move',
      situation:
        'Days of history of an exchange are available, and none has been stored for two hours',
      severity: 'ticket',
      // Of each exchange by itself: one that gets on would hide another that does not.
      metric: reconcileMetric(stage, 'HistoryStands', lastingStatistic(stage, 'reconcile')),
      threshold: { above: 0 },
      // The metric has looked back an hour already.
      periods: periodsOfAnHour(stage),
      missing: NOTHING_KNOWN,
    },
  ];
}

function correctionAlarms(stage: StageConfig): AlarmSpec[] {
  const atOnce = {
    periods: AT_ONCE,
    missing: NOTHING_HAPPENED,
    severity: 'ticket',
  } as const;
  return [
    {
      ...atOnce,
      id: 'DayDisputed',
      runbook: 'a-day-is-disputed',
      situation: 'A day was sealed although its audits do not agree',
      // Counted when it happens: a day stays disputed, and the next one is to be heard of too.
      metric: publishedMetric(stage, {
        service: 'persist',
        name: 'DaysSealedDisputed',
        statistic: 'Sum',
      }),
      threshold: { above: 0 },
    },
    {
      ...atOnce,
      id: 'SealedDayIncomplete',
      runbook: 'sealed-day-incomplete',
      situation: 'Sealed days of the last 30 lack minutes',
      metric: reconcileMetric(stage, 'Completeness', 'Minimum'),
      threshold: { below: 100 },
      missing: NOTHING_KNOWN,
    },
    {
      ...atOnce,
      id: 'ManyCorrections',
      runbook: 'many-corrections',
      situation: `Audits have corrected more than ${MANY_CORRECTIONS} candles within an hour`,
      metric: publishedMetric(stage, {
        service: 'persist',
        name: 'CandlesCorrected',
        statistic: 'Sum',
      }),
      threshold: { above: MANY_CORRECTIONS },
      period: HOUR,
    },
  ];
}

function reconcileMetric(stage: StageConfig, name: MetricName, statistic: Statistic) {
  return publishedMetric(stage, { service: 'reconcile', name, statistic });
}
