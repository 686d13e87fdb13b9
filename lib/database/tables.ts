/** The keyspace of all tables. */
export const KEYSPACE = 'candlestream';

/** The names and CQL types of columns. */
export type Columns = Readonly<Record<string, string>>;

/** A table: its columns, and those that make its primary key, in order. */
export interface Table {
  readonly name: string;
  readonly partitionKey: Columns;
  /** Newest first where it is a time. */
  readonly clusteringKey: Readonly<Record<string, { type: string; order: 'ASC' | 'DESC' }>>;
  readonly columns: Columns;
}

/** The tables. Every row is written with the time of its observation, so that the newest wins. */
export const TABLES = {
  candles: {
    name: 'candles',
    /** The bucket is the first day of what one partition holds: a day of 1m, a month of 5m, ... */
    partitionKey: { pair: 'text', interval: 'text', bucket: 'date' },
    clusteringKey: { open_time: { type: 'timestamp', order: 'DESC' } },
    columns: {
      open: 'decimal',
      high: 'decimal',
      low: 'decimal',
      close: 'decimal',
      base_volume: 'decimal',
      quote_volume: 'decimal',
      minutes: 'int',
      closed: 'boolean',
      observed_at: 'timestamp',
      source: 'text',
    },
  },
  progress: {
    name: 'progress',
    partitionKey: { pair: 'text' },
    clusteringKey: {},
    columns: { settled_to: 'timestamp', seen_to: 'timestamp', observed_at: 'timestamp' },
  },
  gaps: {
    name: 'gaps',
    partitionKey: { pair: 'text' },
    clusteringKey: { from_time: { type: 'timestamp', order: 'ASC' } },
    columns: { to_time: 'timestamp', reason: 'text', observed_at: 'timestamp' },
  },
} as const satisfies Record<string, Table>;

/** The name of one of the tables. */
export type TableName = keyof typeof TABLES;
