import type { types } from 'cassandra-driver';
import type {
  CassandraSession,
  Statement,
} from '../../lambdas/shared/adapters/database/cassandra-client';
import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import { DAY_MS } from '../../lambdas/shared/domain/interval';
import { type Table, TABLES } from '../../lib/database/tables';
import type { Calls, Life } from './calls';

/** A row: each column's newest value, and when it was written, in microseconds. */
type StoredRow = Map<string, { value: Buffer; writtenAt: number }>;

/** A row as it is read: each column's value by its CQL type. */
export interface ReadRow {
  /** A text (of a date and a decimal too), a whole number, a boolean or a time; undefined for a null. */
  get(column: string): string | number | boolean | Date | undefined;
}

/** The tables in memory, with Cassandra's rule: of two writes of a cell, the newer timestamp wins. */
export interface MemoryCassandra {
  /** The session of one function's environment. */
  session(life: Life): CassandraSession;
  /** All rows of a table, at once and as they are. */
  rowsOf(table: keyof typeof TABLES): ReadRow[];
}

interface Insert {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly usesTimestamp: boolean;
}

interface Select {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly conditions: readonly { readonly column: string; readonly operator: string }[];
  /** The order of its clustering column, where it is not the table's own. */
  readonly order: string | undefined;
  /** Whether its last value is the most rows to read. */
  readonly isLimited: boolean;
}

/** Key columns of a partition to its rows, by their clustering columns. */
type Partitions = Map<string, Map<string, StoredRow>>;

/** Statements that the simulation does not know: the message has the statement. */
export class UnknownStatementError extends Error {
  override readonly name = 'UnknownStatementError';
}

/** A Cassandra of the project's own tables that reads just the CQL that the stores write. */
export function createMemoryCassandra(calls: Calls, nowMs: () => number): MemoryCassandra {
  const tables = new Map<string, Partitions>(Object.keys(TABLES).map((name) => [name, new Map()]));
  return {
    session: (life) => ({
      rows: (statement) =>
        calls.ask(
          life,
          () => told(statement),
          () =>
            // What the stores read of a driver's row is `get`.
            select(tables, statement).map((row) => row as unknown as types.Row),
        ),
      write(statements) {
        const [first] = statements;
        if (first === undefined) return Promise.resolve();
        // Without a timestamp of its own, a write carries the time of the coordinator.
        const coordinatorTime = nowMs() * 1_000;
        const parts = statements.map((one) => () => insert(tables, one, coordinatorTime));
        const what = (): string => `${told(first)} and ${statements.length - 1} more`;
        return calls.change(life, what, parts);
      },
      close: () => Promise.resolve(),
    }),
    rowsOf: (name) =>
      [...partitionsOf(tables, name).values()].flatMap((rows) =>
        [...rows.values()].map((row) => readable(TABLES[name], row)),
      ),
  };
}

function told({ query, params }: Statement): string {
  const { table } = query.startsWith('SELECT') ? selectOf(query) : insertOf(query);
  const verb = query.startsWith('SELECT') ? 'read' : 'write';
  const interval = table === TABLES.candles ? (params[1]?.toString() ?? '') : '';
  return `${verb} ${table.name} ${params[0]?.toString() ?? ''} ${interval}`;
}

function insert(tables: Map<string, Partitions>, statement: Statement, nowMicros: number): void {
  const { table, columns, usesTimestamp } = insertOf(statement.query);
  const { params } = statement;
  const writtenAt = usesTimestamp ? Number((params.at(-1) as Buffer).readBigInt64BE()) : nowMicros;
  const valueOf = (column: string) => params[columns.indexOf(column)] as Buffer;
  const rows = inserted(
    partitionsOf(tables, table.name),
    keyText(Object.keys(table.partitionKey), valueOf),
    () => new Map<string, StoredRow>(),
  );
  const clustering = keyText(Object.keys(table.clusteringKey), valueOf);
  const row = inserted(rows, clustering, () => new Map() as StoredRow);
  columns.forEach((column, at) => writeCell(row, column, params[at] as Buffer, writtenAt));
}

/** The newer write wins; of two of one time, the greater value, byte by byte. */
function writeCell(row: StoredRow, column: string, value: Buffer, writtenAt: number): void {
  const stored = row.get(column);
  if (stored !== undefined && writtenAt < stored.writtenAt) return;
  const isTie = stored?.writtenAt === writtenAt;
  if (isTie && Buffer.compare(value, stored.value) <= 0) return;
  row.set(column, { value, writtenAt });
}

