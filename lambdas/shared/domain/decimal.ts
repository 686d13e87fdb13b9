/**
 * An exact decimal number: `unscaled` x 10^-`scale`, the form of Cassandra's
 * `decimal`. `scale` counts the digits behind the point and is never negative.
 */
export interface Decimal {
  readonly unscaled: bigint;
  readonly scale: number;
}

/** A text that is not a plain decimal number. */
export class InvalidDecimalError extends Error {
  override readonly name = 'InvalidDecimalError';
  constructor(text: string) {
    super(
      `Not a decimal number: ${JSON.stringify(text.slice(0, 60))}; expected digits with at most one point, such as "0.00012300"`,
    );
  }
}

const PLAIN_DECIMAL = /^-?\d{1,60}(?:\.\d{1,40})?$/;

/**
 * Reads a plain decimal such as `"67772.5"`. Its scale is kept as written:
 * `"1.50"` has scale 2. No exponents, no signs but `-`.
 *
 * @throws InvalidDecimalError for anything else, absurdly long numbers included
 */
export function parseDecimal(text: string): Decimal {
  if (!PLAIN_DECIMAL.test(text)) throw new InvalidDecimalError(text);
  const point = text.indexOf('.');
  if (point < 0) return { unscaled: BigInt(text), scale: 0 };
  const digits = text.slice(0, point) + text.slice(point + 1);
  return { unscaled: BigInt(digits), scale: text.length - point - 1 };
}

/** The inverse of {@link parseDecimal}: every digit of the scale is written. */
export function formatDecimal({ unscaled, scale }: Decimal): string {
  if (scale === 0) return unscaled.toString();
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

const powersOfTen: bigint[] = [1n];

function powerOfTen(exponent: number): bigint {
  for (let known = powersOfTen.length; known <= exponent; known++) {
    powersOfTen.push(10n ** BigInt(known));
  }
  return powersOfTen[exponent] ?? 10n ** BigInt(exponent);
}

/** Whether a number, written out, has at most so many digits before and behind its point. */
export function hasAtMostDigits(
  { unscaled, scale }: Decimal,
  { whole, fraction }: { readonly whole: number; readonly fraction: number },
): boolean {
  if (scale > fraction) return false;
  const limit = powerOfTen(whole + scale);
  return unscaled < limit && unscaled > -limit;
}

function rescaled(value: Decimal, scale: number): bigint {
  return value.scale === scale ? value.unscaled : value.unscaled * powerOfTen(scale - value.scale);
}

/** The exact sum, at the larger of the two scales: associative and commutative. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { unscaled: rescaled(a, scale) + rescaled(b, scale), scale };
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`, whatever their scales. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = rescaled(a, scale);
  const right = rescaled(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}
