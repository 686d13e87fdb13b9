import type { Schema, Type } from 'avsc';
import type { Topic } from '../domain/topics';
import { typeOf } from './bounded-array';
import { SCHEMA_VERSIONS, type SchemaVersionIds } from './schema-versions';
import { frame, unframe, uuidBytes, WireFormatError } from './wire-format';

/** Writes and reads the values of one topic. `Wire` is the shape of its newest schema. */
export interface TopicCodec<Wire> {
  /** @throws Error where the value does not fit the schema */
  encode(wire: Wire): Buffer;
  /** @throws WireFormatError for an unknown version or a body that is not of its schema */
  decode(value: Buffer): Wire;
}

/**
 * The codec of a topic: values are written with the newest schema version and
 * read with whichever of the versions they name, brought to the newest.
 *
 * @param ids the registry's ids of the topic's versions
 * @throws WireFormatError where there is not one id for every version in `schemas/`
 */
export function createTopicCodec<Wire>(topic: Topic, ids: SchemaVersionIds): TopicCodec<Wire> {
  return createVersionedCodec<Wire>(topic, SCHEMA_VERSIONS[topic] as readonly Schema[], ids[topic]);
}

/** The same for schema versions given as values, oldest first. */
export function createVersionedCodec<Wire>(
  topic: string,
  versions: readonly Schema[],
  ids: readonly string[],
): TopicCodec<Wire> {
  if (ids.length !== versions.length || versions.length === 0) {
    throw new WireFormatError(
      `The topic ${topic} has ${versions.length} schema versions, but the configuration gives ${ids.length} version ids: deploy the schemas and the functions together`,
    );
  }
  const types = versions.map(typeOf);
  const newest = types[types.length - 1] as Type;
  const newestId = uuidBytes(ids[ids.length - 1] as string);
  const readers = new Map(
    types.map((type, index) => [
      uuidBytes(ids[index] as string).toString('hex'),
      type === newest
        ? (body: Buffer) => newest.fromBuffer(body) as Wire
        : resolving<Wire>(newest, type),
    ]),
  );
  return {
    encode: (wire) => frame(newestId, newest.toBuffer(wire)),
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
