import { Port } from 'aws-cdk-lib/aws-ec2';
import type { Database } from './database';
import type { Network } from '../network/network';
import { portsOf } from '../network/ports';
import type { StageConfig } from '../stages/stage-config';

/** Properties of an existing Cassandra. */
export interface ExistingCassandraProps {
  readonly nodes: Extract<StageConfig['database'], { kind: 'existing' }>;
  readonly network: Network;
}

/** An existing Cassandra with its tables, without authentication: no resources are created for it. */
export class ExistingCassandra implements Database {
  readonly environment: Database['environment'];

  constructor({ nodes, network }: ExistingCassandraProps) {
    this.environment = {
      CASSANDRA_CONTACT_POINTS: nodes.contactPoints.join(','),
      CASSANDRA_LOCAL_DATA_CENTER: nodes.localDataCenter,
      CASSANDRA_AUTHENTICATION: 'none',
      CASSANDRA_KEYSPACE: nodes.keyspace,
    };
    for (const port of portsOf(nodes.contactPoints)) {
      network.allowOut(Port.tcp(port), 'Cassandra');
    }
  }

  /** Every client may read. */
  grantSelect(): void {}

  /** Every client may write. */
  grantModify(): void {}
}
