/** A JSON array, an element a line. */
export function jsonLines(elements: readonly unknown[]): string {
  if (elements.length === 0) return '[]\n';
  return `[\n${elements.map((element) => `  ${JSON.stringify(element)}`).join(',\n')}\n]\n`;
}
