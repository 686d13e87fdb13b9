import type { Decimal } from '../../lambdas/shared/domain/decimal';

/** The type of decimals in Parquet: `decimal(38,18)`, the widest that its readers have. */
export const DECIMAL_PRECISION = 38;
export const DECIMAL_SCALE = 18;

const LIMIT = 10n ** BigInt(DECIMAL_PRECISION);
const FACTORS = Array.from({ length: DECIMAL_SCALE + 1 }, (_, digits) => 10n ** BigInt(digits));

/**
 * A decimal in units of 10^-18: equal to it, though no longer with the digits
 * that it is written with. Undefined if it does not fit `decimal(38,18)`.
 */
export function unscaledDecimal({ unscaled, scale }: Decimal): bigint | undefined {
  const units = unitsOf(unscaled, DECIMAL_SCALE - scale);
  return units !== undefined && -LIMIT < units && units < LIMIT ? units : undefined;
}

function unitsOf(unscaled: bigint, missingDigits: number): bigint | undefined {
  if (missingDigits >= 0) return unscaled * (FACTORS[missingDigits] ?? 1n);
  const excess = 10n ** BigInt(-missingDigits);
  return unscaled % excess === 0n ? unscaled / excess : undefined;
}
