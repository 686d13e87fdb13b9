import type { Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { AlarmTopics } from './alarm-topics';
import { createAlarms } from './alarms/create-alarms';
import { createDashboard } from './dashboard/dashboard';
import type { WatchedPipeline } from './watched-pipeline';

/** Observability of a pipeline: its alarms, the topics that they notify, and the dashboard. */
export class Observability extends Construct {
  readonly alarmTopics: AlarmTopics;
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, pipeline: WatchedPipeline) {
    super(scope, id);
    const alarms = createAlarms(this, pipeline);
    this.alarmTopics = new AlarmTopics(this, 'Alarms', { stage: pipeline.stage, alarms });
    this.dashboard = createDashboard(
      this,
      pipeline,
      alarms.map(({ alarm }) => alarm),
    );
  }
}
