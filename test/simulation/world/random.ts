/** Numbers that follow from a seed alone, the same on every machine. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** Whether something of this probability happens. */
  chance(probability: number): boolean;
  /** A whole number in [from, to], both included. */
  int(from: number, to: number): number;
  /** A whole number in [from, to] whose logarithm is evenly spread: mostly small, at times large. */
  spread(from: number, to: number): number;
  /** @throws RangeError for an empty list */
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32, by Tommy Ettinger: 32 bits of state, ample for choosing what happens next. */
export function createRandom(seed: number): Random {
  let state = (seed * 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const int = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    spread: (from, to) => Math.floor(from * (to / from) ** next()),
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new RangeError('Cannot pick from an empty list');
      return list[int(0, list.length - 1)] as T;
    },
  };
}
