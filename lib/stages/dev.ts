import { RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { stageConfig } from './stage-config';

/** For development: small, cheap, and deleted without a trace. */
export const dev = stageConfig({
  name: 'dev',
  exchanges: [
    {
      kind: 'gate-io',
      pairs: [
        'BTC_USDT',
        'ETH_USDT',
        'SOL_USDT',
        'XRP_USDT',
        'BNB_USDT',
        'DOGE_USDT',
        'ADA_USDT',
        'AVAX_USDT',
        'LINK_USDT',
        'LTC_USDT',
      ],
      url: 'https://api.gateio.ws/api/v4',
      archiveUrl: 'https://download.gatedata.org',
      requestsPer10Seconds: 180,
      retentionMinutes: 9_900,
    },
  ],
  scheduleMinutes: 1,
  openWindowMinutes: 5,
  silentAfterMinutes: 1_440,
  historyStart: '2026-10-01',
  network: {
    zones: 2,
    nat: { kind: 'instance', instanceType: 't4g.nano' },
    endpointZones: 0,
  },
  kafka: {
    kind: 'msk',
    instanceType: 'kafka.t3.small',
    count: 2,
    storageGiB: 10,
    maxStorageGiB: 100,
    kafkaVersion: '3.9.x',
    openMonitoring: false,
  },
  database: { kind: 'keyspaces', pointInTimeRecovery: false },
  schemaRegistry: { kind: 'glue' },
  topics: {
    partitions: 6,
    // While one of the two brokers restarts, the other one takes every write alone.
    replication: 2,
    minInSyncReplicas: 1,
    compression: 'producer',
    retentionDays: 7,
    deadLetterRetentionDays: 30,
  },
  eventSources: {
    mode: { kind: 'on-demand' },
    // Fuller batches are fewer invocations; each window delays a tick's minutes by up to a second.
    transform: { batchSize: 16, windowSeconds: 1 },
    persist: { batchSize: 16, windowSeconds: 1 },
  },
  queryApi: { kind: 'iam', maxConcurrency: 10 },
  architecture: 'arm64',
  removalPolicy: RemovalPolicy.DESTROY,
  terminationProtection: false,
  logLevel: 'INFO',
  logRetention: RetentionDays.TWO_WEEKS,
  alarmEmailRequired: false,
});
