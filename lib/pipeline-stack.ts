import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { EventField, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type Function, FunctionUrlAuthType, InvokeMode } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { TOPICS } from '../lambdas/shared/domain/topics';
import { dashboardUrl } from './observability/dashboard/dashboard';
import type { DataStack } from './data-stack';
import type { EventSource } from './kafka/kafka';
import { SCHEMA_METADATA, SCHEMA_METADATA_KEY } from './kafka/schema-metadata';
import { consumerGroupName } from './naming/stage-names';
import { Observability } from './observability/observability';
import {
  createFetch,
  createPersist,
  createQuery,
  createReconcile,
  createTransform,
} from './functions/pipeline-functions';
import { logicalName } from './naming/logical-name';
import { fetchParts, type FiringPart, reconcileParts } from './stages/firing-parts';
import type { ExchangeSetting } from './stages/settings/exchange-settings';
import type { StageConfig } from './stages/stage-config';
import { RECONCILE_MINUTES } from './stages/tick';
import type { WatchedPipeline } from './observability/watched-pipeline';

/** Properties of a pipeline stack. */
export interface PipelineStackProps extends StackProps {
  readonly stage: StageConfig;
  /** The stack that holds the data of the pipeline. */
  readonly data: DataStack;
}

interface ScheduleProps {
  readonly id: string;
  readonly every: Duration;
  /** The parts of an exchange that each firing is of. */
  readonly partsOf: (exchange: ExchangeSetting) => readonly FiringPart[];
}

/** EventBridge takes no more targets of a rule. */
const MOST_TARGETS = 5;

/** A function, and the event source that feeds it. */
interface Fed {
  readonly target: Function;
  readonly source: EventSource | undefined;
}

