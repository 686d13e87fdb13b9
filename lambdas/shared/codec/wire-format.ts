/**
 * The wire format of the Glue Schema Registry: a header byte 3, a compression
 * byte 0, the 16 bytes of the schema version's UUID, the Avro body.
 * Source: the `awslabs/aws-glue-schema-registry` serializer's header layout.
 */
const HEADER_VERSION = 3;
const NO_COMPRESSION = 0;
const ID_OFFSET = 2;
const BODY_OFFSET = 18;

/** Bytes that are not a record in the wire format; the message says what is wrong with them. */
export class WireFormatError extends Error {
  override readonly name = 'WireFormatError';
}

/** The 16 bytes of a UUID. @throws WireFormatError if the text is none */
export function uuidBytes(uuid: string): Buffer {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) {
    throw new WireFormatError(`Not a schema version id: ${JSON.stringify(uuid)}; expected a UUID`);
  }
  return Buffer.from(uuid.replaceAll('-', ''), 'hex');
}

/** A record's value: the header for a schema version, then the Avro body. */
export function frame(versionId: Buffer, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([HEADER_VERSION, NO_COMPRESSION]), versionId, body]);
}

/** Splits a record's value. @throws WireFormatError if it has no such header */
export function unframe(value: Buffer): { versionId: string; body: Buffer } {
  if (value.length < BODY_OFFSET) {
    throw new WireFormatError(`A record of ${value.length} bytes is shorter than its header`);
  }
  if (value[0] !== HEADER_VERSION) {
    throw new WireFormatError(
      `The header byte is ${value[0] ?? 'absent'}, expected ${HEADER_VERSION}`,
    );
  }
  if (value[1] !== NO_COMPRESSION) {
    throw new WireFormatError(`The compression byte is ${value[1] ?? 'absent'}, expected 0 (none)`);
  }
  return {
    versionId: value.toString('hex', ID_OFFSET, BODY_OFFSET),
    body: value.subarray(BODY_OFFSET),
  };
}
