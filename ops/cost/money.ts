import { addDecimals, type Decimal, formatDecimal } from '../../lambdas/shared/domain/decimal';

/** Zero dollars and cents. */
export const NO_MONEY: Decimal = { unscaled: 0n, scale: 2 };

const NANO_SCALE = 9;
/** GB-s of 1 MiB for 1 ms: 1 / (1024 x 1000), which ends after 13 digits. */
const GB_SECONDS_PER_MIB_MS: Decimal = { unscaled: 9_765_625n, scale: 13 };

/** The exact product. */
export function times(first: Decimal, ...others: readonly (Decimal | bigint)[]): Decimal {
  return others.reduce<Decimal>((product, other) => {
    const factor = typeof other === 'bigint' ? { unscaled: other, scale: 0 } : other;
    return {
      unscaled: product.unscaled * factor.unscaled,
      scale: product.scale + factor.scale,
    };
  }, first);
}

/** A count in millions, the unit of some prices. */
export function millions(count: bigint): Decimal {
  return { unscaled: count, scale: 6 };
}

/** Bytes as GB of 10^9 bytes, which are somewhat more than AWS charges by (2^30). */
export function gigabytes(bytes: bigint): Decimal {
  return { unscaled: bytes, scale: NANO_SCALE };
}

/** GB-seconds, the unit that Lambda charges by. */
export function gigabyteSeconds(memoryMib: number, durationMs: bigint): Decimal {
  return times(GB_SECONDS_PER_MIB_MS, BigInt(memoryMib), durationMs);
}

/** Rounds to cents, half up, so that printed lines add up to the printed totals. */
export function toCents(amount: Decimal): Decimal {
  if (amount.scale <= 2) return addDecimals(amount, NO_MONEY);
  const divisor = 10n ** BigInt(amount.scale - 2);
  return { unscaled: (amount.unscaled + divisor / 2n) / divisor, scale: 2 };
}

/** The sum of amounts. */
export function sum(amounts: readonly Decimal[]): Decimal {
  return amounts.reduce(addDecimals, NO_MONEY);
}

/** GB with one decimal, for people only: rounded values are not used for computing. */
export function gigabytesText(bytes: bigint): string {
  const tenths = (bytes + 50_000_000n) / 100_000_000n;
  return `${formatDecimal({ unscaled: tenths, scale: 1 })} GB`;
}

/** Millions with two decimals, for people. */
export function millionsText(count: bigint): string {
  return `${formatDecimal({ unscaled: (count + 5_000n) / 10_000n, scale: 2 })} M`;
}