/** The stack that moves the data: schedules -> fetch, reconcile -> candles.observed -> transform -> candles.rolled -> persist -> tables. */
export class PipelineStack extends Stack {
  private readonly props: PipelineStackProps;

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    this.props = props;
    // A deployment that goes forward or back is held against it.
    this.templateOptions.metadata = { [SCHEMA_METADATA_KEY]: SCHEMA_METADATA };
    // Its parameter with the schema versions is read when this stack is deployed.
    this.addStackDependency(props.data);
    const fetch = this.observe();
    const reconcile = this.audit();
    const transform = this.rollUp();
    const persist = this.store();
    // The reader of a new schema version is deployed before its writer.
    transform.target.node.addDependency(persist.target);
    fetch.node.addDependency(transform.target);
    reconcile.node.addDependency(transform.target);
    this.watch({
      functions: { fetch, reconcile, transform: transform.target, persist: persist.target },
      query: this.answer(),
      eventSources: [transform.source, persist.source].filter((source) => source !== undefined),
    });
  }

  /** Schedule -> fetch -> `candles.observed` */
  private observe(): Function {
    const { kafka, database } = this.props.data;
    const fetch = createFetch(this, this.props);
    this.schedule(fetch, {
      id: 'FetchSchedule',
      every: Duration.minutes(this.props.stage.scheduleMinutes),
      partsOf: fetchParts,
    });
    database.grantSelect(fetch, 'progress');
    // Whether the exchange still knows a market is noted by the function that asks it.
    database.grantModify(fetch, 'progress');
    kafka.grantWrite(fetch, TOPICS.observed);
    return fetch;
  }

  /** Schedule -> reconcile -> `candles.observed` */
  private audit(): Function {
    const { kafka, database } = this.props.data;
    const reconcile = createReconcile(this, this.props);
    this.schedule(reconcile, {
      id: 'ReconcileSchedule',
      every: Duration.minutes(RECONCILE_MINUTES),
      partsOf: reconcileParts,
    });
    database.grantSelect(reconcile, 'progress');
    database.grantSelect(reconcile, 'days');
    database.grantModify(reconcile, 'days');
    // Since when a market is listed is noted by the function that finds it out.
    database.grantModify(reconcile, 'progress');
    kafka.grantWrite(reconcile, TOPICS.observed);
    return reconcile;
  }

  /** Each exchange has rules of its own, so that one that is stuck delays no other. */
  private schedule(target: Function, { id, every, partsOf }: ScheduleProps): void {
    // A firing that fails, or waits too long, is not repeated: the next one requests the same minutes again.
    target.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: every });
    for (const exchange of this.props.stage.exchanges) {
      const parts = partsOf(exchange);
      for (let at = 0; at < parts.length; at += MOST_TARGETS) {
        const name = logicalName(id, exchange.kind) + (at === 0 ? '' : `${at / MOST_TARGETS + 1}`);
        new Rule(this, name, {
          description: `Invokes ${target.node.id.toLowerCase()} for ${exchange.kind}`,
          schedule: Schedule.rate(every),
          targets: parts
            .slice(at, at + MOST_TARGETS)
            .map((part) => firingOf(target, { part, every })),
        });
      }
    }
  }

  /** `candles.observed` -> transform -> `candles.rolled` */
  private rollUp(): Fed {
    const { stage, data } = this.props;
    const { kafka, database } = data;
    const target = createTransform(this, this.props);
    const source = kafka.feed(target, {
      topic: TOPICS.observed,
      consumerGroupId: consumerGroupName(stage.name, 'transform'),
      batches: stage.eventSources.transform,
    });
    database.grantSelect(target, 'candles');
    database.grantSelect(target, 'days');
    kafka.grantWrite(target, TOPICS.rolled);
    kafka.grantWrite(target, TOPICS.deadLetter);
    return { target, source };
  }

  /** `candles.rolled` -> persist -> candles, gaps, progress, days */
  private store(): Fed {
    const { stage, data } = this.props;
    const { kafka, database } = data;
    const target = createPersist(this, this.props);
    const source = kafka.feed(target, {
      topic: TOPICS.rolled,
      consumerGroupId: consumerGroupName(stage.name, 'persist'),
      batches: stage.eventSources.persist,
    });
    database.grantSelect(target, 'candles');
    database.grantSelect(target, 'gaps');
    database.grantSelect(target, 'progress');
    database.grantSelect(target, 'days');
    database.grantModify(target, 'candles');
    database.grantModify(target, 'gaps');
    database.grantModify(target, 'progress');
    database.grantModify(target, 'days');
    kafka.grantWrite(target, TOPICS.deadLetter);
    return { target, source };
  }

  /** candles, progress, gaps, days -> query -> whoever may invoke it */
  private answer(): Function | undefined {
    const { stage, data } = this.props;
    if (stage.queryApi.kind === 'none') return undefined;
    const query = createQuery(this, this.props, stage.queryApi.maxConcurrency);
    for (const table of ['candles', 'progress', 'gaps', 'days'] as const) {
      data.database.grantSelect(query, table);
    }
    // Without a grant: identities of the account that may invoke it sign their requests.
    const { url } = query.addFunctionUrl({
      authType: FunctionUrlAuthType.AWS_IAM,
      invokeMode: InvokeMode.BUFFERED,
    });
    new CfnOutput(this, 'QueryUrl', {
      description: 'Address of the query API and of the page; requests are signed',
      value: url,
    });
    return query;
  }

  private watch(flow: Pick<WatchedPipeline, 'functions' | 'query' | 'eventSources'>): void {
    const { stage, data } = this.props;
    const { kafka, database } = data;
    const watch = new Observability(this, 'Watch', { ...flow, stage, kafka, database });
    new CfnOutput(this, 'DashboardUrl', {
      description: 'CloudWatch dashboard of the pipeline',
      value: dashboardUrl(watch.dashboard),
    });
    new CfnOutput(this, 'PageTopicArn', {
      description: 'SNS topic of the alarms that someone acts on at any hour',
      value: watch.alarmTopics.page.topicArn,
    });
    new CfnOutput(this, 'TicketTopicArn', {
      description: 'SNS topic of the other alarms',
      value: watch.alarmTopics.ticket.topicArn,
    });
  }
}

/** The target of a rule: it invokes a function with the time of the firing and the part that it is of. */
function firingOf(
  target: Function,
  { part, every }: { readonly part: FiringPart; readonly every: Duration },
): LambdaFunction {
  return new LambdaFunction(target, {
    event: RuleTargetInput.fromObject({ time: EventField.time, ...part }),
    retryAttempts: 2,
    maxEventAge: every,
  });
}
