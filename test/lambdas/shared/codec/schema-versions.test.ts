import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Schema } from 'avsc';
import {
  SCHEMA_VERSIONS,
  WRITTEN_VERSIONS,
} from '../../../../lambdas/shared/codec/schema-versions';
import { TOPICS } from '../../../../lambdas/shared/domain/topics';
import { backwardProblems } from './backward';

const FOLDER = join(__dirname, '../../../../schemas');

/**
 * A version is never edited once it is published: records are written with it,
 * and the registry has it. What changes is a further file, with a line here.
 */
const PUBLISHED = {
  'candles.dead-letter.v1.json': '428e788f3b4d5adcad1148da5eae2f85c584ae9132e7bcf15e58ca468283c700',
  'candles.dead-letter.v2.json': 'f8112781c58de3eb4d75c6d9ffc442360dd87fa9c4e15734e26636b8c3f9baf3',
  'candles.observed.v1.json': '8f7817163ed6928bfcc1ba8f0376ab9be6378556a55caf0f24a47c717e24d769',
  'candles.observed.v2.json': '3a6772b5ea8e0a4978a4d0118719523d5f5e28cc934c4eb382bd409213ff5a3a',
  'candles.observed.v3.json': 'e811f7d64b4bf6a6d9c59c8e67a31ab890f1167070956a3b59ab147c4177db8e',
  'candles.rolled.v1.json': 'a680d6738d8710bb3f33f4dd53f2db6f333ae91e7aeea0c16130df6391a44106',
  'candles.rolled.v2.json': '11824af61d95af0d01c2ad7cbf828e344c0d47efd1147acdc68a8586682ac8f0',
  'candles.rolled.v3.json': '7011e6fc5cd2abcfa5a1aa13d3e1dbd27933804d974e52475684d6f29a6a226f',
};

function schemaFile(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, name), 'utf8'));
}

/** Of the text that the registry gets: white space apart, everything counts. */
function fingerprint(schema: unknown): string {
  return createHash('sha256').update(JSON.stringify(schema)).digest('hex');
}

/** The names of the fields of a schema, of any depth, that have no `doc`. */
function undocumented(schema: unknown): string[] {
  if (Array.isArray(schema)) return schema.flatMap(undocumented);
  if (typeof schema !== 'object' || schema === null) return [];
  const { name, type, items, fields, doc } = schema as Readonly<Record<string, unknown>>;
  const isField = typeof name === 'string' && fields === undefined;
  const own = isField && doc === undefined ? [name] : [];
  return [...own, ...[type, items, fields].flatMap(undocumented)];
}

describe('SCHEMA_VERSIONS', () => {
  it('holds exactly the files of the folder', () => {
    const files = Object.entries(SCHEMA_VERSIONS).flatMap(([topic, versions]) =>
      versions.map((_, index) => `${topic}.v${index + 1}.json`),
    );

    expect(files.sort()).toEqual(readdirSync(FOLDER).sort());
  });

  it.each(Object.values(TOPICS))('has the versions of %s in their order', (topic) => {
    const versions: readonly unknown[] = SCHEMA_VERSIONS[topic];

    expect(versions).toEqual(versions.map((_, index) => schemaFile(`${topic}.v${index + 1}.json`)));
  });

  it.each(Object.values(TOPICS))('is BACKWARD compatible for %s', (topic) => {
    expect(backwardProblems(SCHEMA_VERSIONS[topic] as readonly Schema[])).toEqual([]);
  });

  it.each(Object.values(TOPICS))('documents every field of the newest version of %s', (topic) => {
    expect(undocumented(SCHEMA_VERSIONS[topic].at(-1))).toEqual([]);
  });

  it.each(Object.values(TOPICS))(
    'are read at most one version ahead of the one written: %s',
    (topic) => {
      const ahead = SCHEMA_VERSIONS[topic].length - WRITTEN_VERSIONS[topic];

      expect([0, 1]).toContain(ahead);
    },
  );

  it('is as it was published', () => {
    const files = readdirSync(FOLDER).map((name) => [name, fingerprint(schemaFile(name))]);

    expect(Object.fromEntries(files)).toEqual(PUBLISHED);
  });
});

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
  readonly aliases?: readonly string[];
}

