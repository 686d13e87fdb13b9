import { distance } from 'fastest-levenshtein';

/** More edits than this part of a name make it another name, not a misspelt one. */
const MISSPELT_PART = 0.4;

/** Sorts names by their likeness to the wanted one, in any case of letters; equally like ones stay in order. */
export function nearestFirst(wanted: string, names: readonly string[]): string[] {
  return names.toSorted((a, b) => edits(wanted, a) - edits(wanted, b));
}

/** A question such as `Did you mean "topics"?`; undefined if no name is like the wanted one. */
export function didYouMean(wanted: string, names: readonly string[]): string | undefined {
  const [nearest] = nearestFirst(wanted, names);
  if (nearest === undefined) return undefined;
  const isMisspelt = edits(wanted, nearest) <= MISSPELT_PART * nearest.length;
  return isMisspelt ? `Did you mean ${JSON.stringify(nearest)}?` : undefined;
}

function edits(from: string, to: string): number {
  return distance(from.toUpperCase(), to.toUpperCase());
}
