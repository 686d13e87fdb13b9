/** The names, those that are most like the wanted one first; equally like ones stay in order. */
export function nearestFirst(wanted: string, names: readonly string[]): string[] {
  const plain = wanted.toUpperCase();
  return names
    .map((name) => ({ name, edits: editsBetween(plain, name.toUpperCase()) }))
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name);
}

/** How many letters to add, drop or change to make one text the other (Levenshtein's distance). */
function editsBetween(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [row, letter] of Array.from(from).entries()) {
    const current = [row + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const [dropped = 0, changed = 0] = [above[column + 1], above[column]];
      const added = current[column] ?? 0;
      current.push(Math.min(dropped + 1, added + 1, changed + (letter === other ? 0 : 1)));
    }
    above = current;
  }
  return above.at(-1) ?? 0;
}
