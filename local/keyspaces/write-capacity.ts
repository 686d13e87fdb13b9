import type { RowWrite } from './cql-writes';

const SECOND_MS = 1_000;
/** Partitions that are remembered before those that have all their capacity back are dropped. */
const MOST_PARTITIONS = 10_000;

/** Rows of up to 1 KB that may be written in a second: each is one unit of capacity. */
export interface CapacityLimits {
  readonly tableRowsPerS: number;
  readonly partitionRowsPerS: number;
}

/**
 * Capacity of a new on-demand table.
 * Source: the Amazon Keyspaces developer guide, "Initial throughput" of on-demand mode, and "Quotas".
 */
export const NEW_TABLE: CapacityLimits = { tableRowsPerS: 4_000, partitionRowsPerS: 1_000 };

/** The capacity of tables and partitions to take writes, of which a second can be saved up. */
export class WriteCapacity {
  readonly #limits: CapacityLimits;
  readonly #nowMs: () => number;
  readonly #tables = new Map<string, Bucket>();
  readonly #partitions = new Map<string, Bucket>();

  /** @param nowMs a clock that never goes back */
  constructor(limits: CapacityLimits, nowMs: () => number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
  }

  /** Takes the capacity that writes need; false if there is not enough of it, and then takes none. */
  take(writes: readonly RowWrite[]): boolean {
    const nowMs = this.#nowMs();
    this.#forgetFull(nowMs);
    const needs = this.#needs(writes, nowMs);
    if ([...needs].some(([bucket, rows]) => !bucket.has(rows, nowMs))) return false;
    needs.forEach((rows, bucket) => bucket.take(rows));
    return true;
  }

  #needs(writes: readonly RowWrite[], nowMs: number): Map<Bucket, number> {
    const needs = new Map<Bucket, number>();
    const add = (bucket: Bucket): unknown => needs.set(bucket, (needs.get(bucket) ?? 0) + 1);
    const { tableRowsPerS, partitionRowsPerS } = this.#limits;
    for (const { table, partition } of writes) {
      add(kept(this.#tables, table, () => new Bucket(tableRowsPerS, nowMs)));
      if (partition === undefined) continue;
      const key = `${table}:${partition}`;
      add(kept(this.#partitions, key, () => new Bucket(partitionRowsPerS, nowMs)));
    }
    return needs;
  }

  #forgetFull(nowMs: number): void {
    if (this.#partitions.size <= MOST_PARTITIONS) return;
    for (const [key, bucket] of this.#partitions) {
      if (bucket.isFull(nowMs)) this.#partitions.delete(key);
    }
  }
}

function kept(buckets: Map<string, Bucket>, key: string, create: () => Bucket): Bucket {
  const bucket = buckets.get(key) ?? create();
  buckets.set(key, bucket);
  return bucket;
}

/** Capacity in rows, which fills again at a rate, up to a second of it. */
class Bucket {
  readonly #rowsPerS: number;
  #rows: number;
  #atMs: number;

  constructor(rowsPerS: number, nowMs: number) {
    this.#rowsPerS = rowsPerS;
    this.#rows = rowsPerS;
    this.#atMs = nowMs;
  }

  has(rows: number, nowMs: number): boolean {
    const gained = ((nowMs - this.#atMs) / SECOND_MS) * this.#rowsPerS;
    this.#rows = Math.min(this.#rowsPerS, this.#rows + gained);
    this.#atMs = nowMs;
    return this.#rows >= rows;
  }

  isFull(nowMs: number): boolean {
    return this.has(this.#rowsPerS, nowMs);
  }

  take(rows: number): void {
    this.#rows -= rows;
  }
}
