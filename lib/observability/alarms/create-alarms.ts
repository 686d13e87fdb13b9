import { Alarm, ComparisonOperator } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { metricPeriod } from '../metrics';
import type { StageConfig } from '../../stages/stage-config';
import type { WatchedPipeline } from '../watched-pipeline';
import type { RatedAlarm } from '../alarm-topics';
import type { AlarmSpec } from './alarm-spec';
import { databaseAlarms } from './database-alarms';
import { exchangeAlarms } from './exchange-alarms';
import { functionAlarms } from './function-alarms';
import { kafkaAlarms } from './kafka-alarms';
import { lagAlarms } from './lag-alarms';
import { ledgerAlarms } from './ledger-alarms';
import { queryAlarms } from './query-alarms';
import { recordAlarms } from './record-alarms';

/** Creates the alarms of a pipeline, each with its severity. */
export function createAlarms(scope: Construct, pipeline: WatchedPipeline): RatedAlarm[] {
  const specs = [
    ...lagAlarms(pipeline),
    ...exchangeAlarms(pipeline),
    ...ledgerAlarms(pipeline),
    ...recordAlarms(pipeline),
    ...functionAlarms(pipeline),
    ...kafkaAlarms(pipeline),
    ...databaseAlarms(pipeline),
    ...queryAlarms(pipeline),
  ];
  return specs.map((spec) => ({
    alarm: createAlarm(scope, pipeline.stage, spec),
    severity: spec.severity,
  }));
}

function createAlarm(scope: Construct, stage: StageConfig, spec: AlarmSpec): Alarm {
  const { threshold, period = metricPeriod(stage) } = spec;
  return new Alarm(scope, spec.id, {
    alarmDescription: `${spec.situation}. What to do: docs/runbook.md#${spec.runbook}`,
    metric: spec.metric.with({ period }),
    evaluationPeriods: spec.periods,
    treatMissingData: spec.missing,
    ...('above' in threshold
      ? {
          threshold: threshold.above,
          comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        }
      : { threshold: threshold.below, comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD }),
  });
}