const PRICE: Field = { name: 'price', type: 'string' };
const COUNT: Field = { name: 'count', type: 'long' };
const VENUE: Field = { name: 'venue', type: ['null', 'string'], default: null };

function tradeOf(...fields: Field[]): Schema {
  return { type: 'record', name: 'Trade', fields } as unknown as Schema;
}

/** A record within a list, as candles are. */
function tradesOf(...fields: Field[]): Schema {
  const trades = { name: 'trades', type: { type: 'array', items: tradeOf(...fields) } };
  return { type: 'record', name: 'Trades', fields: [trades] } as unknown as Schema;
}

describe('the check for BACKWARD', () => {
  const first = tradeOf(PRICE, COUNT, VENUE);

  it.each([
    [
      'a field with a default',
      tradeOf(PRICE, COUNT, VENUE, { ...PRICE, name: 'fee', default: '' }),
    ],
    ['a field less', tradeOf(PRICE, VENUE)],
    ['a wider type', tradeOf(PRICE, { ...COUNT, type: 'double' }, VENUE)],
    [
      'a further branch of a union',
      tradeOf(PRICE, COUNT, { ...VENUE, type: ['null', 'string', 'int'] }),
    ],
    [
      'a new name with the old one as its alias',
      tradeOf({ ...PRICE, name: 'cost', aliases: ['price'] }, COUNT, VENUE),
    ],
    ['another order of the fields', tradeOf(VENUE, COUNT, PRICE)],
  ])('lets %s pass', (_, second) => {
    expect(backwardProblems([first, second])).toEqual([]);
  });

  it.each([
    ['a field without a default', tradeOf(PRICE, COUNT, VENUE, { ...PRICE, name: 'fee' })],
    ['a narrower type', tradeOf(PRICE, { ...COUNT, type: 'int' }, VENUE)],
    ['another type', tradeOf({ ...PRICE, type: 'double' }, COUNT, VENUE)],
    ['a new name of a field', tradeOf({ ...PRICE, name: 'cost' }, COUNT, VENUE)],
    ['a branch of a union less', tradeOf(PRICE, COUNT, { ...VENUE, type: ['null', 'int'] })],
    [
      'what was optional and no longer is',
      tradeOf(PRICE, COUNT, { name: 'venue', type: 'string' }),
    ],
  ])('finds %s', (_, second) => {
    const problems = backwardProblems([first, second]);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('version 2 cannot read version 1');
  });

  it('finds it within the records of a list', () => {
    const problems = backwardProblems([tradesOf(PRICE), tradesOf(PRICE, COUNT)]);

    expect(problems).toHaveLength(1);
  });

  it('holds a version against all before it, not only the last', () => {
    // A field that goes and comes back with another type: each step alone is compatible.
    const versions = [
      tradeOf(PRICE, COUNT),
      tradeOf(PRICE),
      tradeOf(PRICE, { ...COUNT, type: 'string', default: '' }),
    ];

    expect(backwardProblems(versions.slice(0, 2))).toEqual([]);
    expect(backwardProblems(versions.slice(1))).toEqual([]);
    expect(backwardProblems(versions)).toEqual([
      expect.stringContaining('version 3 cannot read version 1'),
    ]);
  });
});

describe('the fingerprint', () => {
  const schema = { type: 'record', name: 'Trade', doc: 'A trade.', fields: [PRICE] };

  it.each([
    ['a doc', { ...schema, doc: 'A trade, ...' }],
    ['a name', { ...schema, name: 'Deal' }],
    ['a default', { ...schema, fields: [{ ...PRICE, default: '' }] }],
  ])('tells of an edited file: %s', (_, edited) => {
    expect(fingerprint(edited)).not.toBe(fingerprint(schema));
  });

  it('does not mind white space', () => {
    expect(fingerprint(JSON.parse(JSON.stringify(schema, null, 4)))).toBe(fingerprint(schema));
  });
});
