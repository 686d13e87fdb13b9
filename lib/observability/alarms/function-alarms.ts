import { FUNCTION_NAMES, type FunctionName } from '../../naming/function-names';
import { logicalName } from '../../naming/logical-name';
import { publishedMetric, sumOf } from '../metrics';
import type { WatchedPipeline } from '../watched-pipeline';
import { type AlarmSpec, LASTING, NOTHING_HAPPENED } from './alarm-spec';

/** Whether the functions do their work in time. */
export function functionAlarms(pipeline: WatchedPipeline): AlarmSpec[] {
  const { functions } = pipeline;
  return [
    ...FUNCTION_NAMES.map((name) => failureAlarm(pipeline, name)),
    ...FUNCTION_NAMES.map((name) => timeOutAlarm(pipeline, name)),
    {
      id: 'Throttles',
      runbook: 'throttles',
      says: 'Lambda refuses to run functions as often as they are invoked',
      metric: sumOf(
        FUNCTION_NAMES.map((name) => functions[name].metricThrottles({ statistic: 'Sum' })),
        'Throttles',
      ),
      rings: { above: 0 },
      periods: LASTING,
      missing: NOTHING_HAPPENED,
    },
  ];
}

/** Where a function reports what failed, it does not fail itself: both are counted. */
function failureAlarm({ stage, functions }: WatchedPipeline, name: FunctionName): AlarmSpec {
  return {
    id: logicalName('FunctionErrors', name),
    runbook: 'function-errors',
    says: `${name} keeps failing`,
    metric: sumOf(
      [
        functions[name].metricErrors({ statistic: 'Sum' }),
        publishedMetric(stage, name, 'Failures', 'Sum'),
      ],
      'Failed',
    ),
    rings: { above: 0 },
    periods: LASTING,
    missing: NOTHING_HAPPENED,
  };
}

function timeOutAlarm({ functions }: WatchedPipeline, name: FunctionName): AlarmSpec {
  const { timeout } = functions[name];
  if (timeout === undefined)
    throw new TypeError(`The function ${name} has no timeout: give it one`);
  return {
    id: logicalName('TimeOutsNear', name),
    runbook: 'time-outs-near',
    says: `${name} keeps needing more than 80 % of its ${timeout.toSeconds()} seconds`,
    metric: functions[name].metricDuration({ statistic: 'Maximum' }),
    rings: { above: timeout.toMilliseconds() * 0.8 },
    periods: LASTING,
    missing: NOTHING_HAPPENED,
  };
}
