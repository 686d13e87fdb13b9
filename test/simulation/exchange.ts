import type { Candle } from '../../lambdas/shared/domain/candle';
import type { Decimal } from '../../lambdas/shared/domain/decimal';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { Exchange } from '../../lambdas/shared/domain/ports';
import type { Calls, Life } from './calls';
import type { Random } from './random';

/** A stretch of time, half-open. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What the exchange says of a minute, from when on; the last is final. */
interface Minute {
  readonly openTimeMs: number;
  readonly versions: readonly { readonly fromMs: number; readonly candle: Candle }[];
}

/** The exchange: what was traded, published late and corrected, and final two minutes after its end. */
export interface SimulatedExchange {
  /** The final one-minute candles of a pair, in time order. */
  truth(pair: string): readonly Candle[];
  /** The exchange as one function's environment reaches it. */
  reachedBy(life: Life): Exchange;
}

/** A range that starts before what the exchange still serves. */
export class TooLongAgoError extends Error {
  override readonly name = 'TooLongAgoError';
}

/** After this a candle no longer changes. */
const FINAL_AFTER_MS = 2 * MINUTE_MS;

/** @param retentionMs how far back the exchange serves one-minute candles */
export function createExchange(
  calls: Calls,
  nowMs: () => number,
  trading: ReadonlyMap<string, readonly Minute[]>,
  retentionMs: number,
): SimulatedExchange {
  const minutesOf = (pair: string): readonly Minute[] => trading.get(pair) ?? [];
  return {
    truth: (pair) => minutesOf(pair).map(({ versions }) => versions.at(-1)?.candle as Candle),
    reachedBy: (life) => ({
      takeHeadroom: () => undefined,
      minutes: ({ pair, fromMs, toMs }) =>
        calls.ask(
          life,
          () => `minutes ${pair}`,
          () => {
            if (fromMs < nowMs() - retentionMs) {
              throw new TooLongAgoError(`${pair} from ${fromMs} is too long ago`);
            }
            return minutesOf(pair)
              .filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs)
              .flatMap(({ versions }) => {
                const said = versions.findLast((version) => version.fromMs <= nowMs());
                return said === undefined ? [] : [said.candle];
              });
          },
        ),
    }),
  };
}

/** The trading of a pair in some stretches, with minutes that nobody traded in. */
export function createTrading(random: Random, stretches: readonly Stretch[]): Minute[] {
  const density = random.pick([0.5, 0.8, 1]);
  const unruly = random.pick([0, 0.3, 0.8]);
  const scale = random.int(0, 10);
  return stretches.flatMap(({ fromMs, toMs }) => {
    const minutes: Minute[] = [];
    for (let openTimeMs = fromMs; openTimeMs < toMs; openTimeMs += MINUTE_MS) {
      if (random.chance(density)) minutes.push(createMinute(random, openTimeMs, scale, unruly));
    }
    return minutes;
  });
}

/** A minute: `unruly` is how probably it is published late, and corrected. */
function createMinute(random: Random, openTimeMs: number, scale: number, unruly: number): Minute {
  const endMs = openTimeMs + MINUTE_MS;
  const publishedMs = random.chance(unruly) ? random.int(0, FINAL_AFTER_MS) : 0;
  const corrections = random.chance(unruly) ? random.int(1, 2) : 0;
  const times = Array.from({ length: corrections }, () => random.int(publishedMs, FINAL_AFTER_MS));
  const versions = [publishedMs, ...times]
    .sort((a, b) => a - b)
    .map((lateMs) => ({ fromMs: endMs + lateMs, candle: createCandle(random, openTimeMs, scale) }));
  return { openTimeMs, versions };
}

function createCandle(random: Random, openTimeMs: number, scale: number): Candle {
  const decimal = (unscaled: number): Decimal => {
    // The same price can be written with one digit more.
    const more = random.chance(0.2) ? 1 : 0;
    return { unscaled: BigInt(unscaled) * 10n ** BigInt(more), scale: scale + more };
  };
  const volume = (): Decimal => ({
    unscaled: BigInt(random.int(0, 2 ** 30)) * 10n ** BigInt(random.pick([0, 0, 0, 12])),
    scale: random.int(0, 12),
  });
  const low = random.int(90, 110);
  const high = low + random.int(0, 20);
  return {
    openTimeMs,
    open: decimal(random.int(low, high)),
    high: decimal(high),
    low: decimal(low),
    close: decimal(random.int(low, high)),
    baseVolume: volume(),
    quoteVolume: volume(),
    minutes: 1,
  };
}
