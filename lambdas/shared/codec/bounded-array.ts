import { type Schema, Type, types } from 'avsc';

/** The part of avsc's cursor over a buffer that is used. */
interface Tap {
  readonly buf: Buffer;
  readonly pos: number;
  readLong(): number;
  skipLong(): void;
}

interface ItemReader {
  _read(tap: Tap): unknown;
}

/**
 * An array that ends where its body ends. avsc's own makes as many items as a
 * corrupt count says, until the process is out of memory, and follows a
 * negative length back to where it has been: no error that could become a dead
 * letter, and no end to the retries. Each item must lie behind the one before
 * it, and in the body.
 */
class BoundedArrayType extends types.ArrayType {
  _read(tap: Tap): unknown[] {
    const reader = this.itemsType as unknown as ItemReader;
    const items: unknown[] = [];
    for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
      if (count < 0) tap.skipLong();
      for (let left = Math.abs(count); left > 0; left--) {
        const start = tap.pos;
        items.push(reader._read(tap));
        if (tap.pos <= start || tap.pos > tap.buf.length) {
          throw new RangeError(`an array of ${Math.abs(count)} items leaves its body`);
        }
      }
    }
    return items;
  }
}

/** The Avro type of a schema, safe to read corrupt bytes with. @throws Error for a bad schema */
export function typeOf(schema: Schema): Type {
  return Type.forSchema(schema, {
    typeHook: (inner, options) =>
      isArray(inner) ? new BoundedArrayType(inner, options) : undefined,
  });
}

function isArray(schema: Schema): boolean {
  return typeof schema === 'object' && 'type' in schema && schema.type === 'array';
}
