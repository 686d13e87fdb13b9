import { Port } from 'aws-cdk-lib/aws-ec2';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { addEventSource } from './event-source';
import type { EventSource, Feed, Kafka } from './kafka';
import type { Network } from '../network/network';
import { portsOf } from '../network/ports';
import type { StageConfig } from '../stages/stage-config';

/** Properties of an existing cluster. */
export interface ExistingKafkaProps {
  readonly stage: StageConfig;
  readonly servers: Extract<StageConfig['kafka'], { kind: 'existing' }>;
  readonly network: Network;
}

/** An existing cluster with its topics, without authentication: no resources are created for it. */
export class ExistingKafka implements Kafka {
  readonly environment: { readonly KAFKA_BOOTSTRAP_SERVERS: string };
  private readonly props: ExistingKafkaProps;

  constructor(props: ExistingKafkaProps) {
    this.props = props;
    const { bootstrapServers } = props.servers;
    this.environment = { KAFKA_BOOTSTRAP_SERVERS: bootstrapServers.join(',') };
    for (const port of portsOf(bootstrapServers)) {
      props.network.allowOut(Port.tcp(port), 'Brokers');
    }
  }

  /** Every client may write. */
  grantWrite(): void {}

  feed(target: Function, feed: Feed): EventSource | undefined {
    const { mode } = this.props.stage.eventSources;
    if (mode.kind === 'none') return undefined;
    const { network, servers } = this.props;
    return addEventSource(
      target,
      { kafkaBootstrapServers: servers.bootstrapServers, network },
      mode,
      feed,
    );
  }
}
