import { type Client, concurrent, type types } from 'cassandra-driver';

const COLUMNS = [
  'exchange',
  'pair',
  'interval',
  'bucket',
  'open_time',
  'open',
  'high',
  'low',
  'close',
  'base_volume',
  'quote_volume',
  'minutes',
  'closed',
  'observed_at',
  'source',
];
const PUT_BACK = `INSERT INTO candles (${COLUMNS.join(', ')})
  VALUES (${COLUMNS.map(() => '?').join(', ')}) USING TIMESTAMP ?`;

/** All rows of the candles, each with the time that it was written at, as a backup of the table holds them. */
export async function copyCandles(client: Client): Promise<readonly types.Row[]> {
  const query = `SELECT ${COLUMNS.join(', ')}, writetime(open) AS written FROM candles`;
  const rows: types.Row[] = [];
  for await (const row of await client.execute(query, [], { fetchSize: 5_000 })) rows.push(row);
  return rows;
}

/** Writes copied rows with the times that they were written at. */
export async function putCandlesBack(client: Client, rows: readonly types.Row[]): Promise<void> {
  const values = rows.map((row) =>
    [...COLUMNS, 'written'].map((column) => row.get(column) as unknown),
  );
  await concurrent.executeConcurrent(client, PUT_BACK, values, { concurrencyLevel: 64 });
}
