import * as v from 'valibot';
import { group, oneOfKinds } from './setting-values';

const ALL_VERSIONS = 'give the id of every version, oldest first';

const versionIds = v.pipe(
  v.array(v.pipe(v.string('give a UUID'), v.uuid('give a UUID')), ALL_VERSIONS),
  v.minLength(1, ALL_VERSIONS),
);

/** Schema versions that are registered elsewhere, or nowhere. */
const ExistingVersions = group({
  kind: v.literal('existing'),
  versionIds: group({
    'candles.observed': versionIds,
    'candles.rolled': versionIds,
    'candles.dead-letter': versionIds,
  }),
});

/** Schema registry of a stage. */
export const SchemaRegistrySettings = oneOfKinds([
  group({ kind: v.literal('glue') }),
  ExistingVersions,
]);
