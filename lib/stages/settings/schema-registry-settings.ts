import * as v from 'valibot';
import { SCHEMA_VERSIONS } from '../../../lambdas/shared/codec/schema-versions';
import { type Topic, TOPICS } from '../../../lambdas/shared/domain/topics';
import { group, oneOfKinds } from './setting-values';

/** The ids of a topic's versions: with one too few, the functions do not start. */
function versionIds(topic: Topic) {
  const { length } = SCHEMA_VERSIONS[topic];
  const remedy = `give the id of every version, oldest first: ${length} in all`;
  return v.pipe(
    v.array(v.pipe(v.string('give a UUID'), v.uuid('give a UUID')), remedy),
    v.length(length, remedy),
  );
}

/** Schema versions that are registered elsewhere, or nowhere. */
const ExistingVersions = group({
  kind: v.literal('existing'),
  versionIds: group({
    'candles.observed': versionIds(TOPICS.observed),
    'candles.rolled': versionIds(TOPICS.rolled),
    'candles.dead-letter': versionIds(TOPICS.deadLetter),
  }),
});

/** Schema registry of a stage. */
export const SchemaRegistrySettings = oneOfKinds([
  group({ kind: v.literal('glue') }),
  ExistingVersions,
]);
