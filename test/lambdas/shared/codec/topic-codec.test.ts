import type { Schema } from 'avsc';
import {
  createTopicCodec,
  createVersionedCodec,
} from '../../../../lambdas/shared/codec/topic-codec';
import { WireFormatError } from '../../../../lambdas/shared/codec/wire-format';
import { VERSION_IDS } from '../../../fakes/records';

interface Trade {
  readonly price: string;
  readonly venue: string | null;
  readonly sizes: readonly string[];
}

const FIRST = '11111111-1111-4111-8111-111111111111';
const SECOND = '22222222-2222-4222-8222-222222222222';

const sizes = { name: 'sizes', type: { type: 'array', items: 'string' } } as const;
const FIRST_SCHEMA: Schema = {
  type: 'record',
  name: 'Trade',
  fields: [{ name: 'price', type: 'string' }, { name: 'dropped', type: 'long' }, sizes],
};
const SECOND_SCHEMA: Schema = {
  type: 'record',
  name: 'Trade',
  fields: [
    { name: 'price', type: 'string' },
    { name: 'venue', type: ['null', 'string'], default: null },
    sizes,
  ],
};

const older = createVersionedCodec<{ price: string; dropped: number; sizes: string[] }>({
  topic: 'trades',
  versions: [FIRST_SCHEMA],
  written: 1,
  ids: [FIRST],
});
const BOTH = { topic: 'trades', versions: [FIRST_SCHEMA, SECOND_SCHEMA], ids: [FIRST, SECOND] };
const newer = createVersionedCodec<Trade>({ ...BOTH, written: 2 });

const TRADE: Trade = { price: '1.5', venue: 'spot', sizes: ['1', '2'] };

/** The bytes of a trade of an empty price and no venue, with the given bytes for its sizes. */
function tradeWithSizes(...bytes: number[]): Buffer {
  const header = newer.encode({ price: '', venue: null, sizes: [] }).subarray(0, -1);
  return Buffer.concat([header, Buffer.from(bytes)]);
}

describe('a codec of two schema versions', () => {
  it('writes the version that is due', () => {
    expect(newer.encode(TRADE).subarray(2, 18).toString('hex')).toBe(SECOND.replaceAll('-', ''));
  });

  it('reads what it writes', () => {
    expect({ ...newer.decode(newer.encode(TRADE)) }).toEqual(TRADE);
  });

  it('still reads the older version, brought to the newest', () => {
    const value = older.encode({ price: '2', dropped: 7, sizes: ['3'] });

    expect({ ...newer.decode(value) }).toEqual({ price: '2', venue: null, sizes: ['3'] });
  });

  it('refuses a version that it does not know', () => {
    expect(() => older.decode(newer.encode(TRADE))).toThrow(
      new WireFormatError(
        `The schema version ${SECOND.replaceAll('-', '')} is not one of the topic trades`,
      ),
    );
  });

  it('refuses to write what does not fit the schema', () => {
    expect(() => newer.encode({ ...TRADE, price: 5 as unknown as string })).toThrow(
      'invalid "string": 5',
    );
  });

  it.each([
    ['cut short', newer.encode(TRADE).subarray(0, -2)],
    ['too long', Buffer.concat([newer.encode(TRADE), Buffer.from([1])])],
    ['without a body', newer.encode(TRADE).subarray(0, 18)],
    [
      'of an unknown union branch',
      Buffer.concat([newer.encode(TRADE).subarray(0, 22), Buffer.of(8)]),
    ],
  ])('refuses a value that is %s', (_, value) => {
    expect(() => newer.decode(value)).toThrow(WireFormatError);
    expect(() => newer.decode(value)).toThrow('does not fit its schema');
  });

  it('reads arrays in blocks, with and without their sizes', () => {
    const value = tradeWithSizes(2, 2, 0x61, 1, 4, 2, 0x62, 0);

    expect(newer.decode(value).sizes).toEqual(['a', 'b']);
  });

  it('refuses a count of more items than the body holds, without making them', () => {
    // 2^40 items of which there is none.
    const value = tradeWithSizes(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01);

    expect(() => newer.decode(value)).toThrow('leaves its body');
  });

  it('refuses a length that leads back to where it has been', () => {
    // One item, of -2 bytes: the count would be read again and again.
    expect(() => newer.decode(tradeWithSizes(2, 3, 0))).toThrow('leaves its body');
  });

  it('says the same of an older version', () => {
    const value = older.encode({ price: '', dropped: 0, sizes: [] }).subarray(0, -1);

    expect(() => newer.decode(Buffer.concat([value, Buffer.of(0xfe, 0xff, 0x03)]))).toThrow(
      'leaves its body',
    );
  });
});

describe('a codec that does not write its newest version yet', () => {
  const THIRD = '33333333-3333-4333-8333-333333333333';
  const third: Schema = {
    ...SECOND_SCHEMA,
    fields: [...SECOND_SCHEMA.fields, { name: 'fee', type: 'string', default: '0' }],
  };
  const versions = [FIRST_SCHEMA, SECOND_SCHEMA, third];
  const ids = [FIRST, SECOND, THIRD];
  const ahead = createVersionedCodec<Trade & { fee: string }>({
    ...BOTH,
    versions,
    ids,
    written: 2,
  });

  it('is read by those who know no newer one', () => {
    expect({ ...newer.decode(ahead.encode({ ...TRADE, fee: '1' })) }).toEqual(TRADE);
  });

  it('reads the newest version', () => {
    const next = createVersionedCodec<object>({ ...BOTH, versions, ids, written: 3 });
    expect({ ...ahead.decode(next.encode({ ...TRADE, fee: '1' })) }).toEqual({
      ...TRADE,
      fee: '1',
    });
  });

  it.each([0, 4])('does not write version %d, which there is not', (written) => {
    expect(() => createVersionedCodec({ ...BOTH, versions, ids, written })).toThrow(
      `The topic trades has no schema version ${written} to write`,
    );
  });
});

describe('the version ids', () => {
  it.each([
    ['fewer', [FIRST]],
    ['more', [FIRST, SECOND, FIRST]],
  ])('cannot be %s than the versions', (_, ids) => {
    expect(() => createVersionedCodec({ ...BOTH, written: 2, ids })).toThrow(
      `The topic trades has 2 schema versions, but the configuration gives ${ids.length} version ids`,
    );
  });

  it('must be UUIDs', () => {
    const ids = ['v1', SECOND];
    expect(() => createVersionedCodec({ ...BOTH, written: 2, ids })).toThrow(WireFormatError);
  });

  it('must be there for a topic of the pipeline', () => {
    expect(() =>
      createTopicCodec('candles.rolled', { ...VERSION_IDS, 'candles.rolled': [] }),
    ).toThrow('gives 0 version ids');
  });
});
