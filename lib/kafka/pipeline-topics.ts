import { Duration } from 'aws-cdk-lib';
import { type Topic, TOPICS } from '../../lambdas/shared/domain/topics';
import type { StageConfig } from '../stages/stage-config';

/** Records that an event source gave up on, as they were. */
export const UNDELIVERED = 'candles.undelivered';

/** A topic of the pipeline by its name. */
export type TopicName = Topic | typeof UNDELIVERED;

/** A dead letter wraps a whole record, and the other topics take records of up to 1 MiB. */
const DEAD_LETTER_BYTES = 2 * 1_024 * 1_024;

/**
 * The topics of a stage, in every mode of its event sources: one that goes over
 * to the other mode takes no records with it.
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
    // MSK's own default lets a broker that missed records lead: they would be lost without a word.
    'unclean.leader.election.enable': 'false',
    ...(holdsFailures ? { 'max.message.bytes': String(DEAD_LETTER_BYTES) } : {}),
  };
}
