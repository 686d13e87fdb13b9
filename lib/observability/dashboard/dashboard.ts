import { Aws, Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Column,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IWidget,
  Row,
  SingleValueWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { behindMinutes } from '../../stages/tick';
import { functionMetrics, metricPeriod } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type FlowPart, flowParts, type GraphSpec } from './flow-parts';

/** Columns of a CloudWatch dashboard. */
const WIDTH = 24;
const GRAPH_HEIGHT = 5;
const VALUE_WIDTH = 4;

/**
 * Creates the dashboard of a pipeline: how far the markets are behind, how
 * complete the past is, which alarms are active, then a column for each part of the flow, from left to
 * right as the data flows.
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
    widgets: [[lagRow(pipeline)], [ledgerRow(pipeline)], [alarmRow(alarms)], [flowRow(pipeline)]],
  });
}

/** The address of a dashboard in the console. */
export function dashboardUrl({ dashboardName }: Dashboard): string {
  return `https://${Aws.REGION}.console.aws.amazon.com/cloudwatch/home?region=${Aws.REGION}#dashboards/dashboard/${dashboardName}`;
}

/** The most important values: the lag of the markets, and the time that is left to catch up. */
function lagRow(pipeline: WatchedPipeline): IWidget {
  const published = functionMetrics(pipeline.stage, 'fetch');
  const worstLag = published('Maximum', 'WorstLag');
  const minutes = behindMinutes(pipeline.stage.scheduleMinutes);
  const values = [
    { title: 'Worst lag (s)', metrics: worstLag },
    {
      title: `Markets more than ${minutes} min behind`,
      metrics: published('Maximum', 'MarketsBehind'),
    },
    {
      title: 'Until missing minutes are lost (s)',
      metrics: published('Minimum', 'RetentionLeft'),
    },
  ];
  return valueRow(pipeline, values, { title: 'Worst lag (s)', metrics: worstLag });
}

/** Past days: how complete they are, and what is left to do. */
function ledgerRow(pipeline: WatchedPipeline): IWidget {
  const published = functionMetrics(pipeline.stage, 'reconcile');
  const historyLeft = published('Maximum', 'HistoryDaysLeft');
  const values = [
    { title: 'Completeness of sealed days (%)', metrics: published('Minimum', 'Completeness') },
    { title: 'Days overdue', metrics: published('Maximum', 'DaysOverdue') },
    { title: 'Days disputed', metrics: published('Maximum', 'DaysDisputed') },
    { title: 'Days of history left', metrics: historyLeft },
  ];
  return valueRow(pipeline, values, { title: 'Days of history left', metrics: historyLeft });
}

/** Values, and a graph beside them. */
function valueRow(
  pipeline: WatchedPipeline,
  values: readonly GraphSpec[],
  beside: GraphSpec,
): IWidget {
  const graphWidth = WIDTH - values.length * VALUE_WIDTH;
  return new Row(...values.map(newestValue), graph(pipeline, beside, graphWidth));
}

function newestValue({ title, metrics }: GraphSpec): IWidget {
  return new SingleValueWidget({
    title,
    metrics: [...metrics],
    width: VALUE_WIDTH,
    height: GRAPH_HEIGHT,
  });
}

function alarmRow(alarms: readonly IAlarm[]): IWidget {
  return new AlarmStatusWidget({
    title: 'Alarms (what to do: docs/runbook.md)',
    alarms: [...alarms],
    width: WIDTH,
    height: 5,
    sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
  });
}

function flowRow(pipeline: WatchedPipeline): IWidget {
  const columns = flowParts(pipeline);
  const width = Math.floor(WIDTH / columns.length);
  const titled = columns.map((parts, index) =>
    index === 0 ? parts : parts.map((part) => ({ ...part, title: `→ ${part.title}` })),
  );
  return new Row(...titled.map((parts) => column(pipeline, parts, width)));
}

function column(pipeline: WatchedPipeline, parts: readonly FlowPart[], width: number): IWidget {
  return new Column(
    ...parts.flatMap(({ title, graphs }) => [
      new TextWidget({ markdown: `### ${title}`, width, height: 1 }),
      ...graphs.map((spec) => graph(pipeline, spec, width)),
    ]),
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
