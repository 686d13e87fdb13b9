import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { type MetricName, METRICS } from '../../../lambdas/shared/domain/metrics';
import { TOPICS } from '../../../lambdas/shared/domain/topics';
import { REJECTED_ROWS } from '../alarms/exchange-alarms';
import { Keyspaces } from '../../database/keyspaces';
import { MskKafka } from '../../kafka/msk-kafka';
import type { TopicName } from '../../kafka/pipeline-topics';
import type { AnyFunction, FunctionName } from '../../naming/function-names';
import {
  brokerDiskMetrics,
  eventSourceMetrics,
  functionMetrics,
  type KeyspacesCount,
  keyspacesMetric,
  lagMetric,
} from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';

/** A part of the flow on the dashboard: its graphs from top to bottom. */
export interface FlowPart {
  readonly title: string;
  readonly graphs: readonly GraphSpec[];
}

/** A graph on the dashboard. */
export interface GraphSpec {
  readonly title: string;
  readonly metrics: readonly IMetric[];
}

const EXCHANGE_ERRORS = (Object.keys(METRICS) as MetricName[]).filter((name) =>
  name.startsWith('Exchange'),
);

/**
 * The parts of a pipeline that can be measured, in the order of the flow. Parts
 * that stand below each other feed the same next one.
 */
export function flowParts(pipeline: WatchedPipeline): (readonly FlowPart[])[] {
  const columns = [
    [fetchPart(pipeline), reconcilePart(pipeline)],
    topicPart(pipeline, TOPICS.observed, brokerDisks(pipeline)),
    [transformPart(pipeline)],
    topicPart(pipeline, TOPICS.rolled),
    [persistPart(pipeline)],
    [...keyspacesPart(pipeline), ...queryPart(pipeline)],
  ];
  return columns.filter((parts) => parts.length > 0);
}

function fetchPart(pipeline: WatchedPipeline): FlowPart {
  const published = functionMetrics(pipeline.stage, 'fetch');
  return {
    title: 'fetch',
    graphs: [
      { title: 'Minutes observed', metrics: published('Sum', 'MinutesObserved') },
      { title: 'Age of the newest minute', metrics: published('Maximum', 'NewestMinuteAge') },
      ...healthGraphs(pipeline, 'fetch'),
      { title: 'Exchange errors', metrics: published('Sum', ...EXCHANGE_ERRORS) },
      {
        title: 'Requests left at the exchange',
        metrics: published('Minimum', 'RateLimitHeadroom'),
      },
      {
        title: 'Markets skipped',
        metrics: published('Sum', 'MarketsNotFetched', 'MarketsDeferred'),
      },
      {
        title: 'Markets unknown, silent',
        metrics: [
          ...published('Maximum', 'MarketsUnknown', 'MarketsSilent'),
          ...published('Sum', 'MarketsEnded', 'ListingsDoubted'),
        ],
      },
      {
        title: 'Rejected rows',
        metrics: published('Sum', ...REJECTED_ROWS, 'ImplausibleVolumes'),
      },
      {
        title: 'Stale or asked again',
        metrics: published('Sum', 'StaleAnswers', 'RangesAskedAgain'),
      },
    ],
  };
}

function reconcilePart(pipeline: WatchedPipeline): FlowPart {
  const published = functionMetrics(pipeline.stage, 'reconcile');
  return {
    title: 'reconcile',
    graphs: [
      {
        title: 'Days of history left, under way, standing',
        metrics: published('Maximum', 'HistoryDaysLeft', 'DaysUnderWay', 'HistoryStands'),
      },
      ...healthGraphs(pipeline, 'reconcile'),
      { title: 'Exchange errors', metrics: published('Sum', ...EXCHANGE_ERRORS) },
      { title: 'Days not read', metrics: published('Sum', 'DaysNotRead', 'ArchiveRefused') },
      {
        title: 'Rejected rows',
        metrics: published('Sum', ...REJECTED_ROWS, 'ImplausibleVolumes'),
      },
      { title: 'Asked again', metrics: published('Sum', 'RangesAskedAgain') },
    ],
  };
}

function transformPart(pipeline: WatchedPipeline): FlowPart {
  const published = functionMetrics(pipeline.stage, 'transform');
  return {
    title: 'transform',
    graphs: [
      { title: 'Minutes rolled up', metrics: published('Sum', 'MinutesRolledUp') },
      ...healthGraphs(pipeline, 'transform'),
      { title: 'Dead letters', metrics: published('Sum', 'DeadLetters') },
    ],
  };
}

