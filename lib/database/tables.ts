/** CQL types of columns by name. */
export type Columns = Readonly<Record<string, string>>;

/** A table: its primary key, in order, and its other columns. */
export interface Table {
  readonly name: string;
  readonly partitionKey: Columns;
  /** Newest first for candles. */
  readonly clusteringKey: Readonly<Record<string, { type: string; order: 'ASC' | 'DESC' }>>;
  readonly columns: Columns;
}

/** The tables. Every row is written with the time of its observation, so that the newest observation wins. */
export const TABLES = {
  candles: {
    name: 'candles',
    /** The bucket is the first day of a partition: a day of 1m, a month of 5m, ... */
    partitionKey: { exchange: 'text', pair: 'text', interval: 'text', bucket: 'date' },
    clusteringKey: { open_time: { type: 'timestamp', order: 'DESC' } },
    columns: {
      open: 'decimal',
      high: 'decimal',
      low: 'decimal',
      close: 'decimal',
      base_volume: 'decimal',
      quote_volume: 'decimal',
      minutes: 'int',
      /** The window was requested to its end; late minutes may still come until its day is sealed. */
      closed: 'boolean',
      observed_at: 'timestamp',
      source: 'text',
    },
  },
  progress: {
    name: 'progress',
    /** One partition an exchange, so that a tick reads all of its markets in one go. */
    partitionKey: { exchange: 'text' },
    clusteringKey: { pair: { type: 'text', order: 'ASC' } },
    columns: {
      live_since: 'timestamp',
      settled_to: 'timestamp',
      seen_to: 'timestamp',
      newest: 'timestamp',
      observed_at: 'timestamp',
      unknown_since: 'timestamp',
      ended_at: 'timestamp',
      listed_since: 'timestamp',
      /** Of the exchange as a whole: only the row of the pair `*` has it. */
      banned_until: 'timestamp',
    },
  },
  gaps: {
    name: 'gaps',
    partitionKey: { exchange: 'text', pair: 'text' },
    clusteringKey: { from_time: { type: 'timestamp', order: 'ASC' } },
    columns: { to_time: 'timestamp', reason: 'text', observed_at: 'timestamp' },
  },
  /** The ledger of days: what is known of each past day. */
  days: {
    name: 'days',
    partitionKey: { exchange: 'text', pair: 'text', year: 'int' },
    clusteringKey: { day: { type: 'date', order: 'DESC' } },
    columns: {
      // reconcile's
      asked_at: 'timestamp',
      asks: 'int',
      refusal: 'text',
      // persist's
      minutes: 'int',
      absent: 'int',
      rejected: 'int',
      corrected: 'int',
      suspects: 'frozen<list<timestamp>>',
      audits: 'int',
      agreed: 'boolean',
      sealed_at: 'timestamp',
      disputed: 'boolean',
      source: 'text',
      observed_at: 'timestamp',
      // a repair's
      reopened_at: 'timestamp',
    },
  },
} as const satisfies Record<string, Table>;

/** The name of a table. */
export type TableName = keyof typeof TABLES;
