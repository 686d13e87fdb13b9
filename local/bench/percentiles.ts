/** The values below which the given shares of all values lie; NaN without values. */
export function percentiles(values: readonly number[], shares: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return shares.map((share) => sorted[Math.ceil(sorted.length * share) - 1] ?? NaN);
}
