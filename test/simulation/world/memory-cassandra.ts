import { types } from 'cassandra-driver';
import type {
  CassandraSession,
  Statement,
} from '../../../lambdas/shared/adapters/database/cassandra-client';
import { DAY_MS } from '../../../lambdas/shared/domain/interval';
import { type Table, type TableName, TABLES } from '../../../lib/database/tables';
import type { Calls, Life } from './calls';

/** A column's newest value, or null where it was written without one; and when, in microseconds. */
interface Cell {
  readonly value: Buffer | null;
  readonly writtenAt: number;
}

/** A row: its cells by column, and when it was last deleted: whatever was written until then is gone. */
interface StoredRow {
  readonly cells: Map<string, Cell>;
  deletedAt: number;
}

type ColumnValue = string | number | types.BigDecimal | boolean | Date | readonly Date[];

/** A row as it is read: each column's value by its CQL type. */
export interface ReadRow {
  /** A text (of a date too), a whole number, a decimal, a boolean or a time; null if there is none, as the driver has it. */
  get(column: string): ColumnValue | null;
}

/** The value of a `timestamp` column in milliseconds; undefined if it has none. */
export function timeOf(row: ReadRow, column: string): number | undefined {
  const value = row.get(column);
  return value instanceof Date ? value.getTime() : undefined;
}

/** The same of a column that has a value. */
export function timeAt(row: ReadRow, column: string): number {
  return timeOf(row, column) ?? Number.NaN;
}

/** The tables in memory, with Cassandra's rule: of two writes of a cell, the newer timestamp wins. */
export interface MemoryCassandra {
  /** The session of one function's environment. */
  session(life: Life): CassandraSession;
  /** All rows of a table, or of one of its partitions, at once and as they are. */
  rowsOf(table: TableName, partition?: Readonly<Record<string, Buffer>>): ReadRow[];
  /** How many rows of candles were written so far, each as often as it was. */
  candlesWritten(): number;
}

interface Insert {
  readonly kind: 'insert';
  readonly table: Table;
  readonly columns: readonly string[];
  /** Positions of the columns' values among the parameters; undefined for a null. */
  readonly positions: readonly (number | undefined)[];
  readonly usesTimestamp: boolean;
}

/** A deletion of a row by its key, at a timestamp. */
interface Delete {
  readonly kind: 'delete';
  readonly table: Table;
  /** The columns of the key, in the order of the values behind the timestamp. */
  readonly columns: readonly string[];
}

interface Select {
  readonly table: Table;
  readonly columns: readonly string[];
  readonly conditions: readonly { readonly column: string; readonly operator: string }[];
  /** The order of its clustering column, where it is not the table's own. */
  readonly order: string | undefined;
}

/** Key columns of a partition to its rows, by their clustering columns. */
type Partitions = Map<string, Map<string, StoredRow>>;

/** Statements that the simulation does not know: the message has the statement. */
export class UnknownStatementError extends Error {
  override readonly name = 'UnknownStatementError';
}

/**
 * A Cassandra of the project's own tables that reads just the CQL that the stores write.
 *
 * @param onDayWritten given each row of the ledger after a write of it
 */
export function createMemoryCassandra(
  calls: Calls,
  nowMs: () => number,
  onDayWritten: (row: ReadRow) => void = () => undefined,
): MemoryCassandra {
  const tables = new Map<string, Partitions>(Object.keys(TABLES).map((name) => [name, new Map()]));
  let candlesWritten = 0;
  const apply = (statement: Statement, coordinatorTime: number): void => {
    const write = writeOf(statement.query);
    if (write.table === TABLES.candles) candlesWritten++;
    if (write.kind === 'delete') {
      remove(tables, write, statement.params);
      return;
    }
    const row = insert(tables, write, statement.params, coordinatorTime);
    if (write.table === TABLES.days) onDayWritten(readable(write.table, row));
  };
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
        const parts = statements.map((one) => () => apply(one, coordinatorTime));
        const what = (): string => `${told(first)} and ${statements.length - 1} more`;
        return calls.change(life, what, parts);
      },
      close: () => Promise.resolve(),
    }),
    rowsOf(name, partition) {
      const rows = storedRows(tables, TABLES[name], partition);
      return rows.filter(isThere).map((row) => readable(TABLES[name], row));
    },
    candlesWritten: () => candlesWritten,
  };
}

