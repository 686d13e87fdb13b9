import * as v from 'valibot';
import { ASSUMED, STEADY_METRICS } from '../workload/assumptions';
import { type CostLine, fixedLine, growingLine } from '../cost-line';
import { brokerLogBytes } from './kafka-cost';
import { gigabytes, gigabytesText, times } from '../money';
import { PRICES } from '../prices';
import { propertiesOf, UnreadableResourceError } from './priced-properties';
import type { StageResource } from '../../stages/stage-resources';
import type { Usage } from '../workload/usage';

const LogGroup = v.object({ RetentionInDays: v.number() });

const AlarmedMetric = v.object({
  MetricStat: v.optional(v.object({ Period: v.number() })),
  Expression: v.optional(v.string(), ''),
});

const Alarm = v.object({
  Period: v.optional(v.number()),
  Metrics: v.optional(v.array(AlarmedMetric)),
  ThresholdMetricId: v.optional(v.undefined('an anomaly detector has another price')),
});

const Subscription = v.object({ Protocol: v.picklist(['email', 'email-json']) });

/** Cost of the brokers' logs. */
export function brokerLogLines(clusters: readonly StageResource[]): CostLine[] {
  const bytes = brokerLogBytes(clusters);
  if (bytes === 0n) return [];
  const usd = times(PRICES.logsPerGb, gigabytes(bytes));
  return [fixedLine('Observability', `${gigabytesText(bytes)} of logs of brokers`, usd)];
}

/** Cost of the network's logs of rejected traffic. */
export function flowLogLines(flowLogs: readonly StageResource[]): CostLine[] {
  const refused = v.object({ TrafficType: v.literal('REJECT') });
  for (const resource of flowLogs) propertiesOf(resource, refused);
  const bytes = BigInt(flowLogs.length) * ASSUMED.refusedTrafficLogBytes;
  const usd = times(PRICES.logsPerGb, gigabytes(bytes));
  return [fixedLine('Observability', `${gigabytesText(bytes)} of logs of rejected traffic`, usd)];
}

/** Cost of the functions' logs and metrics. */
export function functionTelemetryLines(
  _functions: readonly StageResource[],
  usage: Usage,
): CostLine[] {
  const metrics = BigInt(Object.values(STEADY_METRICS).flat().length);
  return [
    logLine(usage),
    fixedLine('Observability', `${metrics} metrics`, times(PRICES.metricPerMonth, metrics)),
  ];
}

/** Cost of writing the functions' logs. */
export function logLine(usage: Pick<Usage, 'functions'>): CostLine {
  const bytes = functionLogBytes(usage);
  const usd = times(PRICES.logsPerGb, gigabytes(bytes));
  return growingLine('Observability', `${gigabytesText(bytes)} of logs of functions`, usd);
}

/** Cost of storing the functions' logs, for the longest retention of any log. */
export function logStorageLines(groups: readonly StageResource[], usage: Usage): CostLine[] {
  const days = Math.max(
    ...groups.map((resource) => propertiesOf(resource, LogGroup).RetentionInDays),
  );
  const bytes = (functionLogBytes(usage) * BigInt(days) * 24n) / ASSUMED.hoursPerMonth;
  const usd = times(PRICES.logStoragePerGbMonth, gigabytes(bytes));
  return [growingLine('Observability', `${days} days of logs kept`, usd)];
}

function functionLogBytes({ functions }: Pick<Usage, 'functions'>): bigint {
  return Object.values(functions).reduce((bytes, { logBytes }) => bytes + logBytes, 0n);
}

/** Cost of alarms, by the metrics that they watch. */
export function alarmLines(alarms: readonly StageResource[]): CostLine[] {
  const metrics = BigInt(alarms.reduce((count, resource) => count + alarmedMetrics(resource), 0));
  const usd = times(PRICES.alarmedMetricPerMonth, metrics);
  return [fixedLine('Observability', `${alarms.length} x alarm, on ${metrics} metrics`, usd)];
}

function alarmedMetrics(resource: StageResource): number {
  const { Period, Metrics: metrics } = propertiesOf(resource, Alarm);
  const seconds = [Period, ...(metrics ?? []).map(({ MetricStat: stat }) => stat?.Period)];
  if (seconds.some((period) => period !== undefined && period < 60)) {
    throw new UnreadableResourceError(resource, 'a period below 60 s has another price');
  }
  if (metrics === undefined) return 1;
  const count = metrics.reduce((sum, metric) => sum + metricsBehind(metric), 0);
  if (count > 0) return count;
  throw new UnreadableResourceError(resource, 'the metrics that it watches are unknown');
}

/** Arithmetic is free; a query is charged by the metrics that it finds. */
function metricsBehind({ MetricStat, Expression }: v.InferOutput<typeof AlarmedMetric>): number {
  if (MetricStat !== undefined) return 1;
  return /^select /i.test(Expression) ? ASSUMED.metricsPerQuery : 0;
}

/** Cost of the alarms that scale storage; the scaling itself is free. */
export function scalingAlarmLines(policies: readonly StageResource[]): CostLine[] {
  const upwards = v.object({
    TargetTrackingScalingPolicyConfiguration: v.object({ DisableScaleIn: v.literal(true) }),
  });
  for (const resource of policies) propertiesOf(resource, upwards);
  const usd = times(PRICES.alarmedMetricPerMonth, BigInt(policies.length));
  return [fixedLine('Observability', `${policies.length} x alarm that scales storage`, usd)];
}

/** Cost of dashboards. */
export function dashboardLines(dashboards: readonly StageResource[]): CostLine[] {
  const usd = times(PRICES.dashboardPerMonth, BigInt(dashboards.length));
  return [fixedLine('Observability', `${dashboards.length} x dashboard`, usd)];
}

/** Cost of notifications of alarms. */
export function subscriptionLines(subscriptions: readonly StageResource[]): CostLine[] {
  for (const resource of subscriptions) propertiesOf(resource, Subscription);
  const emails = BigInt(subscriptions.length) * ASSUMED.emailsPerMonth;
  const usd = times(PRICES.emailEach, emails);
  return [fixedLine('Observability', `${emails} e-mails`, usd)];
}
