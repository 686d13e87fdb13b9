import * as v from 'valibot';
import { isPairName } from '../../../domain/market';
import type { ListedPair } from '../../../domain/ports';

/** The result of reading the entries of a listing. */
export interface ReadListing {
  /** Each pair once: trading if one of its entries says so. */
  readonly pairs: readonly ListedPair[];
  /** Entries that name no pair. */
  readonly odd: readonly unknown[];
}

/** Reads the entries of a listing, each with a schema that gives null for one to leave out. */
export function readListing(
  entry: v.GenericSchema<unknown, ListedPair | null>,
  entries: readonly unknown[],
): ReadListing {
  const byPair = new Map<string, ListedPair>();
  const odd: unknown[] = [];
  for (const one of entries) {
    const { success, output } = v.safeParse(entry, one);
    if (!success) odd.push(one);
    // A name that could hurt a URL, a key or a log line is not followed.
    else if (output !== null && isPairName(output.pair)) {
      const isTrading = output.isTrading || byPair.get(output.pair)?.isTrading === true;
      byPair.set(output.pair, { pair: output.pair, isTrading });
    }
  }
  return { pairs: [...byPair.values()], odd };
}
