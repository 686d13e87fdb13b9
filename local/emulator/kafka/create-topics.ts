import type { Kafka } from 'kafkajs';
import type { TopicTemplate } from '../template/pipeline-template';

/** A topic that stands with fewer partitions than the template gives it. */
export class TopicMismatchError extends Error {
  override readonly name = 'TopicMismatchError';
}

const CREATE_LIMIT_MS = 15_000;

/**
 * Makes the template's topics where they are missing. The local broker is one,
 * so there is one replica and no more than one to be in sync.
 *
 * @param remedy what to do about a topic that stands otherwise, for people
 * @throws TopicMismatchError where a topic stands with other partitions
 */
export async function createTopics(
  kafka: Kafka,
  topics: readonly TopicTemplate[],
  remedy = 'start with --fresh',
): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const standing = new Set(await admin.listTopics());
    const missing = topics.filter(({ name }) => !standing.has(name));
    await admin.createTopics({
      waitForLeaders: true,
      timeout: CREATE_LIMIT_MS,
      topics: missing.map(({ name, partitions, configs }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: Object.entries(configs)
          .filter(([key]) => key !== 'min.insync.replicas')
          .map(([key, value]) => ({ name: key, value })),
      })),
    });
    const made = await admin.fetchTopicMetadata({ topics: topics.map(({ name }) => name) });
    for (const { name, partitions } of made.topics) {
      checkPartitions(topics, name, partitions.length, remedy);
    }
  } finally {
    await admin.disconnect();
  }
}

function checkPartitions(
  topics: readonly TopicTemplate[],
  name: string,
  actual: number,
  remedy: string,
): void {
  const wanted = topics.find((topic) => topic.name === name)?.partitions;
  if (wanted === undefined || wanted === actual) return;
  throw new TopicMismatchError(
    `topic ${name} stands with ${actual} partitions, the template gives it ${wanted}; ${remedy}`,
  );
}
