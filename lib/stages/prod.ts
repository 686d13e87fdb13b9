import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { stageConfig } from './stage-config';
import { dev } from './dev';

/** For data that others rely on: survives the failure of a zone, keeps its data, and cannot be deleted by mistake. */
export const prod = stageConfig({
  ...dev,
  name: 'prod',
  openWindowMinutes: 1,
  historyStart: '2026-01-01',
  network: { zones: 3, nat: { kind: 'gateways', count: 3 }, endpointZones: 3 },
  kafka: {
    kind: 'msk',
    instanceType: 'kafka.m7g.large',
    count: 3,
    storageGiB: 50,
    maxStorageGiB: 500,
    kafkaVersion: '3.9.x.kraft',
    openMonitoring: false,
  },
  database: { kind: 'keyspaces', pointInTimeRecovery: true, warmRowsPerSecond: 12_000 },
  topics: {
    ...dev.topics,
    partitions: 12,
    replication: 3,
    minInSyncReplicas: 2,
    retentionDays: 14,
    deadLetterRetentionDays: 90,
  },
  eventSources: {
    mode: { kind: 'provisioned', minPollers: 1, maxPollers: 4, retryAttempts: 10 },
    transform: { batchSize: 16, windowSeconds: 0 },
    persist: { batchSize: 16, windowSeconds: 0 },
  },
  removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
  terminationProtection: true,
  logRetention: RetentionDays.THREE_MONTHS,
  alarmEmailRequired: true,
});
