import type { Function } from 'aws-cdk-lib/aws-lambda';
import { type AnyFunction, FUNCTION_NAMES, type FunctionName } from '../../naming/function-names';
import { logicalName } from '../../naming/logical-name';
import { publishedMetric, sumOf } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_HAPPENED } from './alarm-spec';

/** Alarms for functions that fail, or run out of time. */
export function functionAlarms(pipeline: WatchedPipeline): AlarmSpec[] {
  const { functions } = pipeline;
  return [
    ...FUNCTION_NAMES.map((name) => failureAlarm(pipeline, name)),
    ...FUNCTION_NAMES.map((name) => timeOutAlarm(name, functions[name])),
    {
      id: 'Throttles',
      runbook: 'throttles',
      situation: 'Lambda throttles the functions',
      severity: 'ticket',
      metric: sumOf(
        FUNCTION_NAMES.map((name) => functions[name].metricThrottles({ statistic: 'Sum' })),
        'Throttles',
      ),
      threshold: { above: 0 },
      periods: LASTING,
      missing: NOTHING_HAPPENED,
    },
  ];
}

/** A function that reports failed records does not fail itself: both are counted. */
function failureAlarm({ stage, functions }: WatchedPipeline, name: FunctionName): AlarmSpec {
  return {
    id: logicalName('FunctionErrors', name),
    runbook: 'function-errors',
    situation: `${name} keeps failing`,
    severity: 'page',
    metric: sumOf(
      [
        functions[name].metricErrors({ statistic: 'Sum' }),
        publishedMetric(stage, { service: name, name: 'Failures', statistic: 'Sum' }),
      ],
      'Failed',
    ),
    threshold: { above: 0 },
    periods: LASTING,
    missing: NOTHING_HAPPENED,
  };
}

/** An alarm for a function that nearly runs out of time. */
export function timeOutAlarm(name: AnyFunction, watched: Function): AlarmSpec {
  const { timeout } = watched;
  if (timeout === undefined)
    throw new TypeError(`The function ${name} has no timeout: give it one`);
  return {
    id: logicalName('TimeOutsNear', name),
    runbook: 'time-outs-near',
    situation: `${name} keeps using more than 80 % of its timeout of ${timeout.toSeconds()} seconds`,
    severity: 'ticket',
    metric: watched.metricDuration({ statistic: 'Maximum' }),
    threshold: { above: timeout.toMilliseconds() * 0.8 },
    periods: LASTING,
    missing: NOTHING_HAPPENED,
  };
}
