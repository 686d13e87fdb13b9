/** A part of an exchange's markets: those of one of `shards` shards, counted from 0. */
export interface Shard {
  readonly shard: number;
  readonly shards: number;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The shard of a pair: its FNV-1a hash modulo the number of shards. It depends on
 * nothing else, so a market stays in its shard while others come and go.
 */
export function shardOf(pair: string, shards: number): number {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(pair, 'utf8')) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return hash % shards;
}

/** Whether a pair is of a shard. */
export function isInShard(pair: string, { shard, shards }: Shard): boolean {
  return shardOf(pair, shards) === shard;
}
