import { SCHEMA_VERSIONS, WRITTEN_VERSIONS } from '../../lambdas/shared/codec/schema-versions';

/** Key in the metadata of a template under which it says what its functions read and write. */
export const SCHEMA_METADATA_KEY = 'Candlestream::SchemaVersions';

/** By topic, the newest schema version that functions read, and the one that they write. */
export type SchemaMetadata = Readonly<
  Record<string, { readonly read: number; readonly written: number }>
>;

/** That of this version of the project. */
export const SCHEMA_METADATA: SchemaMetadata = Object.fromEntries(
  Object.entries(SCHEMA_VERSIONS).map(([topic, { length: read }]) => [
    topic,
    { read, written: WRITTEN_VERSIONS[topic as keyof typeof SCHEMA_VERSIONS] },
  ]),
);
