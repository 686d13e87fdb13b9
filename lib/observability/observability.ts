import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { AlarmTopic } from './alarm-topic';
import { createAlarms } from './alarms/create-alarms';
import { createDashboard } from './dashboard/dashboard';
import type { WatchedPipeline } from './watched-pipeline';

/** Observability of a pipeline: its alarms, the topic that they notify, and the dashboard. */
export class Observability extends Construct {
  readonly alarmTopic: Topic;
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, pipeline: WatchedPipeline) {
    super(scope, id);
    const alarms = createAlarms(this, pipeline);
    const { topic, anyAlarm } = new AlarmTopic(this, 'Told', { stage: pipeline.stage, alarms });
    this.alarmTopic = topic;
    this.dashboard = createDashboard(this, pipeline, [anyAlarm, ...alarms]);
  }
}
