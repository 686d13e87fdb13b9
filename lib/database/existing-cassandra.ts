import { Peer, Port } from 'aws-cdk-lib/aws-ec2';
import type { Database } from './database';
import type { Network } from '../network/network';
import { portsOf } from '../network/ports';
import type { StageConfig } from '../stages/stage-config';
import { KEYSPACE } from './tables';

/** What an existing Cassandra is described by. */
export interface ExistingCassandraProps {
  readonly nodes: Extract<StageConfig['database'], { kind: 'existing' }>;
  readonly network: Network;
}

/** A Cassandra that stands already, with its tables: nothing of it is made, and it asks nobody who they are. */
export class ExistingCassandra implements Database {
  readonly environment: Database['environment'];

  constructor({ nodes, network }: ExistingCassandraProps) {
    this.environment = {
      CASSANDRA_CONTACT_POINTS: nodes.contactPoints.join(','),
      CASSANDRA_LOCAL_DATA_CENTER: nodes.localDataCenter,
      CASSANDRA_AUTHENTICATION: 'none',
      CASSANDRA_KEYSPACE: KEYSPACE,
    };
    for (const port of portsOf(nodes.contactPoints)) {
      network.functions.addEgressRule(Peer.anyIpv4(), Port.tcp(port), 'Cassandra');
    }
  }

  /** Whoever reaches it may read. */
  grantSelect(): void {}

  /** Whoever reaches it may write. */
  grantModify(): void {}
}
