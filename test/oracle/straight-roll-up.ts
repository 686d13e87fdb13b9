import type { Candle } from '../../lambdas/shared/domain/candle';
import type { Decimal } from '../../lambdas/shared/domain/decimal';

/** A window as texts, digit by digit. */
export interface PlainWindow {
  readonly openTimeMs: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly baseVolume: string;
  readonly quoteVolume: string;
  readonly minutes: number;
}

/** More digits than any candle of the tests has. */
const DIGITS = 30;

/**
 * Windows straight from minutes, by grouping and BigInt arithmetic: it shares
 * nothing with the roll-up but its answer.
 */
export function straightWindows(minutes: readonly Candle[], lengthMs: number): PlainWindow[] {
  const opening = ({ openTimeMs }: Candle) => openTimeMs - (openTimeMs % lengthMs);
  const times = [...new Set(minutes.map(opening))].sort((a, b) => a - b);
  return times.map((time) =>
    windowOf(
      time,
      minutes.filter((minute) => opening(minute) === time),
    ),
  );
}

function windowOf(openTimeMs: number, group: readonly Candle[]): PlainWindow {
  const inOrder = group.toSorted((a, b) => a.openTimeMs - b.openTimeMs);
  const highs = inOrder.map(({ high }) => high);
  const lows = inOrder.map(({ low }) => low);
  const top = highs.map(whole).reduce((a, b) => (b > a ? b : a));
  const bottom = lows.map(whole).reduce((a, b) => (b < a ? b : a));
  return {
    openTimeMs,
    open: textOf(inOrder.at(0)?.open),
    high: textOf(highs.find((high) => whole(high) === top)),
    low: textOf(lows.find((low) => whole(low) === bottom)),
    close: textOf(inOrder.at(-1)?.close),
    baseVolume: sumOf(inOrder.map(({ baseVolume }) => baseVolume)),
    quoteVolume: sumOf(inOrder.map(({ quoteVolume }) => quoteVolume)),
    minutes: inOrder.length,
  };
}

/** A candle as such a window. */
export function plain(candle: Candle): PlainWindow {
  const { openTimeMs, open, high, low, close, baseVolume, quoteVolume, minutes } = candle;
  return {
    openTimeMs,
    open: textOf(open),
    high: textOf(high),
    low: textOf(low),
    close: textOf(close),
    baseVolume: textOf(baseVolume),
    quoteVolume: textOf(quoteVolume),
    minutes,
  };
}

function whole({ unscaled, scale }: Decimal): bigint {
  return unscaled * 10n ** BigInt(DIGITS - scale);
}

function sumOf(values: readonly Decimal[]): string {
  const scale = Math.max(...values.map((value) => value.scale));
  const sum = values.map(whole).reduce((a, b) => a + b);
  return textOf({ unscaled: sum / 10n ** BigInt(DIGITS - scale), scale });
}

/** Digits and scale: `150e-2`. Two numbers are the same text only if every digit is. */
function textOf(value: Decimal | undefined): string {
  return value === undefined ? 'none' : `${value.unscaled}e-${value.scale}`;
}
