/**
 * Splits items, in their order, into groups of at most `limitBytes`. An item
 * that is larger makes a group of its own.
 */
export function splitBySize<T>(
  items: readonly T[],
  sizeOf: (item: T) => number,
  limitBytes: number,
): T[][] {
  const groups: T[][] = [];
  let leftBytes = 0;
  for (const item of items) {
    const bytes = sizeOf(item);
    if (groups.length === 0 || bytes > leftBytes) {
      groups.push([]);
      leftBytes = limitBytes;
    }
    groups.at(-1)?.push(item);
    leftBytes -= bytes;
  }
  return groups;
}
