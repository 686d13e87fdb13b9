import type { ListedPair } from '../ports';
import { isOfPattern } from './pair-patterns';

/**
 * What an exchange's listing says of the markets that patterns name. A listing
 * that is doubted says nothing: no market begins or ends by it.
 */
export type ListingVerdict =
  | {
      readonly kind: 'believed';
      /** Pairs that are traded, in the order of the listing. */
      readonly trading: readonly string[];
      /** Pairs that were followed before, and that are not traded. */
      readonly gone: readonly string[];
    }
  | { readonly kind: 'doubted'; readonly reason: string };

/** A listing lacks no more than this share of what was followed before, or else it was cut. */
const MOST_GONE = 1 / 2;

/**
 * Holds a listing against what was followed before.
 *
 * @param listing undefined if the exchange did not give it
 * @param patterns texts that name pairs; those that are no pattern are of no account
 * @param followed pairs of a pattern that are stored and have not ended
 */
export function judgeListing(
  listing: readonly ListedPair[] | undefined,
  patterns: readonly string[],
  followed: readonly string[],
): ListingVerdict {
  if (listing === undefined) return doubted('the exchange did not give it');
  if (listing.length === 0) return doubted('it is empty');
  const matching = listing.filter(({ pair }) => isOfPattern(pair, patterns));
  const trading = new Set(matching.filter(({ isTrading }) => isTrading).map(({ pair }) => pair));
  const gone = followed.filter((pair) => !trading.has(pair));
  if (gone.length > followed.length * MOST_GONE) {
    return doubted(`it lacks ${gone.length} of the ${followed.length} markets followed before`);
  }
  return { kind: 'believed', trading: [...trading], gone };
}

function doubted(reason: string): ListingVerdict {
  return { kind: 'doubted', reason };
}
