import type { Schema, Type } from 'avsc';
import type { Topic } from '../domain/topics';
import { typeOf } from './bounded-array';
import { SCHEMA_VERSIONS, type SchemaVersionIds, WRITTEN_VERSIONS } from './schema-versions';
import { frame, unframe, uuidBytes, WireFormatError } from './wire-format';

/** Writes and reads the values of one topic. `Wire` is the shape of its newest schema. */
export interface TopicCodec<Wire> {
  /** @throws Error if the value does not fit the schema */
  encode(wire: Wire): Buffer;
  /** @throws WireFormatError for an unknown version or a body that is not of its schema */
  decode(value: Buffer): Wire;
}

/**
 * The codec of a topic: values are written with the schema version that is due, and
 * read with whichever of the versions they name, brought to the newest.
 *
 * @param ids the registry's ids of the topic's versions
 * @throws WireFormatError if there is not one id for every version in `schemas/`
 */
export function createTopicCodec<Wire>(topic: Topic, ids: SchemaVersionIds): TopicCodec<Wire> {
  return createVersionedCodec<Wire>({
    topic,
    versions: SCHEMA_VERSIONS[topic] as readonly Schema[],
    written: WRITTEN_VERSIONS[topic],
    ids: ids[topic],
  });
}

/** Schema versions of a topic, and which of them is written. */
export interface VersionedTopic {
  readonly topic: string;
  /** Oldest first. */
  readonly versions: readonly Schema[];
  /** From 1 on. A value of the newest version has all fields of the older ones. */
  readonly written: number;
  /** The registry's ids of the versions. */
  readonly ids: readonly string[];
}

/**
 * The same for schema versions given as values.
 *
 * @throws WireFormatError if there is not one id for every version, or no version that is written
 */
export function createVersionedCodec<Wire>({
  topic,
  versions,
  written,
  ids,
}: VersionedTopic): TopicCodec<Wire> {
  if (ids.length !== versions.length || versions.length === 0) {
    throw new WireFormatError(
      `The topic ${topic} has ${versions.length} schema versions, but the configuration gives ${ids.length} version ids: deploy the schemas and the functions together`,
    );
  }
  const types = versions.map(typeOf);
  const newest = types[types.length - 1] as Type;
  const writer = types[written - 1];
  if (writer === undefined) {
    throw new WireFormatError(`The topic ${topic} has no schema version ${written} to write`);
  }
  const writtenId = uuidBytes(ids[written - 1] as string);
  const readers = new Map(
    types.map((type, index) => [
      uuidBytes(ids[index] as string).toString('hex'),
      type === newest
        ? (body: Buffer) => newest.fromBuffer(body) as Wire
        : resolving<Wire>(newest, type),
    ]),
  );
  return {
    encode: (wire) => frame(writtenId, writer.toBuffer(wire)),
    decode: (value) => decodeWith(topic, readers, value),
  };
}

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the shape of the schema
function resolving<Wire>(newest: Type, writer: Type): (body: Buffer) => Wire {
  const resolver = newest.createResolver(writer);
  return (body) => newest.fromBuffer(body, resolver) as Wire;
}

function decodeWith<Wire>(
  topic: string,
  readers: ReadonlyMap<string, (body: Buffer) => Wire>,
  value: Buffer,
): Wire {
  const { versionId, body } = unframe(value);
  const read = readers.get(versionId);
  if (read === undefined) {
    throw new WireFormatError(`The schema version ${versionId} is not one of the topic ${topic}`);
  }
  try {
    return read(body);
  } catch (cause) {
    throw new WireFormatError(`The body does not fit its schema ${versionId}: ${String(cause)}`, {
      cause,
    });
  }
}
