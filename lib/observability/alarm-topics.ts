import { Annotations } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { acceptFinding } from '../checks/accept-finding';
import { nobodyIsNotified } from '../stages/alarm-address';
import type { StageConfig } from '../stages/stage-config';
import type { Severity } from './alarms/alarm-spec';

/** An alarm, and who acts on it. */
export interface RatedAlarm {
  readonly alarm: Alarm;
  readonly severity: Severity;
}

/** Properties of alarm topics. */
export interface AlarmTopicsProps {
  readonly stage: StageConfig;
  readonly alarms: readonly RatedAlarm[];
}

/**
 * A topic for each severity, notified by each alarm itself: none waits for another
 * to clear, and whoever mutes one mutes no other.
 */
export class AlarmTopics extends Construct {
  /** Notified when an alarm becomes active that someone acts on at any hour, and when it clears. */
  readonly page: Topic;
  /** Notified when any other alarm becomes active. */
  readonly ticket: Topic;

  constructor(scope: Construct, id: string, { stage, alarms }: AlarmTopicsProps) {
    super(scope, id);
    this.page = this.createTopic('Page', alarmsOf(alarms, 'page'));
    this.ticket = this.createTopic('Ticket', alarmsOf(alarms, 'ticket'));
    // Whoever was called out hears that it is over. A ticket is closed by whoever has it.
    for (const alarm of alarmsOf(alarms, 'page')) alarm.addOkAction(new SnsAction(this.page));
    this.subscribe(stage);
  }

  private createTopic(id: string, alarms: readonly Alarm[]): Topic {
    const topic = new Topic(this, id, { enforceSSL: true });
    acceptFinding(
      topic,
      'CKV_AWS_26',
      'Alarms cannot publish with the key that AWS manages for SNS, and a key of our own costs more than it is worth to keep an alarm secret',
    );
    for (const alarm of alarms) alarm.addAlarmAction(new SnsAction(topic));
    allowPublishing(topic, alarms);
    return topic;
  }

  private subscribe({ name, alarmEmail, ticketEmail, alarmEmailRequired }: StageConfig): void {
    if (alarmEmail !== undefined) {
      this.page.addSubscription(new EmailSubscription(alarmEmail));
      this.ticket.addSubscription(new EmailSubscription(ticketEmail ?? alarmEmail));
      return;
    }
    // An error keeps cdk from deploying the stage; its templates can still be read and priced.
    if (alarmEmailRequired) Annotations.of(this).addError(nobodyIsNotified(name));
  }
}

function alarmsOf(alarms: readonly RatedAlarm[], severity: Severity): Alarm[] {
  return alarms.filter((one) => one.severity === severity).map(({ alarm }) => alarm);
}

/** A topic with a policy, such as one that requires TLS, lets nobody publish who is not named. */
function allowPublishing(topic: Topic, alarms: readonly Alarm[]): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { ArnEquals: { 'aws:SourceArn': alarms.map(({ alarmArn }) => alarmArn) } },
    }),
  );
}
