import type { Template } from 'aws-cdk-lib/assertions';
import { type MetricName, METRICS } from '../../../lambdas/shared/domain/metrics';
import {
  ALL_FUNCTIONS,
  type AnyFunction,
  FUNCTION_NAMES,
} from '../../../lib/naming/function-names';
import { stageConfig } from '../../../lib/stages/stage-config';
import { dev } from '../../../lib/stages/dev';
import { prod } from '../../../lib/stages/prod';
import { onlyOne, propertiesOf, templatesOf } from '../candlestream-templates';

const ASK_THE_EXCHANGE = ['fetch', 'reconcile'] as const;

/** Which functions publish a metric. */
const PUBLISHED: Record<MetricName, readonly AnyFunction[]> = {
  MarketsBehind: ['fetch'],
  WorstLag: ['fetch'],
  RetentionLeft: ['fetch'],
  RateLimitHeadroom: ['fetch'],
  MinutesObserved: ['fetch'],
  NewestMinuteAge: ['fetch'],
  MarketsNotFetched: ['fetch'],
  MarketsDeferred: ['fetch'],
  MarketsUnknown: ['fetch'],
  MarketsEnded: ['fetch'],
  ListingsDoubted: ['fetch'],
  MarketsSilent: ['fetch'],
  StaleAnswers: ['fetch'],
  RangesAskedAgain: ASK_THE_EXCHANGE,
  RejectedShapes: ASK_THE_EXCHANGE,
  RejectedNumbers: ASK_THE_EXCHANGE,
  RejectedPrices: ASK_THE_EXCHANGE,
  RejectedTimes: ASK_THE_EXCHANGE,
  ImplausibleVolumes: ASK_THE_EXCHANGE,
  ExchangeRateLimited: ASK_THE_EXCHANGE,
  ExchangeServerError: ASK_THE_EXCHANGE,
  ExchangeNetworkError: ASK_THE_EXCHANGE,
  ExchangeTimedOut: ASK_THE_EXCHANGE,
  ExchangeBanned: ASK_THE_EXCHANGE,
  ExchangeRegionRefused: ASK_THE_EXCHANGE,
  ExchangeUnknownPair: ASK_THE_EXCHANGE,
  ExchangeRefused: ASK_THE_EXCHANGE,
  ExchangeMalformed: ASK_THE_EXCHANGE,
  ExchangeUnexpected: ASK_THE_EXCHANGE,
  MinutesRolledUp: ['transform'],
  CandlesStored: ['persist'],
  Gaps: ['persist'],
  GapsFilled: ['persist'],
  AuditsStored: ['persist'],
  DaysSealedDisputed: ['persist'],
  CandlesCorrected: ['persist'],
  HistoryDaysLeft: ['reconcile'],
  HistoryStands: ['reconcile'],
  DaysOverdue: ['reconcile'],
  DaysDisputed: ['reconcile'],
  DaysUnderWay: ['reconcile'],
  Completeness: ['reconcile'],
  DaysNotRead: ['reconcile'],
  ArchiveRefused: ['reconcile'],
  DeadLetters: ['transform', 'persist'],
  DatabaseErrors: ALL_FUNCTIONS,
  DatabaseThrottles: ALL_FUNCTIONS,
  KafkaErrors: FUNCTION_NAMES,
  Failures: ALL_FUNCTIONS,
};

describe.each([dev, prod])('the dashboard of $name', (stage) => {
  let pipeline: Template;
  let widgets: readonly Widget[];
  beforeAll(() => {
    pipeline = templatesOf(stage).pipeline;
    widgets = widgetsOf(pipeline);
  });

  it('has the lag at the top, the past days below it, and then the alarms', () => {
    const top = widgets.filter(({ y }) => y === 0);
    const names = top.flatMap(({ properties }) => metricsOf(properties).map(([, name]) => name));
    expect(names).toEqual(['WorstLag', 'MarketsBehind', 'RetentionLeft', 'WorstLag']);
    const [status] = widgets.filter(({ type }) => type === 'alarm');
    const above = widgets.filter(({ y }) => y > 0 && y < (status?.y ?? 0));
    const ofDays = above.flatMap(({ properties }) => metricsOf(properties).map(([, name]) => name));
    expect(ofDays).toEqual([
      'Completeness',
      'DaysOverdue',
      'DaysDisputed',
      'HistoryDaysLeft',
      'HistoryDaysLeft',
    ]);
    const alarms = Object.keys(propertiesOf(pipeline, 'AWS::CloudWatch::Alarm'));
    expect(status?.properties.alarms).toEqual(alarms.map((id) => `{${id}.Arn}`));
  });

  it('reads from left to right as the data flows', () => {
    const titles = widgets.filter(({ type }) => type === 'text');
    const fromTheLeft = [...titles].sort((a, b) => a.x - b.x || a.y - b.y);
    expect(fromTheLeft.map(({ properties }) => properties.markdown)).toEqual([
      '### fetch',
      '### reconcile',
      '### → candles.observed',
      '### → transform',
      '### → candles.rolled',
      '### → persist',
      '### → Keyspaces',
      '### → query',
    ]);
    const below = titles.filter(({ y }) => y > (fromTheLeft[0]?.y ?? 0));
    expect(below.map(({ properties }) => properties.markdown)).toEqual([
      '### reconcile',
      '### → query',
    ]);
  });

  it('shows no widget over another, and none beyond the edge', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from({ length: width * height }, (_, cell) => {
        return `${x + (cell % width)},${y + Math.floor(cell / width)}`;
      }),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBeLessThanOrEqual(24);
  });

  it('shows, with the alarms, every metric that functions publish and none that they do not', () => {
    const shown = widgets.flatMap(({ properties }) => metricsOf(properties));
    const watched = Object.values(propertiesOf(pipeline, 'AWS::CloudWatch::Alarm')).flatMap(
      alarmMetrics,
    );
    const named = [...shown, ...watched]
      .filter(([namespace]) => namespace === `Candlestream/${stage.name}`)
      .map(([, name, dimension, service]) => `${String(dimension)} ${String(service)} ${name}`);
    const published = (Object.keys(METRICS) as MetricName[]).flatMap((name) =>
      PUBLISHED[name].map((service) => `service ${service} ${name}`),
    );
    expect([...new Set(named)].sort()).toEqual(published.sort());
  });

  it('is found by its name, and through an output', () => {
    const [id, dashboard] = onlyOne(pipeline, 'AWS::CloudWatch::Dashboard');
    expect(dashboard['DashboardName']).toBe(`Candlestream-${stage.name}`);
    const output = pipeline.findOutputs('DashboardUrl')['DashboardUrl'] as {
      readonly Value: { readonly 'Fn::Join': readonly [string, readonly unknown[]] };
    };
    const [, parts] = output.Value['Fn::Join'];
    expect(parts.map(textOf).join('')).toBe(
      `https://{AWS::Region}.console.aws.amazon.com/cloudwatch/home?region={AWS::Region}#dashboards/dashboard/{${id}}`,
    );
  });
});

