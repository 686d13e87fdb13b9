import { createStatements } from '../../../local/emulator/create-tables';

const candles = {
  keyspace: 'candlestream',
  name: 'candles',
  partitionKey: [
    { name: 'pair', type: 'text' },
    { name: 'bucket', type: 'date' },
  ],
  clusteringKey: [
    { name: 'open_time', type: 'timestamp', order: 'DESC' },
    { name: 'source', type: 'text', order: 'ASC' },
  ],
  columns: [{ name: 'open', type: 'decimal' }],
} as const;

test('keyspaces come first, then the tables with their keys and their order', () => {
  expect(createStatements({ keyspaces: ['candlestream'], tables: [candles] })).toEqual([
    `CREATE KEYSPACE IF NOT EXISTS "candlestream" WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`,
    'CREATE TABLE IF NOT EXISTS "candlestream"."candles" ' +
      '("pair" text, "bucket" date, "open_time" timestamp, "source" text, "open" decimal, ' +
      'PRIMARY KEY (("pair", "bucket"), "open_time", "source")) ' +
      'WITH CLUSTERING ORDER BY ("open_time" DESC, "source" ASC)',
  ]);
});

test('a table without a clustering key has no order', () => {
  const progress = { ...candles, name: 'progress', clusteringKey: [] };
  expect(createStatements({ keyspaces: [], tables: [progress] })).toEqual([
    'CREATE TABLE IF NOT EXISTS "candlestream"."progress" ' +
      '("pair" text, "bucket" date, "open" decimal, PRIMARY KEY (("pair", "bucket")))',
  ]);
});

test('a name keeps its case and its quotes', () => {
  const [statement] = createStatements({ keyspaces: ['My"Keys'], tables: [] });
  expect(statement).toContain('IF NOT EXISTS "My""Keys" WITH');
});
