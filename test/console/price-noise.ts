import { DAY_MS, MINUTE_MS } from '../../lambdas/shared/domain/interval';

/** The longest wave of a price. */
const LONGEST_MS = 512 * DAY_MS;

/** A price that wanders as markets do, at every scale from minutes to years; the same for the same seed. */
export function priceAt(timeMs: number, { seed, base }: { seed: number; base: number }): number {
  let logarithm = 0;
  let size = 0.55;
  for (let waveMs = LONGEST_MS; waveMs >= MINUTE_MS / 2; waveMs /= 2) {
    logarithm += size * wave(timeMs / waveMs, seed + waveMs);
    size *= 0.74;
  }
  return base * Math.exp(logarithm);
}

/** Smooth noise between -1 and 1. */
function wave(position: number, seed: number): number {
  const index = Math.floor(position);
  const part = position - index;
  const eased = part * part * (3 - 2 * part);
  return (chance(index, seed) * (1 - eased) + chance(index + 1, seed) * eased) * 2 - 1;
}

/** A number from 0 to 1 that looks random, and is the same for the same arguments. */
export function chance(index: number, seed: number): number {
  let hash = Math.imul(index | 0, 0x9e3779b1) ^ Math.imul(Math.floor(seed) | 0, 0x85ebca77);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 0xffffffff;
}