function storedRows(
  tables: Map<string, Partitions>,
  table: Table,
  partition: Readonly<Record<string, Buffer>> | undefined,
): StoredRow[] {
  const partitions = partitionsOf(tables, table.name);
  if (partition === undefined)
    return [...partitions.values()].flatMap((rows) => [...rows.values()]);
  const key = keyText(Object.keys(table.partitionKey), (column) => partition[column]);
  return [...(partitions.get(key)?.values() ?? [])];
}

function told({ query, params }: Statement): string {
  const isRead = query.startsWith('SELECT');
  const { table } = isRead ? selectOf(query) : writeOf(query);
  const isDeletion = query.startsWith('DELETE');
  // A deletion has its timestamp before its key.
  const [, pair, interval] = isDeletion ? params.slice(1) : params;
  const verb = isRead ? 'read' : isDeletion ? 'delete' : 'write';
  const series = table === TABLES.candles ? (interval?.toString() ?? '') : '';
  return `${verb} ${table.name} ${pair?.toString() ?? ''} ${series}`;
}

function insert(
  tables: Map<string, Partitions>,
  { table, columns, positions, usesTimestamp }: Insert,
  params: Statement['params'],
  nowMicros: number,
): StoredRow {
  const writtenAt = usesTimestamp ? microsOf(params.at(-1)) : nowMicros;
  const valueAt = (at: number) => params[positions[at] ?? params.length] ?? null;
  const row = rowAt(tables, table, (column) => valueAt(columns.indexOf(column)));
  columns.forEach((column, at) => writeCell(row, column, valueAt(at), writtenAt));
  return row;
}

/** A deletion hides what was written at its time or before, whenever either lands. */
function remove(
  tables: Map<string, Partitions>,
  { table, columns }: Delete,
  [timestamp, ...key]: Statement['params'],
): void {
  const row = rowAt(tables, table, (column) => key[columns.indexOf(column)]);
  row.deletedAt = Math.max(row.deletedAt, microsOf(timestamp));
  for (const [column, { writtenAt }] of row.cells) {
    if (writtenAt <= row.deletedAt) row.cells.delete(column);
  }
}

function microsOf(value: Buffer | null | undefined): number {
  if (!value) throw new UnknownStatementError('A timestamp of a write has no value');
  return Number(value.readBigInt64BE());
}

/** The value of a column in a statement. */
type ValueOf = (column: string) => Buffer | null | undefined;

function rowAt(tables: Map<string, Partitions>, table: Table, valueOf: ValueOf): StoredRow {
  const partition = keyText(Object.keys(table.partitionKey), valueOf);
  const rows = inserted(
    partitionsOf(tables, table.name),
    partition,
    () => new Map<string, StoredRow>(),
  );
  const clustering = keyText(Object.keys(table.clusteringKey), valueOf);
  return inserted(rows, clustering, () => ({
    cells: new Map<string, Cell>(),
    deletedAt: -Infinity,
  }));
}

/** The newer write wins; of two of one time, no value, or else the greater one, byte by byte. */
function writeCell(row: StoredRow, column: string, value: Buffer | null, writtenAt: number): void {
  if (writtenAt <= row.deletedAt) return;
  const stored = row.cells.get(column);
  if (stored !== undefined && writtenAt < stored.writtenAt) return;
  if (stored?.writtenAt === writtenAt && !winsTie(value, stored.value)) return;
  row.cells.set(column, { value, writtenAt });
}

function winsTie(value: Buffer | null, stored: Buffer | null): boolean {
  return stored !== null && (value === null || Buffer.compare(value, stored) > 0);
}

/** Every write writes the key too, so a row whose cells are gone is gone. */
function isThere({ cells }: StoredRow): boolean {
  return cells.size > 0;
}

