import type { DeployedPairs } from '../deployed-resources';

/** Further pairs are counted. */
const MOST_NAMED = 20;

/** A line for each exchange whose pairs a deployment changes; none for a stage that is not deployed. */
export function pairNotes(
  next: Readonly<Record<string, readonly string[]>>,
  deployed: DeployedPairs | undefined,
): string[] {
  if (deployed === undefined) return [];
  const exchanges = [...new Set([...Object.keys(next), ...Object.keys(deployed)])];
  return exchanges.flatMap((exchange) => {
    const [after, before] = [next[exchange] ?? [], deployed[exchange] ?? []];
    const changes = [
      ...named('follows', without(after, before)),
      ...named('no longer follows', without(before, after)),
    ];
    return changes.length === 0 ? [] : `pairs of ${exchange}: ${changes.join('; ')}`;
  });
}

function without(pairs: readonly string[], others: readonly string[]): string[] {
  const left = new Set(others);
  return pairs.filter((pair) => !left.has(pair));
}

function named(what: string, pairs: readonly string[]): string[] {
  if (pairs.length === 0) return [];
  const further = pairs.length - MOST_NAMED;
  const names = pairs.slice(0, MOST_NAMED).join(', ');
  return [`${what} ${names}${further <= 0 ? '' : ` and ${further} more`}`];
}