function select(tables: Map<string, Partitions>, { query, params }: Statement): ReadRow[] {
  const { table, conditions, order, isLimited } = selectOf(query);
  const valueOf = (column: string) =>
    params[conditions.findIndex((condition) => condition.column === column)] as Buffer;
  const partition = keyText(Object.keys(table.partitionKey), valueOf);
  const rows = [...(partitionsOf(tables, table.name).get(partition) ?? [])];
  const ranges = conditions.flatMap(({ column, operator }, at) =>
    column in table.clusteringKey ? [{ column, operator, bound: params[at] as Buffer }] : [],
  );
  const within = rows.filter(([, row]) =>
    ranges.every(({ column, operator, bound }) => {
      const difference = Buffer.compare(row.get(column)?.value ?? Buffer.of(), bound);
      return operator === '<' ? difference < 0 : difference >= 0;
    }),
  );
  const [clustering] = Object.values(table.clusteringKey);
  within.sort(([a], [b]) => (a < b ? -1 : 1));
  if ((order ?? clustering?.order) === 'DESC') within.reverse();
  const limit = isLimited ? (params.at(-1) as Buffer).readInt32BE() : within.length;
  return within.slice(0, limit).map(([, row]) => readable(table, row));
}

function readable(table: Table, row: StoredRow): ReadRow {
  const types = inserted(columnTypes, table, () => typesOf(table));
  return {
    get(column) {
      const cell = row.get(column);
      return cell === undefined ? undefined : decoded(types[column], cell.value);
    },
  };
}

const columnTypes = new Map<Table, Readonly<Record<string, string>>>();

function typesOf(table: Table): Readonly<Record<string, string>> {
  const clustering = Object.entries(table.clusteringKey).map(([name, { type }]) => [name, type]);
  return {
    ...table.partitionKey,
    ...(Object.fromEntries(clustering) as Record<string, string>),
    ...table.columns,
  };
}

function decoded(type: string | undefined, value: Buffer): string | number | boolean | Date {
  switch (type) {
    case 'text':
      return value.toString('utf8');
    case 'timestamp':
      return new Date(Number(value.readBigInt64BE()));
    case 'date':
      return new Date((value.readUInt32BE() - 2 ** 31) * DAY_MS).toISOString().slice(0, 10);
    case 'int':
      return value.readInt32BE();
    case 'boolean':
      return value[0] === 1;
    case 'decimal':
      return decimalText(value);
    default:
      throw new UnknownStatementError(`A column of the type ${String(type)} is not known here`);
  }
}

function decimalText(value: Buffer): string {
  const hex = value.toString('hex', 4);
  const unscaled = BigInt.asIntN((value.length - 4) * 8, BigInt(`0x${hex}`));
  return formatDecimal({ unscaled, scale: value.readInt32BE() });
}

const INSERT = /^INSERT INTO (\w+) \(([^)]+)\)\s+VALUES \(([?, ]+)\)(\s+USING TIMESTAMP \?)?$/;
const SELECT =
  /^SELECT ([\w, ]+?)\s+FROM (\w+) WHERE (.+?)(?: ORDER BY \w+ (ASC|DESC))?( LIMIT \?)?$/;
const inserts = new Map<string, Insert>();
const selects = new Map<string, Select>();

function insertOf(query: string): Insert {
  return inserted(inserts, query, () => {
    const [, table = '', columns = '', , timestamp] = INSERT.exec(query) ?? [];
    return {
      table: tableOf(table, query),
      columns: columns.split(',').map((column) => column.trim()),
      usesTimestamp: timestamp !== undefined,
    };
  });
}

function selectOf(query: string): Select {
  return inserted(selects, query, () => {
    const [, columns = '', table = '', where = '', order, limit] = SELECT.exec(query) ?? [];
    return {
      table: tableOf(table, query),
      columns: columns.split(',').map((column) => column.trim()),
      conditions: where.split(' AND ').map((condition) => {
        const [column = '', operator = ''] = condition.trim().split(' ');
        return { column, operator };
      }),
      order,
      isLimited: limit !== undefined,
    };
  });
}

function tableOf(name: string, query: string): Table {
  const table = Object.values(TABLES).find((one) => one.name === name);
  if (table === undefined) {
    throw new UnknownStatementError(`Not a statement that is known here: ${query}`);
  }
  return table;
}

function partitionsOf(tables: Map<string, Partitions>, name: string): Partitions {
  return inserted(tables, name, (): Partitions => new Map());
}

function keyText(columns: readonly string[], valueOf: (column: string) => Buffer): string {
  return columns.map((column) => valueOf(column).toString('latin1')).join('\n');
}

function inserted<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = create();
  map.set(key, made);
  return made;
}
