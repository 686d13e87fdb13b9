import * as v from 'valibot';
import {
  group,
  hostsAndPorts,
  oneOfKinds,
  text,
  together,
  trueOrFalse,
  wholeNumber,
} from './setting-values';
import { brokerProblem, topicsProblem } from '../stage-limits';

/**
 * Versions that MSK makes clusters with, and whose topics can be resources of a stack.
 * Source: the Amazon MSK developer guide, "Supported Apache Kafka versions".
 */
const KAFKA_VERSIONS = [
  '3.7.x',
  '3.7.x.kraft',
  '3.8.x',
  '3.8.x.kraft',
  '3.9.x',
  '3.9.x.kraft',
  '4.0.x.kraft',
  '4.1.x.kraft',
] as const;

const INSTANCE_TYPE =
  /^kafka\.(t3\.small|m5\.(large|(2|4|8|12|16|24)?xlarge)|m7g\.(large|(2|4|8|12|16)?xlarge))$/;

/** One alarm looks at all brokers, and an expression of CloudWatch takes ten metrics. */
const MAX_BROKERS = 10;

const MAX_STORAGE_GIB = 16_384;

/** Brokers that belong to the stage. */
const MskBrokers = v.pipe(
  group({
    kind: v.literal('msk'),
    instanceType: text(
      INSTANCE_TYPE,
      'give a provisioned MSK instance type such as kafka.t3.small or kafka.m7g.large',
    ),
    /** A multiple of `network.zones`. */
    count: wholeNumber(2, MAX_BROKERS),
    /** Storage of each broker at first. */
    storageGiB: wholeNumber(1, MAX_STORAGE_GIB),
    /** Limit to which the storage of each broker grows by itself: it never shrinks. */
    maxStorageGiB: wholeNumber(1, MAX_STORAGE_GIB),
    kafkaVersion: v.picklist(KAFKA_VERSIONS, `give one of ${KAFKA_VERSIONS.join(', ')}`),
    /** If true, Prometheus may read the brokers' metrics. */
    openMonitoring: trueOrFalse(),
  }),
  together(brokerProblem),
);

/** Existing servers that accept clients without TLS and authentication. */
const ExistingKafka = group({ kind: v.literal('existing'), bootstrapServers: hostsAndPorts() });

/** Brokers of a stage. */
export const KafkaSettings = oneOfKinds([MskBrokers, ExistingKafka]);

/** Topics of a stage. */
export const TopicSettings = v.pipe(
  group({
    /** Partitions of each topic: the most concurrent invocations of the function that reads it. */
    partitions: wholeNumber(1, 1_000),
    /** Number of brokers that hold each record. */
    replication: wholeNumber(1, 3),
    /** Number of them that must have a record before it is acknowledged. */
    minInSyncReplicas: wholeNumber(1, 3),
    /** `producer` keeps records as they come; with `gzip` the brokers compress them. */
    compression: v.picklist(['producer', 'gzip'], 'give producer or gzip'),
    retentionDays: wholeNumber(1, 365),
    /** Dead letters are kept longer: someone looks at them. */
    deadLetterRetentionDays: wholeNumber(1, 365),
  }),
  together(topicsProblem),
);
