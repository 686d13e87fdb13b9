// Names that a stage's own resources have in an account and region. Each carries
// the stage, so that stages stand side by side.

/** Functions that read a topic as a consumer group. */
type Consumer = 'transform' | 'persist';

/** The stacks of a stage, in the order of their deployment. */
export function stackNames(stage: string): readonly [data: string, pipeline: string] {
  return [`Candlestream-${stage}-Data`, `Candlestream-${stage}-Pipeline`];
}

/**
 * The keyspace of a stage: `candlestream_dev`. A keyspace has no dashes in its name, and a stage
 * no underscores.
 */
export function keyspaceName(stage: string): string {
  return `candlestream_${stage.replaceAll('-', '_')}`;
}

/** The consumer group of a function: `candlestream-dev.transform`. */
export function consumerGroupName(stage: string, consumer: Consumer): string {
  return `candlestream-${stage}.${consumer}`;
}

/** The parameter of Systems Manager that holds the ids of a stage's schema versions. */
export function versionIdsParameterName(stage: string): string {
  return `/candlestream/${stage}/schema-version-ids`;
}

/** The schema registry of a stage: `candlestream-dev`. */
export function registryName(stage: string): string {
  return `candlestream-${stage}`;
}
