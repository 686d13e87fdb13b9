import type { Candle } from '../../../lambdas/shared/domain/candle';
import type { Decimal } from '../../../lambdas/shared/domain/decimal';
import { DAY_MS, floorTo, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { RejectedMinute } from '../../../lambdas/shared/domain/segment';
import type { Faults } from '../faults';
import type { Scenario } from '../scenario';
import type { Random } from './random';

/** Anything that the exchange says of a minute: a candle, a row that cannot be one, or nothing any more. */
export type Said = Candle | RejectedMinute | 'withdrawn';

/** A minute, with all that the exchange says of it, each from when on. */
export interface TradedMinute {
  readonly openTimeMs: number;
  readonly versions: readonly Version[];
}

interface Version {
  readonly fromMs: number;
  readonly said: Said;
}

/** Whether the exchange says a candle. */
export function isCandle(said: Said): said is Candle {
  return said !== 'withdrawn' && !('reason' in said);
}

/** Whether the exchange says a row that cannot be a candle. */
export function isRejected(said: Said): said is RejectedMinute {
  return said !== 'withdrawn' && 'reason' in said;
}

/** A minute as the exchange says it at a time; undefined if it has not published it yet. */
export function saidAt({ versions }: TradedMinute, timeMs: number): Said | undefined {
  return versions.findLast(({ fromMs }) => fromMs <= timeMs)?.said;
}

/** As a matter of course, a minute is published and corrected for so long after its close. */
const SETTLING_MS = 2 * MINUTE_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** The last word on a minute comes so long after its opening, and reaches a replica before a day that holds it can be sealed. */
const FINAL_MS = 22 * HOUR_MS;
/** All of a day is out so long after its end: a replica that lags has it at the first audit. */
const DAY_OUT_MS = 90 * MINUTE_MS;
/** A second look reaches back so far from what is settled. */
const SECOND_LOOK_MS = 2 * HOUR_MS;

/** How a pair is traded, in all of its minutes. */
interface Style {
  readonly density: number;
  readonly scale: number;
  /** How probable it is that a minute is published late, or corrected, while it settles. */
  readonly unruly: number;
  /** If minutes come in order, so long after their close; undefined if each comes when it will. */
  readonly inOrderAfterMs: number | undefined;
}

/**
 * The trading of a pair: with minutes that nobody trades in, and with what the
 * exchange says of each minute as time goes by.
 *
 * History is final. Before the doubtful stretch it says what evidence alone copes with. In it,
 * within the live loop's reach, the last word on a minute comes before the last
 * second look that reaches back to it; and beyond it, at any time.
 */
export function createTrading(random: Random, faults: Faults, scenario: Scenario): TradedMinute[] {
  const { history, trading, doubtful, closing } = scenario;
  const style: Style = {
    density: random.pick([0.5, 0.8, 1]),
    scale: random.int(0, 10),
    unruly: random.pick([0, 0.3, 0.8]),
    inOrderAfterMs: faults.doubtsFromStart ? random.int(0, 45 * MINUTE_MS) : undefined,
  };
  const write = new MinuteWriter(random, faults, style);
  const minutes = (stretches: readonly Range[], create: (openTimeMs: number) => TradedMinute) =>
    stretches
      .flatMap(openTimes)
      .filter(() => random.chance(style.density))
      .map(create);
  return [
    ...minutes(history, (timeMs) => write.calm(timeMs)),
    ...minutes(trading, (timeMs) =>
      faults.isBeyondReach ? write.beyondReach(timeMs) : write.before(timeMs),
    ),
    ...minutes([doubtful], (timeMs) =>
      faults.isBeyondReach ? write.beyondReach(timeMs) : write.withinReach(timeMs),
    ),
    ...minutes(closing === undefined ? [] : [closing], (timeMs) => write.calm(timeMs)),
  ];
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function openTimes({ fromMs, toMs }: Range): number[] {
  return Array.from({ length: (toMs - fromMs) / MINUTE_MS }, (_, at) => fromMs + at * MINUTE_MS);
}

/** Writes what the exchange says of minutes. */
class MinuteWriter {
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #style: Style;

  constructor(random: Random, faults: Faults, style: Style) {
    this.#random = random;
    this.#faults = faults;
    this.#style = style;
  }

  /** Published at once, and final. */
  calm(openTimeMs: number): TradedMinute {
    return this.#minute(openTimeMs, [openTimeMs + MINUTE_MS]);
  }

  /** In order; or final when it settles. A row that cannot be a candle stays so. */
  before(openTimeMs: number): TradedMinute {
    const { inOrderAfterMs } = this.#style;
    const endMs = openTimeMs + MINUTE_MS;
    const minute = this.#minute(
      openTimeMs,
      inOrderAfterMs === undefined ? this.#settling(endMs) : [endMs + inOrderAfterMs],
    );
    return this.#happens(this.#faults.minuteRejected) ? rejectedFrom(minute, 0) : minute;
  }

  /** Late by up to an hour, corrected within two, no candle for a while or for good. */
  withinReach(openTimeMs: number): TradedMinute {
    const endMs = openTimeMs + MINUTE_MS;
    const finalMs = Math.min(endMs + 2 * HOUR_MS, lastLookAt(openTimeMs));
    const times = this.#happens(this.#faults.minuteLate)
      ? [endMs + this.#random.int(SETTLING_MS, HOUR_MS)]
      : this.#settling(endMs);
    if (this.#happens(this.#faults.minuteCorrected)) {
      times.push(this.#random.int(times.at(-1) ?? endMs, finalMs));
    }
    return this.#perhapsRejected(this.#minute(openTimeMs, times), finalMs);
  }

  /** Late, corrected and withdrawn at any time before its day can be sealed. */
  beyondReach(openTimeMs: number): TradedMinute {
    const endMs = openTimeMs + MINUTE_MS;
    const finalMs = openTimeMs + FINAL_MS;
    const dayOutMs = floorTo(openTimeMs, DAY_MS) + DAY_MS + DAY_OUT_MS;
    const times = this.#happens(this.#faults.minuteLate)
      ? [Math.min(dayOutMs, endMs + this.#random.spread(SETTLING_MS, 5 * HOUR_MS))]
      : this.#settling(endMs);
    if (this.#happens(this.#faults.minuteCorrected)) {
      const correctedMs = (times.at(-1) ?? endMs) + this.#random.spread(MINUTE_MS, 24 * HOUR_MS);
      times.push(Math.min(finalMs, correctedMs));
    }
    const lastMs = times.at(-1) ?? endMs;
    const goodAtMs = Math.min(finalMs, lastMs + 5 * HOUR_MS);
    const minute = this.#perhapsRejected(this.#minute(openTimeMs, times), goodAtMs);
    if (!this.#happens(this.#faults.minuteWithdrawn)) return minute;
    const fromMs = Math.min(finalMs, lastMs + this.#random.spread(MINUTE_MS, 24 * HOUR_MS));
    return withVersion(minute, { fromMs, said: 'withdrawn' });
  }

  /** At first, at last or in between, a row that is no candle; good again by `goodAtMs`, unless it never is. */
  #perhapsRejected(minute: TradedMinute, goodAtMs: number): TradedMinute {
    if (!this.#happens(this.#faults.minuteRejected)) return minute;
    const last = minute.versions.at(-1) as Version;
    const kind = this.#random.pick(['for good', 'at first', 'in between'] as const);
    if (kind === 'for good') return rejectedFrom(minute, 0);
    const againMs = this.#random.int(last.fromMs, goodAtMs);
    if (kind === 'at first') {
      return withVersion(rejectedFrom(minute, 0), { ...last, fromMs: againMs });
    }
    const badMs = this.#random.int(last.fromMs, againMs);
    return withVersion(rejectedFrom(minute, badMs), { ...last, fromMs: againMs });
  }

  /** When a minute is published and corrected as a matter of course. */
  #settling(endMs: number): number[] {
    const { unruly } = this.#style;
    const publishedMs = this.#happens(unruly) ? this.#random.int(0, SETTLING_MS) : 0;
    const corrections = this.#happens(unruly) ? this.#random.int(1, 2) : 0;
    const times = Array.from({ length: corrections }, () =>
      this.#random.int(publishedMs, SETTLING_MS),
    );
    return [publishedMs, ...times].sort((a, b) => a - b).map((lateMs) => endMs + lateMs);
  }

  #minute(openTimeMs: number, times: readonly number[]): TradedMinute {
    const versions = times.map((fromMs) => ({
      fromMs,
      said: createCandle(this.#random, openTimeMs, this.#style.scale),
    }));
    return { openTimeMs, versions };
  }

  #happens(probability: number): boolean {
    return this.#random.chance(probability);
  }
}

/**
 * The full hour of the last second look that reaches back to a minute, if
 * nothing newer is traded: silence settles what is an hour ago, and the look
 * starts two hours before that.
 */
function lastLookAt(openTimeMs: number): number {
  return floorTo(openTimeMs + HOUR_MS + SECOND_LOOK_MS, HOUR_MS);
}

/** The minute, with rows that cannot be candles from a time on. */
function rejectedFrom({ openTimeMs, versions }: TradedMinute, timeMs: number): TradedMinute {
  const said = { openTimeMs, reason: 'its low is above its high' };
  const before = versions.filter(({ fromMs }) => fromMs < timeMs);
  const fromMs = Math.max(timeMs, versions[0]?.fromMs ?? 0);
  return { openTimeMs, versions: [...before, { fromMs, said }] };
}

function withVersion({ openTimeMs, versions }: TradedMinute, version: Version): TradedMinute {
  return { openTimeMs, versions: [...versions, version] };
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
    minuteCount: 1,
  };
}
