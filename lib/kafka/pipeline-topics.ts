import { Duration } from 'aws-cdk-lib';
import { type Topic, TOPICS } from '../../lambdas/shared/domain/topics';
import type { StageConfig } from '../stages/stage-config';

/** Topic of the records that an event source gave up on, unchanged. */
export const UNDELIVERED = 'candles.undelivered';

/** The name of a topic of the pipeline. */
export type TopicName = Topic | typeof UNDELIVERED;

/** A dead letter wraps a whole record, and the other topics accept records of up to 1 MiB. */
const DEAD_LETTER_BYTES = 2 * 1_024 * 1_024;

/**
 * The topics of a stage. They are the same in every mode of its event sources,
 * so that a change of the mode deletes no records.
 */
export const TOPIC_NAMES: readonly TopicName[] = [...Object.values(TOPICS), UNDELIVERED];

/** The settings of a topic, as Kafka names them. Source: Kafka's documentation, "Topic configs". */
export function topicSettings(name: TopicName, { topics }: StageConfig): Record<string, string> {
  const holdsFailures = name === TOPICS.deadLetter || name === UNDELIVERED;
  const days = holdsFailures ? topics.deadLetterRetentionDays : topics.retentionDays;
  return {
    'cleanup.policy': 'delete',
    'compression.type': topics.compression,
    'min.insync.replicas': String(topics.minInSyncReplicas),
    'retention.ms': String(Duration.days(days).toMilliseconds()),
    // By default, MSK lets a broker lead that missed records: they would be lost silently.
    'unclean.leader.election.enable': 'false',
    ...(holdsFailures ? { 'max.message.bytes': String(DEAD_LETTER_BYTES) } : {}),
  };
}
