import type { ListedPair } from '../ports';
import { isOfPattern } from './pair-patterns';

/** The conclusions from an exchange's listing about the markets that patterns name. */
export type ListingVerdict =
  | {
      readonly kind: 'heard';
      /** Pairs that are traded, in the order of the listing. */
      readonly trading: readonly string[];
      /** Pairs that were followed before, and that are not traded. */
      readonly lacking: readonly string[];
      /** The reason why those that are lacking may be there all the same; null if there is none. */
      readonly doubt: string | null;
    }
  | {
      /** No market begins or ends by it. */
      readonly kind: 'unheard';
      readonly reason: string;
    };

/** If a listing lacks a larger share of what was followed before, it may have been cut. */
const MOST_LACKING = 1 / 2;

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
  if (listing === undefined) return unheard('the exchange did not give it');
  if (listing.length === 0) return unheard('it is empty');
  // A halt of all trading ends no market.
  if (!listing.some(({ isTrading }) => isTrading)) return unheard('it has no pair that is traded');
  const matching = listing.filter(({ pair }) => isOfPattern(pair, patterns));
  const trading = new Set(matching.filter(({ isTrading }) => isTrading).map(({ pair }) => pair));
  const lacking = followed.filter((pair) => !trading.has(pair));
  const isDoubted = lacking.length > followed.length * MOST_LACKING;
  const doubt = isDoubted
    ? `it lacks ${lacking.length} of the ${followed.length} markets followed before`
    : null;
  return { kind: 'heard', trading: [...trading], lacking, doubt };
}

function unheard(reason: string): ListingVerdict {
  return { kind: 'unheard', reason };
}