function select(tables: Map<string, Partitions>, { query, params }: Statement): ReadRow[] {
  const { table, conditions, order } = selectOf(query);
  const valueOf: ValueOf = (column) =>
    params[conditions.findIndex((condition) => condition.column === column)];
  const partition = keyText(Object.keys(table.partitionKey), valueOf);
  const rows = [...(partitionsOf(tables, table.name).get(partition) ?? [])];
  const ranges = conditions.flatMap(({ column, operator }, at) =>
    column in table.clusteringKey ? [{ column, operator, bound: params[at] as Buffer }] : [],
  );
  const within = rows.filter(
    ([, row]) =>
      isThere(row) &&
      ranges.every(({ column, operator, bound }) => {
        const difference = Buffer.compare(row.cells.get(column)?.value ?? Buffer.of(), bound);
        if (operator === '=') return difference === 0;
        return operator === '<' ? difference < 0 : difference >= 0;
      }),
  );
  const [clustering] = Object.values(table.clusteringKey);
  within.sort(([a], [b]) => (a < b ? -1 : 1));
  if ((order ?? clustering?.order) === 'DESC') within.reverse();
  return within.map(([, row]) => readable(table, row));
}

function readable(table: Table, row: StoredRow): ReadRow {
  const types = inserted(columnTypes, table, () => typesOf(table));
  return {
    get(column) {
      const value = row.cells.get(column)?.value ?? null;
      return value === null ? null : decoded(types[column], value);
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

function decoded(type: string | undefined, value: Buffer): ColumnValue {
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
      return types.BigDecimal.fromBuffer(value);
    case 'frozen<list<timestamp>>':
      return timesOf(value);
    default:
      throw new UnknownStatementError(`A column of the type ${String(type)} is not known here`);
  }
}

/** A list: its length, then each element behind its own length. */
function timesOf(list: Buffer): Date[] {
  return Array.from(
    { length: list.readInt32BE() },
    (_, at) => new Date(Number(list.readBigInt64BE(8 + at * 12))),
  );
}

const INSERT =
  /^INSERT INTO (\w+) \(([^)]+)\)\s+VALUES \(((?:[?,\s]|null)+)\)(\s+USING TIMESTAMP \?)?$/;
const DELETE = /^DELETE FROM (\w+) USING TIMESTAMP \?\s+WHERE ((?:\w+ = \?(?: AND )?)+)$/;
const SELECT = /^SELECT ([\w,\s]+?)\s+FROM (\w+)\s+WHERE (.+?)(?: ORDER BY \w+ (ASC|DESC))?$/;
const writes = new Map<string, Insert | Delete>();
const selects = new Map<string, Select>();

function writeOf(query: string): Insert | Delete {
  return inserted(writes, query, () =>
    query.startsWith('DELETE') ? deleteOf(query) : insertOf(query),
  );
}

function insertOf(query: string): Insert {
  const [, table = '', columns = '', values = '', timestamp] = INSERT.exec(query) ?? [];
  let position = 0;
  return {
    kind: 'insert',
    table: tableOf(table, query),
    columns: columns.split(',').map((column) => column.trim()),
    positions: values.split(',').map((value) => (value.trim() === '?' ? position++ : undefined)),
    usesTimestamp: timestamp !== undefined,
  };
}

function deleteOf(query: string): Delete {
  const [, table = '', where = ''] = DELETE.exec(query) ?? [];
  const columns = where.split(' AND ').map((condition) => condition.split(' ')[0] ?? '');
  return { kind: 'delete', table: tableOf(table, query), columns };
}

function selectOf(query: string): Select {
  return inserted(selects, query, () => {
    const [, columns = '', table = '', where = '', order] = SELECT.exec(query) ?? [];
    return {
      table: tableOf(table, query),
      columns: columns.split(',').map((column) => column.trim()),
      conditions: where.split(' AND ').map((condition) => {
        const [column = '', operator = ''] = condition.trim().split(' ');
        return { column, operator };
      }),
      order,
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

function keyText(columns: readonly string[], valueOf: ValueOf): string {
  return columns.map((column) => valueOf(column)?.toString('latin1') ?? '').join('\n');
}

function inserted<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = create();
  map.set(key, made);
  return made;
}