function persistPart(pipeline: WatchedPipeline): FlowPart {
  const published = functionMetrics(pipeline.stage, 'persist');
  return {
    title: 'persist',
    graphs: [
      { title: 'Candles stored', metrics: published('Sum', 'CandlesStored') },
      ...healthGraphs(pipeline, 'persist'),
      { title: 'Dead letters', metrics: published('Sum', 'DeadLetters') },
      { title: 'Gaps, gaps filled', metrics: published('Sum', 'Gaps', 'GapsFilled') },
      {
        title: 'Audits stored, candles corrected',
        metrics: published('Sum', 'AuditsStored', 'CandlesCorrected'),
      },
    ],
  };
}

/** Graphs that every function has. */
function healthGraphs(pipeline: WatchedPipeline, name: FunctionName): GraphSpec[] {
  return [
    { title: 'Duration (ms)', metrics: durations(pipeline.functions[name]) },
    { title: 'Failures', metrics: failures(pipeline, name, pipeline.functions[name]) },
  ];
}

/** Measured by Lambda, for nothing. */
function durations(watched: Function): IMetric[] {
  const statistics = ['p50', 'p95', 'Maximum'] as const;
  return statistics.map((statistic) => watched.metricDuration({ statistic, label: statistic }));
}

/** Failures of a function, and of the services that it calls. */
function failures(
  { stage }: WatchedPipeline,
  name: AnyFunction,
  watched: Function,
): readonly IMetric[] {
  const published = functionMetrics(stage, name);
  return [
    watched.metricErrors({ label: 'Errors' }),
    watched.metricThrottles({ label: 'Throttles' }),
    ...published('Sum', 'Failures', 'DatabaseErrors', 'DatabaseThrottles'),
    // Query only reads.
    ...(name === 'query' ? [] : published('Sum', 'KafkaErrors')),
  ];
}

/** A topic and the event source that reads it, if MSK measures them. */
function topicPart(
  { kafka, eventSources, stage }: WatchedPipeline,
  topic: TopicName,
  ...more: readonly GraphSpec[]
): FlowPart[] {
  if (!(kafka instanceof MskKafka)) return [];
  const sources = eventSources.filter((source) => source.topic === topic);
  const lag = (name: 'MaxOffsetLag' | 'EstimatedMaxTimeLag') =>
    sources.map((source) => lagMetric(kafka, source, { name, statistic: 'Maximum' }));
  const graphs: GraphSpec[] = [
    { title: 'Lag (records)', metrics: lag('MaxOffsetLag') },
    { title: 'Lag (s, estimated)', metrics: lag('EstimatedMaxTimeLag') },
  ];
  if (stage.eventSources.mode.kind === 'provisioned') {
    graphs.push({ title: 'Undelivered records', metrics: sources.flatMap(eventSourceMetrics) });
  }
  graphs.push(...more);
  return [{ title: topic, graphs: graphs.filter(({ metrics }) => metrics.length > 0) }];
}

function brokerDisks({ kafka }: WatchedPipeline): GraphSpec {
  const metrics = kafka instanceof MskKafka ? brokerDiskMetrics(kafka, 'Maximum') : [];
  return { title: 'Broker disk (%)', metrics };
}

function keyspacesPart({ database }: WatchedPipeline): FlowPart[] {
  if (!(database instanceof Keyspaces)) return [];
  const units = ['ConsumedWriteCapacityUnits', 'ConsumedReadCapacityUnits'] as const;
  const throttles = ['WriteThrottleEvents', 'ReadThrottleEvents'] as const;
  const errors = ['SystemErrors', 'UserErrors'] as const;
  const metricsOf = (names: readonly KeyspacesCount[]) =>
    names.map((name) => keyspacesMetric(database, name));
  return [
    {
      title: 'Keyspaces',
      graphs: [
        { title: 'Capacity units written and read', metrics: metricsOf(units) },
        { title: 'Throttles', metrics: metricsOf(throttles) },
        { title: 'Errors', metrics: metricsOf(errors) },
      ],
    },
  ];
}

function queryPart(pipeline: WatchedPipeline): FlowPart[] {
  const { query } = pipeline;
  if (query === undefined) return [];
  return [
    {
      title: 'query',
      graphs: [
        { title: 'Requests', metrics: [query.metricInvocations({ label: 'Requests' })] },
        { title: 'Duration (ms)', metrics: durations(query) },
        { title: 'Failures', metrics: failures(pipeline, 'query', query) },
      ],
    },
  ];
}
