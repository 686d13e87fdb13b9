import { type Decimal, formatDecimal, parseDecimal } from '../../../lambdas/shared/domain/decimal';

/** The digits behind the point that Gate.io writes volumes with. */
const VOLUME_SCALE = 8;
const NUMBER_LITERAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;
/** Far beyond any price or volume: keeps a mistyped exponent from making a gigabyte of zeros. */
const MAX_EXPONENT = 30;

/** A text is no number, or has an exponent beyond 30. */
export class InvalidNumberLiteralError extends Error {
  override readonly name = 'InvalidNumberLiteralError';
  constructor(text: string) {
    super(
      `Not a number: ${JSON.stringify(text.slice(0, 60))}; expected digits with at most one point, or such as 9.818e-05 with an exponent of -${MAX_EXPONENT} to ${MAX_EXPONENT}`,
    );
  }
}

/**
 * A number literal (`9.818e-05`, `100.50`, `7`) as a plain decimal string, digit
 * by digit: `0.00009818`, `100.50`, `7`.
 *
 * @throws InvalidNumberLiteralError
 */
export function plainDecimal(literal: string): string {
  const match = NUMBER_LITERAL.exec(literal);
  if (match === null) throw new InvalidNumberLiteralError(literal);
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = match;
  const exponent = Number(exponentText);
  if (Math.abs(exponent) > MAX_EXPONENT) throw new InvalidNumberLiteralError(literal);
  const digits = whole + fraction;
  const scale = fraction.length - exponent;
  const unscaled = BigInt(sign + digits) * 10n ** BigInt(Math.max(0, -scale));
  return formatDecimal({ unscaled, scale: Math.max(0, scale) });
}

/**
 * The exact product of two plain decimals, rounded half up to 8 decimals.
 *
 * @throws InvalidDecimalError for a text that is no plain decimal
 */
export function volumeProduct(a: string, b: string): string {
  const left = parseDecimal(a);
  const right = parseDecimal(b);
  const product = { unscaled: left.unscaled * right.unscaled, scale: left.scale + right.scale };
  return formatDecimal(atVolumeScale(product));
}

/** The share `part` / `whole` of a volume that is not negative, rounded down to 8 decimals. */
export function volumeShare(volume: string, part: number, whole: number): string {
  const { unscaled, scale } = parseDecimal(volume);
  const dividend = unscaled * BigInt(part) * 10n ** BigInt(VOLUME_SCALE);
  const divisor = BigInt(whole) * 10n ** BigInt(scale);
  return formatDecimal({ unscaled: dividend / divisor, scale: VOLUME_SCALE });
}

function atVolumeScale({ unscaled, scale }: Decimal): Decimal {
  if (scale <= VOLUME_SCALE) {
    return { unscaled: unscaled * 10n ** BigInt(VOLUME_SCALE - scale), scale: VOLUME_SCALE };
  }
  const divisor = 10n ** BigInt(scale - VOLUME_SCALE);
  return { unscaled: (unscaled + divisor / 2n) / divisor, scale: VOLUME_SCALE };
}
