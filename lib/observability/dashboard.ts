import { Aws, Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Column,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  Row,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { type MetricName, METRICS } from '../../lambdas/shared/domain/metrics';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import type { FunctionName } from '../naming/function-names';
import { Keyspaces } from '../database/keyspaces';
import {
  brokerDiskMetrics,
  eventSourceMetric,
  keyspacesMetric,
  lagMetric,
  metricPeriod,
  publishedMetric,
  type Statistic,
} from './metrics';
import { MskKafka } from '../kafka/msk-kafka';
import type { TopicName } from '../kafka/pipeline-topics';
import { behindMinutes } from '../stages/tick';
import type { WatchedPipeline } from './watched-pipeline';

/** How many columns a dashboard of CloudWatch is wide. */
const WIDTH = 24;
const GRAPH_HEIGHT = 5;

/** What one part of the flow has on the dashboard, from top to bottom. */
interface Part {
  readonly title: string;
  readonly graphs: readonly GraphSpec[];
}

interface GraphSpec {
  readonly title: string;
  readonly metrics: readonly IMetric[];
}

/**
 * The dashboard of a pipeline: how far the pairs are behind, which alarms ring,
 * and then a column a part, from left to right as the data flows.
 */
export function createDashboard(
  scope: Construct,
  pipeline: WatchedPipeline,
  alarms: readonly IAlarm[],
): Dashboard {
  return new Dashboard(scope, 'Dashboard', {
    // People look for it by its name.
    dashboardName: `Candlestream-${pipeline.stage.name}`,
    defaultInterval: Duration.hours(6),
    widgets: [
      [lagRow(pipeline)],
      [
        new AlarmStatusWidget({
          title: 'Alarms (what to do: docs/runbook.md)',
          alarms: [...alarms],
          width: WIDTH,
          height: 5,
          sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
        }),
      ],
      [flowRow(pipeline)],
    ],
  });
}

/** Where a dashboard is looked at. */
export function dashboardUrl(dashboard: Dashboard): string {
  return `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${dashboard.dashboardName}`;
}

/** What matters most: whether pairs are behind, and how long that may go on. */
function lagRow(pipeline: WatchedPipeline): IWidget {
  const worst = published(pipeline, 'fetch', 'Maximum', 'WorstLag');
  const least = published(pipeline, 'fetch', 'Minimum', 'RetentionLeft');
  const behind = published(pipeline, 'fetch', 'Maximum', 'PairsBehind');
  const newest = (title: string, metrics: IMetric[]) =>
    new SingleValueWidget({ title, metrics, width: 4, height: GRAPH_HEIGHT });
  return new Row(
    newest('Worst lag (s)', worst),
    newest(`Pairs more than ${behindMinutes(pipeline.stage.scheduleMinutes)} min behind`, behind),
    newest('Until missing minutes are lost (s)', least),
    graph(pipeline, { title: 'Worst lag (s)', metrics: worst }, WIDTH - 12),
  );
}

function flowRow(pipeline: WatchedPipeline): IWidget {
  const parts = [
    fetchPart(pipeline),
    ...topicPart(pipeline, TOPICS.observed, brokerDisks(pipeline)),
    transformPart(pipeline),
    ...topicPart(pipeline, TOPICS.rolled),
    persistPart(pipeline),
    ...keyspacesPart(pipeline),
  ];
  const width = Math.floor(WIDTH / parts.length);
  return new Row(...parts.map((part, index) => column(pipeline, part, width, index)));
}

function column(pipeline: WatchedPipeline, part: Part, width: number, index: number): IWidget {
  const markdown = `### ${index === 0 ? '' : '→ '}${part.title}`;
  return new Column(
    new TextWidget({ markdown, width, height: 1 }),
    ...part.graphs.map((spec) => graph(pipeline, spec, width)),
  );
}

function graph({ stage }: WatchedPipeline, { title, metrics }: GraphSpec, width: number): IWidget {
  return new GraphWidget({
    title,
    left: [...metrics],
    leftYAxis: { min: 0, showUnits: false },
    period: metricPeriod(stage),
    width,
    height: GRAPH_HEIGHT,
  });
}

function fetchPart(pipeline: WatchedPipeline): Part {
  const metrics = (statistic: Statistic, ...names: MetricName[]) =>
    published(pipeline, 'fetch', statistic, ...names);
  return {
    title: 'fetch',
    graphs: [
      { title: 'Minutes observed', metrics: metrics('Sum', 'MinutesObserved') },
      { title: 'Duration (ms)', metrics: durations(pipeline, 'fetch') },
      { title: 'Failures', metrics: failures(pipeline, 'fetch') },
      { title: 'Exchange errors', metrics: metrics('Sum', ...exchangeErrors()) },
      {
        title: 'Requests the exchange would take',
        metrics: metrics('Minimum', 'RateLimitHeadroom'),
      },
      { title: 'Pairs left out', metrics: metrics('Sum', 'PairsNotFetched', 'PairsDeferred') },
    ],
  };
}

function transformPart(pipeline: WatchedPipeline): Part {
  const metrics = (statistic: Statistic, ...names: MetricName[]) =>
    published(pipeline, 'transform', statistic, ...names);
  return {
    title: 'transform',
    graphs: [
      { title: 'Minutes rolled up', metrics: metrics('Sum', 'MinutesRolledUp') },
      { title: 'Duration (ms)', metrics: durations(pipeline, 'transform') },
      { title: 'Failures', metrics: failures(pipeline, 'transform') },
      { title: 'Dead letters', metrics: metrics('Sum', 'DeadLetters') },
    ],
  };
}

function persistPart(pipeline: WatchedPipeline): Part {
  const metrics = (statistic: Statistic, ...names: MetricName[]) =>
    published(pipeline, 'persist', statistic, ...names);
  return {
    title: 'persist',
    graphs: [
      { title: 'Candles stored', metrics: metrics('Sum', 'CandlesStored') },
      { title: 'Duration (ms)', metrics: durations(pipeline, 'persist') },
      { title: 'Failures', metrics: failures(pipeline, 'persist') },
      { title: 'Dead letters, gaps', metrics: metrics('Sum', 'DeadLetters', 'Gaps') },
    ],
  };
}

/** A topic and the event source that reads it, where MSK measures them. */
function topicPart(
  { kafka, eventSources, stage }: WatchedPipeline,
  topic: TopicName,
  ...more: readonly GraphSpec[]
): Part[] {
  if (!(kafka instanceof MskKafka)) return [];
  const sources = eventSources.filter((source) => source.topic === topic);
  const lag = (name: 'MaxOffsetLag' | 'EstimatedMaxTimeLag') =>
    sources.map((source) => lagMetric(kafka, source, name, 'Maximum'));
  const undelivered = sources.flatMap((source) => [
    eventSourceMetric(source, 'OnFailureDestinationDeliveredEventCount'),
    eventSourceMetric(source, 'DroppedEventCount'),
  ]);
  const graphs: GraphSpec[] = [
    { title: 'Lag (records)', metrics: lag('MaxOffsetLag') },
    { title: 'Lag (s, estimated)', metrics: lag('EstimatedMaxTimeLag') },
  ];
  if (stage.eventSources.mode.kind === 'provisioned') {
    graphs.push({ title: 'Undelivered records', metrics: undelivered });
  }
  graphs.push(...more);
  return [{ title: topic, graphs: graphs.filter(({ metrics }) => metrics.length > 0) }];
}

function brokerDisks({ kafka }: WatchedPipeline): GraphSpec {
  const metrics = kafka instanceof MskKafka ? brokerDiskMetrics(kafka) : [];
  return { title: 'Broker disk (%)', metrics };
}

function keyspacesPart({ database }: WatchedPipeline): Part[] {
  if (!(database instanceof Keyspaces)) return [];
  const units = [
    keyspacesMetric('ConsumedWriteCapacityUnits'),
    keyspacesMetric('ConsumedReadCapacityUnits'),
  ];
  const throttles = [keyspacesMetric('WriteThrottleEvents'), keyspacesMetric('ReadThrottleEvents')];
  const errors = [keyspacesMetric('SystemErrors'), keyspacesMetric('UserErrors')];
  return [
    {
      title: 'Keyspaces',
      graphs: [
        { title: 'Units written and read', metrics: units },
        { title: 'Throttles', metrics: throttles },
        { title: 'Errors', metrics: errors },
      ],
    },
  ];
}

/** What a function failed at, and what it met outside. */
function failures(pipeline: WatchedPipeline, service: FunctionName): IMetric[] {
  const target = pipeline.functions[service];
  return [
    target.metricErrors({ label: 'Errors' }),
    target.metricThrottles({ label: 'Throttles' }),
    ...published(
      pipeline,
      service,
      'Sum',
      'Failures',
      'DatabaseErrors',
      'DatabaseThrottles',
      'KafkaErrors',
    ),
  ];
}

function durations({ stage }: WatchedPipeline, service: FunctionName): IMetric[] {
  const statistics = ['p50', 'p95', 'Maximum'] as const;
  return statistics.map((statistic) =>
    publishedMetric(stage, service, 'Duration', statistic).with({ label: statistic }),
  );
}

function published(
  { stage }: WatchedPipeline,
  service: FunctionName,
  statistic: Statistic,
  ...names: readonly MetricName[]
): IMetric[] {
  return names.map((name) => publishedMetric(stage, service, name, statistic));
}

function exchangeErrors(): MetricName[] {
  return (Object.keys(METRICS) as MetricName[]).filter((name) => name.startsWith('Exchange'));
}
