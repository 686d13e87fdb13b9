import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Database } from './database/database';
import { ExistingCassandra } from './database/existing-cassandra';
import { ExistingKafka } from './kafka/existing-kafka';
import type { Kafka } from './kafka/kafka';
import { Keyspaces } from './database/keyspaces';
import { MskKafka } from './kafka/msk-kafka';
import { registryName, versionIdsParameterName } from './naming/stage-names';
import { Network } from './network/network';
import { SchemaRegistry } from './kafka/schema-registry';
import {
  knownVersionIds,
  type SchemaVersionIds,
  StoredVersionIds,
} from './kafka/schema-version-ids';
import type { StageConfig } from './stages/stage-config';

/** Properties of a data stack. */
export interface DataStackProps extends StackProps {
  readonly stage: StageConfig;
}

/** The stack that holds the data: the network, the brokers with their topics, the schemas, the tables. */
export class DataStack extends Stack {
  readonly network: Network;
  readonly kafka: Kafka;
  readonly schemaVersionIds: SchemaVersionIds;
  readonly database: Database;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { stage } = props;
    this.network = new Network(this, 'Network', { stage });
    this.kafka = this.createKafka(stage);
    this.schemaVersionIds = this.registerSchemas(stage);
    this.database = this.createDatabase(stage);
  }

  private createKafka(stage: StageConfig): Kafka {
    const { network } = this;
    const { kafka } = stage;
    if (kafka.kind === 'existing') return new ExistingKafka({ stage, servers: kafka, network });
    return new MskKafka(this, 'Kafka', { stage, brokers: kafka, network });
  }

  private registerSchemas({ name, schemaRegistry, removalPolicy }: StageConfig): SchemaVersionIds {
    if (schemaRegistry.kind === 'existing') return knownVersionIds(schemaRegistry.versionIds);
    const props = { registryName: registryName(name), removalPolicy };
    const { versionIds: ids } = new SchemaRegistry(this, 'Schemas', props);
    const parameterName = versionIdsParameterName(name);
    return new StoredVersionIds(this, 'SchemaVersionIds', { parameterName, ids });
  }

  private createDatabase(stage: StageConfig): Database {
    const { network } = this;
    const { database } = stage;
    if (database.kind === 'existing') return new ExistingCassandra({ nodes: database, network });
    return new Keyspaces(this, 'Keyspaces', { ...database, stage, network });
  }
}
