import type { Share } from './coverage';

/**
 * A share in percent, cut at two decimals and never rounded up: `99.99 %` of
 * nearly all, `100 %` of all alone. Null if there is nothing to have a share of.
 */
export function percentText(share: Share): string | null {
  const percent = barePercent(share);
  return percent === null ? null : `${percent} %`;
}

/** The same without its unit: `99.99`. */
export function barePercent({ part, whole }: Share): string | null {
  if (whole === 0) return null;
  if (part === whole) return '100';
  const hundredths = (BigInt(part) * 10_000n) / BigInt(whole);
  const decimals = String(hundredths % 100n).padStart(2, '0');
  return `${hundredths / 100n}.${decimals}`;
}
