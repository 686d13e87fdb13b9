import { inspect } from 'node:util';
import * as v from 'valibot';
import type { ExchangeName } from './exchanges/exchange-facts';
import { InvalidScheduledEventError } from './firing-time';
import type { FiringPart } from './followed-exchanges';

const Whole = v.pipe(v.number(), v.safeInteger());
const PartOfEvent = v.object({
  exchange: v.optional(v.string()),
  shard: v.optional(v.pipe(Whole, v.minValue(0)), 0),
  shards: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(1_000)), 1),
});

/**
 * The part that an event names. One that names no exchange is of the one that is
 * followed, and one without a shard is of all of its markets.
 *
 * @throws InvalidScheduledEventError if the exchange is not followed or there is no such shard
 */
export function firingPart(event: unknown, followed: readonly ExchangeName[]): FiringPart {
  const parsed = v.safeParse(PartOfEvent, event);
  if (!parsed.success || parsed.output.shard >= parsed.output.shards) {
    throw new InvalidScheduledEventError(
      `The scheduled event has no such shard: ${shardText(event)}; expected "shard" from 0 and "shards" above it, such as 0 and 1`,
    );
  }
  const { exchange: named, shard, shards } = parsed.output;
  return { exchange: exchangeOf(named, followed), shard, shards };
}

function exchangeOf(named: string | undefined, followed: readonly ExchangeName[]): ExchangeName {
  const [first, ...others] = followed;
  if (named === undefined && first !== undefined && others.length === 0) return first;
  const exchange = followed.find((name) => name === named);
  if (exchange !== undefined) return exchange;
  const problem =
    named === undefined
      ? 'names no exchange, and several are followed'
      : `is of the exchange ${JSON.stringify(named)}, which is not followed`;
  throw new InvalidScheduledEventError(
    `The scheduled event ${problem}: give "exchange" as one of ${followed.join(', ')}`,
  );
}

function shardText(event: unknown): string {
  if (typeof event !== 'object' || event === null) return inspect(event);
  const { shard, shards } = event as { readonly shard?: unknown; readonly shards?: unknown };
  return JSON.stringify({ shard, shards });
}

/** One of a kind for each part, created when the part is first fired, as it remembers what it did. */
export function onePerPart<T>(create: (part: FiringPart) => T): (part: FiringPart) => T {
  const byPart = new Map<string, T>();
  return (part) => {
    const key = `${part.exchange} ${part.shard}/${part.shards}`;
    const known = byPart.get(key);
    if (known !== undefined) return known;
    const created = create(part);
    byPart.set(key, created);
    return created;
  };
}