describe('the dashboard of a stage without MSK and Keyspaces', () => {
  it('has the functions alone, over the whole width', () => {
    const stage = stageConfig({
      ...dev,
      kafka: { kind: 'existing', bootstrapServers: ['kafka:9092'] },
      database: {
        kind: 'existing',
        contactPoints: ['cassandra:9042'],
        localDataCenter: 'local',
        keyspace: 'candles',
      },
    });
    const widgets = widgetsOf(templatesOf(stage).pipeline);
    const titles = widgets.filter(({ type }) => type === 'text');
    expect(titles.map(({ properties, width }) => [properties.markdown, width])).toEqual([
      ['### fetch', 6],
      ['### reconcile', 6],
      ['### → transform', 6],
      ['### → persist', 6],
      ['### → query', 6],
    ]);
    const namespaces = widgets.flatMap(({ properties }) => metricsOf(properties)).map(([ns]) => ns);
    expect(new Set(namespaces)).toEqual(new Set(['Candlestream/dev', 'AWS/Lambda']));
  });

  it('has no graph without a metric where there are no event sources', () => {
    const stage = stageConfig({
      ...dev,
      eventSources: { ...dev.eventSources, mode: { kind: 'none' } },
    });
    const graphs = widgetsOf(templatesOf(stage).pipeline).filter(({ type }) => type === 'metric');
    expect(graphs.length).toBeGreaterThan(0);
    for (const { properties } of graphs) expect(properties.metrics?.length).toBeGreaterThan(0);
  });
});

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: WidgetProperties;
}

interface WidgetProperties {
  readonly title?: string;
  readonly markdown?: string;
  readonly alarms?: readonly string[];
  readonly metrics?: readonly (readonly unknown[])[];
}

/** A metric: its namespace, its name, and the name and value of each dimension. */
type NamedMetric = readonly [namespace: string, name: string, ...dimensions: unknown[]];

function widgetsOf(pipeline: Template): readonly Widget[] {
  const [, dashboard] = onlyOne(pipeline, 'AWS::CloudWatch::Dashboard');
  const body = dashboard['DashboardBody'] as { 'Fn::Join': [string, unknown[]] };
  const parsed = JSON.parse(body['Fn::Join'][1].map(textOf).join('')) as {
    readonly widgets: readonly Widget[];
  };
  return parsed.widgets;
}

/** The metrics of a widget; a query names none. */
function metricsOf({ metrics = [] }: WidgetProperties): NamedMetric[] {
  return metrics.filter(([namespace]) => typeof namespace === 'string') as unknown as NamedMetric[];
}

interface AlarmMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: unknown }[];
}

function alarmMetrics(alarm: Readonly<Record<string, unknown>>): NamedMetric[] {
  const parts = (alarm['Metrics'] ?? []) as { MetricStat?: { Metric: AlarmMetric } }[];
  const metrics = parts.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []);
  const all = 'MetricName' in alarm ? [alarm as unknown as AlarmMetric] : metrics;
  return all.map(({ Namespace, MetricName, Dimensions }) => [
    Namespace,
    MetricName,
    ...Dimensions.flatMap(({ Name, Value }) => [Name, Value]),
  ]);
}

function textOf(part: unknown): string {
  if (typeof part === 'string') return part;
  const [[, operand] = ['', '']] = Object.entries(part as Record<string, unknown>);
  return `{${[operand].flat().map(String).join('.')}}`;
}
