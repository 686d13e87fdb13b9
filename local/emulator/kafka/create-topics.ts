import type { ITopicConfig, Kafka } from 'kafkajs';
import type { TopicTemplate } from '../template/topic-template';

/** An existing topic with other partitions than the template gives it. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError';
}

const CREATE_LIMIT_MS = 15_000;

/**
 * Creates the template's topics that are missing. There is one local broker, so
 * a topic has one replica and no minimum of replicas in sync.
 *
 * @param remedy what to do about a topic with other partitions, for people
 * @throws TopicMismatchError if a topic exists with other partitions
 */
export async function createTopics(
  kafka: Kafka,
  topics: readonly TopicTemplate[],
  remedy = 'start with --fresh',
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const existing = new Set(await admin.listTopics());
    await admin.createTopics({
      waitForLeaders: true,
      timeout: CREATE_LIMIT_MS,
      topics: topics.filter(({ name }) => !existing.has(name)).map(topicConfigOf),
    });
    const created = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
    const partitions = new Map(
      created.topics.map((topic) => [topic.name, topic.partitions.length]),
    );
    for (const topic of topics) checkPartitions(topic, partitions.get(topic.name), remedy);
  } finally {
    await admin.disconnect();
  }
}

function topicConfigOf({ name, partitions, configs }: TopicTemplate): ITopicConfig {
  return {
    topic: name,
    numPartitions: partitions,
    replicationFactor: 1,
    configEntries: Object.entries(configs)
      .filter(([key]) => key !== 'min.insync.replicas')
      .map(([key, value]) => ({ name: key, value })),
  };
}

function checkPartitions(
  { name, partitions }: TopicTemplate,
  actual: number | undefined,
  remedy: string,
): void {
  if (actual === undefined || actual === partitions) return;
  throw new TopicMismatchError(
    `topic ${name} has ${actual} partitions, the template gives it ${partitions}; ${remedy}`,
  );
}
