import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { TOPICS } from '../lambdas/shared/domain/topics';
import { dashboardUrl } from './observability/dashboard/dashboard';
import type { DataStack } from './data-stack';
import type { EventSource } from './kafka/kafka';
import { Observability } from './observability/observability';
import { createFetch, createPersist, createTransform } from './functions/pipeline-functions';
import type { StageConfig } from './stages/stage-config';
import type { WatchedPipeline } from './observability/watched-pipeline';

/** Properties of a pipeline stack. */
export interface PipelineStackProps extends StackProps {
  readonly stage: StageConfig;
  /** The stack that holds the data of the pipeline. */
  readonly data: DataStack;
}

/** A function, and the event source that feeds it. */
interface Fed {
  readonly target: Function;
  readonly source: EventSource | undefined;
}

/** The stack that moves the data: schedule -> fetch -> candles.observed -> transform -> candles.rolled -> persist -> tables. */
export class PipelineStack extends Stack {
  private readonly props: PipelineStackProps;

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    this.props = props;
    const fetch = this.observe();
    const transform = this.rollUp();
    const persist = this.store();
    // The reader of a new schema version is deployed before its writer.
    transform.target.node.addDependency(persist.target);
    fetch.node.addDependency(transform.target);
    this.watch({
      functions: { fetch, transform: transform.target, persist: persist.target },
      eventSources: [transform.source, persist.source].filter((source) => source !== undefined),
    });
  }

  /** Schedule -> fetch -> `candles.observed` */
  private observe(): Function {
    const { kafka, database } = this.props.data;
    const fetch = createFetch(this, this.props);
    this.schedule(fetch);
    database.grantSelect(fetch, 'progress');
    // Whether the exchange still knows a market is noted by the function that asks it.
    database.grantModify(fetch, 'progress');
    kafka.grantWrite(fetch, TOPICS.observed);
    return fetch;
  }

  private schedule(fetch: Function): void {
    const every = Duration.minutes(this.props.stage.scheduleMinutes);
    // A tick that fails, or waits too long, is not repeated: the next one requests the same minutes again.
    fetch.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: every });
    const target = new LambdaFunction(fetch, { retryAttempts: 2, maxEventAge: every });
    new Rule(this, 'Schedule', {
      description: 'Invokes fetch at every tick',
      schedule: Schedule.rate(every),
      targets: [target],
    });
  }

  /** `candles.observed` -> transform -> `candles.rolled` */
  private rollUp(): Fed {
    const { kafka, database } = this.props.data;
    const target = createTransform(this, this.props);
    const source = kafka.feed(target, {
      topic: TOPICS.observed,
      consumerGroupId: 'candlestream.transform',
      batches: this.props.stage.eventSources.transform,
    });
    database.grantSelect(target, 'candles');
    kafka.grantWrite(target, TOPICS.rolled);
    kafka.grantWrite(target, TOPICS.deadLetter);
    return { target, source };
  }

  /** `candles.rolled` -> persist -> candles, gaps, progress */
  private store(): Fed {
    const { kafka, database } = this.props.data;
    const target = createPersist(this, this.props);
    const source = kafka.feed(target, {
      topic: TOPICS.rolled,
      consumerGroupId: 'candlestream.persist',
      batches: this.props.stage.eventSources.persist,
    });
    database.grantSelect(target, 'candles');
    database.grantSelect(target, 'gaps');
    database.grantSelect(target, 'progress');
    database.grantModify(target, 'candles');
    database.grantModify(target, 'gaps');
    database.grantModify(target, 'progress');
    kafka.grantWrite(target, TOPICS.deadLetter);
    return { target, source };
  }

  private watch(flow: Pick<WatchedPipeline, 'functions' | 'eventSources'>): void {
    const { stage, data } = this.props;
    const { kafka, database } = data;
    const watch = new Observability(this, 'Watch', { ...flow, stage, kafka, database });
    new CfnOutput(this, 'DashboardUrl', {
      description: 'CloudWatch dashboard of the pipeline',
      value: dashboardUrl(watch.dashboard),
    });
    new CfnOutput(this, 'AlarmTopicArn', {
      description: 'SNS topic that alarms publish to',
      value: watch.alarmTopic.topicArn,
    });
  }
}
