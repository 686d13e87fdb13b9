import { Client } from 'cassandra-driver';
import { LOCAL_DATA_CENTER } from '../engines/engine-answers';
import type { ColumnTemplate, TableTemplate } from './template/table-template';

/** The tables of the template, and their keyspaces. */
export interface TablesTemplate {
  readonly keyspaces: readonly string[];
  readonly tables: readonly TableTemplate[];
}

const STATEMENT_LIMIT_MS = 30_000;

/**
 * The statements that create the template's keyspaces and tables if they are
 * missing. There is one copy of the data: the local Cassandra is one node.
 */
export function createStatements({ keyspaces, tables }: TablesTemplate): string[] {
  return [...keyspaces.map(createKeyspace), ...tables.map(createTable)];
}

/**
 * Creates the template's keyspaces and tables if they are missing.
 *
 * @param contactPoint `host:port` of the local Cassandra
 */
export async function createTables(contactPoint: string, template: TablesTemplate): Promise<void> {
  const client = new Client({
    contactPoints: [contactPoint],
    localDataCenter: LOCAL_DATA_CENTER,
    socketOptions: { connectTimeout: STATEMENT_LIMIT_MS, readTimeout: STATEMENT_LIMIT_MS },
  });
  try {
    await client.connect();
    for (const statement of createStatements(template)) await client.execute(statement);
  } finally {
    await client.shutdown();
  }
}

function createKeyspace(name: string): string {
  return `CREATE KEYSPACE IF NOT EXISTS ${quoted(name)} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`;
}

function createTable(table: TableTemplate): string {
  const { partitionKey, clusteringKey, columns } = table;
  const definitions = [...partitionKey, ...clusteringKey, ...columns].map(
    ({ name, type }) => `${quoted(name)} ${type}`,
  );
  const primaryKey = [`(${names(partitionKey)})`, ...clusteringKey.map(({ name }) => quoted(name))];
  definitions.push(`PRIMARY KEY (${primaryKey.join(', ')})`);
  const order = clusteringKey.map((column) => `${quoted(column.name)} ${column.order}`);
  const options = order.length === 0 ? '' : ` WITH CLUSTERING ORDER BY (${order.join(', ')})`;
  return `CREATE TABLE IF NOT EXISTS ${quoted(table.keyspace)}.${quoted(table.name)} (${definitions.join(', ')})${options}`;
}

function names(columns: readonly ColumnTemplate[]): string {
  return columns.map(({ name }) => quoted(name)).join(', ');
}

/** Quoted names keep their case, and may be words of the language. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
