import { Duration } from 'aws-cdk-lib';
import { isPattern } from '../../../lambdas/shared/domain/followed/pair-patterns';
import type { MetricName } from '../../../lambdas/shared/domain/metrics';
import {
  functionMetrics,
  lastingStatistic,
  publishedMetric,
  type Statistic,
  sumOf,
} from '../metrics';
import type { StageConfig } from '../../stages/stage-config';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, AT_ONCE, LASTING, NOTHING_HAPPENED, NOTHING_KNOWN } from './alarm-spec';

const NO_MINUTES_FOR_MINUTES = 10;
const LISTINGS_DOUBTED_HOURS = 3;

/** Alarms for answers of the exchange that are missing, or to be doubted. */
export function exchangeAlarms({ stage }: WatchedPipeline): AlarmSpec[] {
  return [...absenceAlarms(stage), ...listingAlarms(stage), ...doubtAlarms(stage)];
}

function absenceAlarms(stage: StageConfig): AlarmSpec[] {
  const above = { above: 0 };
  const ticket = { severity: 'ticket' } as const;
  return [
    {
      ...ticket,
      id: 'NoMinutes',
      runbook: 'no-minutes',
      situation: `No minute of any market has come from an exchange for ${noMinutes(stage).toHumanString()}`,
      // The worst exchange or shard: the minutes of another say nothing of it.
      metric: fetchMetric(stage, 'NewestMinuteAge', 'Maximum'),
      threshold: { above: noMinutes(stage).toSeconds() },
      // It grows until a minute comes, so that one value says that it has been so for long.
      periods: AT_ONCE,
      // If fetch fails or does not run, other alarms say so.
      missing: NOTHING_KNOWN,
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

/** Only patterns follow listings. A listing that is believed adds nothing, and hides no other's doubt. */
function listingAlarms(stage: StageConfig): AlarmSpec[] {
  if (!stage.exchanges.some(({ pairs }) => pairs.some(isPattern))) return [];
  return [
    {
      id: 'ListingsDoubted',
      runbook: 'listings-doubted',
      situation: `For ${LISTINGS_DOUBTED_HOURS} hours, the listing of an exchange was doubted at most of the ticks: new and delisted pairs of its patterns are not noticed`,
      severity: 'ticket',
      metric: fetchMetric(stage, 'ListingsDoubted', 'Sum'),
      threshold: { above: Math.floor(30 / stage.scheduleMinutes) },
      period: Duration.hours(1),
      periods: LISTINGS_DOUBTED_HOURS,
      missing: NOTHING_HAPPENED,
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

/** Ten minutes, or two ticks if that is longer: the answers of one may be empty by mistake. */
function noMinutes({ scheduleMinutes }: StageConfig): Duration {
  return Duration.minutes(Math.max(NO_MINUTES_FOR_MINUTES, 2 * scheduleMinutes));
}
