import { Aws, Duration, Size, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { type Function, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { ManagedKafkaEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { FetchVariable } from '../lambdas/fetch/environment';
import type { PersistVariable } from '../lambdas/persist/environment';
import { type Topic, TOPICS } from '../lambdas/shared/domain/topics';
import type { TransformVariable } from '../lambdas/transform/environment';
import { grantModify, grantReadTopic, grantSelect, grantWriteTopic } from './access';
import type { DataStack } from './data-stack';
import { type FunctionEnvironment, PipelineFunction } from './pipeline-function';
import { KEYSPACES_PORT } from './ports';
import type { StageConfig } from './stage-config';
import { KEYSPACE } from './tables';

/** What a pipeline stack is made of. */
export interface PipelineStackProps extends StackProps {
  readonly stage: StageConfig;
  /** Where the data of the pipeline is. */
  readonly data: DataStack;
}

/** What moves the data: schedule -> fetch -> candles.observed -> transform -> candles.rolled -> persist -> tables. */
export class PipelineStack extends Stack {
  private readonly stage: StageConfig;
  private readonly data: DataStack;

  constructor(scope: Construct, id: string, props: PipelineStackProps) {
    super(scope, id, props);
    this.stage = props.stage;
    this.data = props.data;
    const { tables } = this.data;

    const fetch = this.createFetch();
    this.scheduleEachMinute(fetch);
    grantSelect(fetch, tables.progress);
    this.grantWrite(fetch, TOPICS.observed);

    const transform = this.createTransform();
    this.feed(transform, TOPICS.observed, this.stage.eventSources.transform, 'transform');
    grantSelect(transform, tables.candles);
    this.grantWrite(transform, TOPICS.rolled);
    this.grantWrite(transform, TOPICS.deadLetter);

    const persist = this.createPersist();
    this.feed(persist, TOPICS.rolled, this.stage.eventSources.persist, 'persist');
    grantSelect(persist, tables.progress);
    grantModify(persist, tables.candles);
    grantModify(persist, tables.gaps);
    grantModify(persist, tables.progress);
    this.grantWrite(persist, TOPICS.deadLetter);
  }

  private createFetch(): Function {
    return new PipelineFunction<FetchVariable>(this, 'Fetch', {
      ...this.common(),
      name: 'fetch',
      description: 'Asks the exchange for the minutes that are missing',
      memory: Size.mebibytes(512),
      // Less than the minute between two ticks, so that none waits for another.
      timeout: Duration.seconds(55),
      alone: true,
      environment: {
        ...this.connections(),
        PAIRS: this.stage.pairs.join(','),
        HISTORY_START: this.stage.historyStart,
        RETENTION_MINUTES: String(this.stage.retentionMinutes),
        REQUESTS_PER_10_S: String(this.stage.requestsPer10Seconds),
        GATE_IO_URL: this.stage.gateIoUrl,
      },
    });
  }

  private createTransform(): Function {
    return new PipelineFunction<TransformVariable>(this, 'Transform', {
      ...this.common(),
      name: 'transform',
      description: 'Rolls observed minutes up to windows',
      memory: Size.mebibytes(1_024),
      timeout: Duration.minutes(2),
      environment: this.connections(),
    });
  }

  private createPersist(): Function {
    return new PipelineFunction<PersistVariable>(this, 'Persist', {
      ...this.common(),
      name: 'persist',
      description: 'Stores candles, and then how far their pair has come',
      memory: Size.mebibytes(1_024),
      // A full batch of whole days is some 90,000 rows, which Keyspaces takes at its own pace.
      timeout: Duration.minutes(5),
      environment: this.connections(),
    });
  }

  private scheduleEachMinute(fetch: Function): void {
    // A tick that fails is not repeated: the next one asks for the same minutes again.
    fetch.configureAsyncInvoke({ retryAttempts: 0 });
    const target = new LambdaFunction(fetch, {
      retryAttempts: 2,
      maxEventAge: Duration.minutes(1),
    });
    new Rule(this, 'Schedule', {
      description: 'One tick a minute',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [target],
    });
  }

  /** Hands the records of a topic to a function, from the oldest on. */
  private feed(
    target: Function,
    topic: Topic,
    { batchSize, windowSeconds }: StageConfig['eventSources']['transform'],
    name: string,
  ): void {
    const consumerGroupId = `candlestream.${name}`;
    const { cluster, topics } = this.data;
    grantReadTopic(target, cluster, topics[topic], consumerGroupId);
    target.addEventSource(
      new ManagedKafkaEventSource({
        clusterArn: cluster.attrArn,
        topic,
        consumerGroupId,
        startingPosition: StartingPosition.TRIM_HORIZON,
        batchSize,
        maxBatchingWindow: Duration.seconds(windowSeconds),
      }),
    );
  }

  private grantWrite(grantee: Function, topic: Topic): void {
    grantWriteTopic(grantee, this.data.cluster, this.data.topics[topic]);
  }

  private common() {
    const { architecture, logRetention, removalPolicy } = this.stage;
    const { vpc, clients: securityGroup } = this.data;
    return { architecture, logRetention, removalPolicy, vpc, securityGroup };
  }

  /** How all three find the brokers, the tables and the schemas. */
  private connections(): FunctionEnvironment<PersistVariable> {
    const { cluster, schemas } = this.data;
    const versionIds = Object.entries(schemas).map(([topic, schema]) => [
      topic,
      [schema.attrInitialSchemaVersionId],
    ]);
    return {
      KAFKA_CLUSTER_ARN: cluster.attrArn,
      CASSANDRA_CONTACT_POINTS: `cassandra.${Aws.REGION}.${Aws.URL_SUFFIX}:${KEYSPACES_PORT}`,
      CASSANDRA_LOCAL_DATA_CENTER: Aws.REGION,
      CASSANDRA_AUTHENTICATION: 'sigv4',
      CASSANDRA_KEYSPACE: KEYSPACE,
      SCHEMA_VERSION_IDS: this.toJsonString(Object.fromEntries(versionIds)),
    };
  }
}
