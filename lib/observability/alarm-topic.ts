import { Annotations } from 'aws-cdk-lib';
import { type Alarm, AlarmRule, AlarmState, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages/stage-config';

/** Properties of an alarm topic. */
export interface AlarmTopicProps {
  readonly stage: StageConfig;
  readonly alarms: readonly Alarm[];
}

/** Topic that is notified when some alarm is active, and when none is any more. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;
  /** Active while any of the alarms is. */
  readonly anyAlarm: CompositeAlarm;

  constructor(scope: Construct, id: string, { stage, alarms }: AlarmTopicProps) {
    super(scope, id);
    // No key: alarms cannot publish with the key that AWS manages for SNS, and a
    // key of our own costs more than it is worth to keep an alarm secret.
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.anyAlarm = this.createAnyAlarm(stage, alarms);
    this.allowPublishing();
    this.subscribe(stage);
  }

  private createAnyAlarm({ name }: StageConfig, alarms: readonly Alarm[]): CompositeAlarm {
    const active = alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM));
    const anyAlarm = new CompositeAlarm(this, 'AnyAlarm', {
      alarmDescription: `Candlestream ${name}: at least one alarm is active. What to do: docs/runbook.md`,
      alarmRule: AlarmRule.anyOf(...active),
    });
    anyAlarm.addAlarmAction(new SnsAction(this.topic));
    anyAlarm.addOkAction(new SnsAction(this.topic));
    return anyAlarm;
  }

  /** A topic with a policy, such as one that requires TLS, lets nobody publish who is not named. */
  private allowPublishing(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { ArnEquals: { 'aws:SourceArn': this.anyAlarm.alarmArn } },
      }),
    );
  }

  private subscribe({ name, alarmEmail }: StageConfig): void {
    if (alarmEmail !== undefined) {
      this.topic.addSubscription(new EmailSubscription(alarmEmail));
      return;
    }
    Annotations.of(this).addWarningV2(
      'candlestream:no-alarm-email',
      `Nobody is notified of the alarms of the stage ${name}: set alarmEmail in lib/stages/${name}.ts`,
    );
  }
}
