import { Annotations } from 'aws-cdk-lib';
import { type Alarm, AlarmRule, AlarmState, CompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages/stage-config';

/** What tells of alarms. */
export interface AlarmTopicProps {
  readonly stage: StageConfig;
  readonly alarms: readonly Alarm[];
}

/** Where it is told that some alarm rings, and that none does any more. */
export class AlarmTopic extends Construct {
  readonly topic: Topic;
  /** Rings while any of the alarms does. */
  readonly anyAlarm: CompositeAlarm;

  constructor(scope: Construct, id: string, { stage, alarms }: AlarmTopicProps) {
    super(scope, id);
    // No key: with the one that AWS keeps for SNS no alarm can publish, and one
    // of one's own costs more than the secret is worth that an alarm rings.
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.anyAlarm = this.tell(stage, alarms);
    this.allowPublishing();
    this.subscribe(stage);
  }

  private tell({ name }: StageConfig, alarms: readonly Alarm[]): CompositeAlarm {
    const ringing = alarms.map((alarm) => AlarmRule.fromAlarm(alarm, AlarmState.ALARM));
    const anyAlarm = new CompositeAlarm(this, 'AnyAlarm', {
      alarmDescription: `Candlestream ${name}: at least one alarm rings. What to do: docs/runbook.md`,
      alarmRule: AlarmRule.anyOf(...ringing),
    });
    anyAlarm.addAlarmAction(new SnsAction(this.topic));
    anyAlarm.addOkAction(new SnsAction(this.topic));
    return anyAlarm;
  }

  /** A topic with a policy of its own, such as one that asks for TLS, lets nobody publish who is not named. */
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
      'candlestream:nobody-is-told',
      `Nobody is told of an alarm of the stage ${name}: set alarmEmail in lib/stages/${name}.ts`,
    );
  }
}
