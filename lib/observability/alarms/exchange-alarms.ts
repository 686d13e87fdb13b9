import { Duration } from 'aws-cdk-lib';
import type { MetricName } from '../../../lambdas/shared/domain/metrics';
import {
  functionMetrics,
  lastingStatistic,
  metricPeriod,
  publishedMetric,
  type Statistic,
  sumOf,
} from '../metrics';
import type { StageConfig } from '../../stages/stage-config';
import type { WatchedPipeline } from '../watched-pipeline';
import {
  type AlarmSpec,
  AT_ONCE,
  LASTING,
  NOTHING_HAPPENED,
  NOTHING_KNOWN,
  SILENCE_BREACHES,
} from './alarm-spec';

const NO_MINUTES_FOR_MINUTES = 10;

/** Alarms for answers of the exchange that are missing, or to be doubted. */
export function exchangeAlarms({ stage }: WatchedPipeline): AlarmSpec[] {
  return [...absenceAlarms(stage), ...doubtAlarms(stage)];
}

function absenceAlarms(stage: StageConfig): AlarmSpec[] {
  const above = { above: 0 };
  const ticket = { severity: 'ticket' } as const;
  return [
    {
      ...ticket,
      id: 'NoMinutes',
      runbook: 'no-minutes',
      situation: `No minute has come from the exchange for ${noMinutesText(stage)}`,
      metric: fetchMetric(stage, 'NewMinutes', 'Sum'),
      threshold: { below: 1 },
      periods: noMinutesPeriods(stage),
      // Without an answer nothing is counted, not even 0.
      missing: SILENCE_BREACHES,
    },
    {
      ...ticket,
      id: 'MarketsSilent',
      runbook: 'markets-silent',
      situation: `A market that pairs names is silent: no candle of it has come for ${Duration.minutes(stage.silentAfterMinutes).toHumanString()}`,
      metric: fetchMetric(stage, 'MarketsSilent', lastingStatistic(stage, 'fetch')),
      threshold: above,
      periods: AT_ONCE,
      missing: NOTHING_KNOWN,
    },
    {
      ...ticket,
      id: 'MarketsUnknown',
      runbook: 'markets-unknown',
      situation: 'The exchange does not know a market',
      metric: fetchMetric(stage, 'MarketsUnknown', lastingStatistic(stage, 'fetch')),
      threshold: above,
      periods: LASTING,
      missing: NOTHING_KNOWN,
    },
  ];
}

function doubtAlarms(stage: StageConfig): AlarmSpec[] {
  const lasting = {
    threshold: { above: 0 },
    periods: LASTING,
    missing: NOTHING_HAPPENED,
    severity: 'ticket',
  } as const;
  const published = functionMetrics(stage, 'fetch');
  return [
    {
      ...lasting,
      id: 'RejectedRows',
      runbook: 'rejected-rows',
      situation: 'The exchange answered rows that cannot be candles',
      metric: sumOf(published('Sum', ...REJECTED_ROWS), 'Rejected'),
      periods: AT_ONCE,
    },
    {
      ...lasting,
      id: 'ImplausibleVolumes',
      runbook: 'implausible-volumes',
      situation: 'The exchange keeps answering volumes that do not fit the prices',
      metric: fetchMetric(stage, 'ImplausibleVolumes', 'Sum'),
    },
    {
      ...lasting,
      id: 'StaleAnswers',
      runbook: 'stale-answers',
      situation: 'The exchange keeps answering without minutes that came earlier',
      metric: fetchMetric(stage, 'StaleAnswers', 'Sum'),
    },
  ];
}

/** Rows that cannot be candles, by kind. */
export const REJECTED_ROWS = [
  'RejectedShapes',
  'RejectedNumbers',
  'RejectedPrices',
  'RejectedTimes',
] as const satisfies readonly MetricName[];

function fetchMetric(stage: StageConfig, name: MetricName, statistic: Statistic) {
  return publishedMetric(stage, { service: 'fetch', name, statistic });
}

/** Ten minutes, or one period if that is longer. */
function noMinutesPeriods(stage: StageConfig): number {
  return Math.ceil(NO_MINUTES_FOR_MINUTES / metricPeriod(stage).toMinutes());
}

function noMinutesText(stage: StageConfig): string {
  const minutes = noMinutesPeriods(stage) * metricPeriod(stage).toMinutes();
  return Duration.minutes(minutes).toHumanString();
}
