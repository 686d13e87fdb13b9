/** Joins a prefix and a name: `Topic` and `candles.dead-letter` become `TopicCandlesDeadLetter`. */
export function logicalName(prefix: string, name: string): string {
  const words = name.split(/[^a-z]/).map((word) => word.charAt(0).toUpperCase() + word.slice(1));
  return [prefix, ...words].join('');
}
