import deadLetterV1 from '../../../schemas/candles.dead-letter.v1.json';
import deadLetterV2 from '../../../schemas/candles.dead-letter.v2.json';
import observedV1 from '../../../schemas/candles.observed.v1.json';
import observedV2 from '../../../schemas/candles.observed.v2.json';
import observedV3 from '../../../schemas/candles.observed.v3.json';
import rolledV1 from '../../../schemas/candles.rolled.v1.json';
import rolledV2 from '../../../schemas/candles.rolled.v2.json';
import rolledV3 from '../../../schemas/candles.rolled.v3.json';
import type { Topic } from '../domain/topics';

/**
 * The Avro schemas of each topic's values, oldest first: version N is at index
 * N - 1. All can be read.
 */
export const SCHEMA_VERSIONS = {
  'candles.observed': [observedV1, observedV2, observedV3],
  'candles.rolled': [rolledV1, rolledV2, rolledV3],
  'candles.dead-letter': [deadLetterV1, deadLetterV2],
} as const satisfies Record<Topic, readonly object[]>;

/**
 * The version of each topic's schema that is written. A new version is read one deployment before
 * it is written: while it is not, a deployment that goes back meets no record that it cannot read.
 */
export const WRITTEN_VERSIONS: Readonly<Record<Topic, number>> = {
  'candles.observed': 3,
  'candles.rolled': 3,
  'candles.dead-letter': 2,
};

/**
 * The registry's id (a UUID) of every version of a topic's schema, oldest
 * first, for each topic that a function reads or writes.
 */
export type SchemaVersionIds = Readonly<Record<Topic, readonly string[]>>;
