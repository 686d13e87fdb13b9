import { keyspaceName } from '../naming/stage-names';
import { stageConfig } from './stage-config';
import { dev } from './dev';

/**
 * For LocalStack on one machine: `dev` with Kafka and Cassandra in containers,
 * and without the services that the free edition lacks: NAT gateways, MSK,
 * Keyspaces, Glue, Kafka event sources.
 */
export const localstack = stageConfig({
  ...dev,
  name: 'localstack',
  openWindowMinutes: 1,
  network: { ...dev.network, nat: { kind: 'none' } },
  kafka: { kind: 'existing', bootstrapServers: ['kafka:19092'] },
  database: {
    kind: 'existing',
    contactPoints: ['cassandra:9042'],
    localDataCenter: 'datacenter1',
    keyspace: keyspaceName(dev.name),
  },
  schemaRegistry: {
    kind: 'existing',
    // From no registry: any ids will do, as long as they stay the same.
    versionIds: {
      'candles.observed': [
        '0b5e7e0a-52a4-4c1c-9f6e-0c5a5f5d1c01',
        '0b5e7e0a-52a4-4c1c-9f6e-0c5a5f5d1c11',
        '0b5e7e0a-52a4-4c1c-9f6e-0c5a5f5d1c21',
      ],
      'candles.rolled': [
        '0b5e7e0a-52a4-4c1c-9f6e-0c5a5f5d1c02',
        '0b5e7e0a-52a4-4c1c-9f6e-0c5a5f5d1c12',
        '0b5e7e0a-52a4-4c1c-9f6e-0c5a5f5d1c22',
      ],
      'candles.dead-letter': [
        '0b5e7e0a-52a4-4c1c-9f6e-0c5a5f5d1c03',
        '0b5e7e0a-52a4-4c1c-9f6e-0c5a5f5d1c13',
      ],
    },
  },
  // A day is sealed by audits an hour apart, which its tests do not wait for.
  firingsAheadMinutes: 180,
  eventSources: { ...dev.eventSources, mode: { kind: 'none' } },
  // Containers have the processor of this machine.
  architecture: process.arch === 'arm64' ? 'arm64' : 'x86_64',
});
