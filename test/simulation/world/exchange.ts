import type { Candle } from '../../../lambdas/shared/domain/candle';
import { DAY_MS, MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import type { CandlesQuery, Exchange, ExchangeAnswer } from '../../../lambdas/shared/domain/ports';
import type { RejectedMinute } from '../../../lambdas/shared/domain/segment';
import { NO_BAN } from '../../fakes/exchange/no-ban';
import type { Faults } from '../faults';
import type { Calls, Life } from './calls';
import type { Random } from './random';
import { isCandle, isRejected, type Said, saidAt, type TradedMinute } from './trading';

/** A stretch of time, half-open. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The last word of the exchange on the minutes of a pair, in time order. */
export interface Truth {
  readonly candles: readonly Candle[];
  /** Minutes whose rows never became candles. */
  readonly rejected: readonly RejectedMinute[];
}

/** The exchange, which says what is to be doubted: late, stale, cut, empty, corrected, withdrawn. */
export interface SimulatedExchange {
  /** All that it says of a pair at a time, without any fault of an answer. */
  truth(pair: string, timeMs: number): Truth;
  /** The last word on the minutes of a UTC day. */
  truthOfDay(pair: string, dayMs: number): Truth;
  /** The exchange as one function's environment reaches it. */
  reachedBy(life: Life): Exchange;
}

/** A range that starts before what the exchange still serves. */
export class TooLongAgoError extends Error {
  override readonly name = 'TooLongAgoError';
}

/** Everything that an exchange is made from. */
export interface ExchangeWorld {
  readonly calls: Calls;
  readonly random: Random;
  readonly faults: Faults;
  readonly nowMs: () => number;
  readonly trading: ReadonlyMap<string, readonly TradedMinute[]>;
  /** How far back it serves one-minute candles. */
  readonly servedMs: number;
  /** From when on any answer may be stale or have a hole, if they are to be within reach. */
  readonly doubtfulFromMs: number;
}

/** After so long, silence about a minute is believed. */
const SILENCE_MS = 60 * MINUTE_MS;
/** A replica lags by so much at most, within the live loop's reach and beyond it. */
const MOST_STALE_MS = 10 * MINUTE_MS;
const MOST_STALE_BEYOND_MS = 90 * MINUTE_MS;

export function createExchange(world: ExchangeWorld): SimulatedExchange {
  const minutesOf = (pair: string): readonly TradedMinute[] => world.trading.get(pair) ?? [];
  const faulty = new FaultyAnswers(world);
  return {
    truth: (pair, timeMs) => answerOf(minutesOf(pair), timeMs),
    truthOfDay: (pair, dayMs) => answerOf(minutesOfDay(minutesOf(pair), dayMs), Infinity),
    reachedBy: (life) => ({
      ...NO_BAN,
      takeHeadroom: () => undefined,
      candles: (query) =>
        world.calls.ask(
          life,
          () => `minutes ${query.pair}`,
          () => {
            const { pair, fromMs, toMs } = query;
            if (fromMs < world.nowMs() - world.servedMs) {
              throw new TooLongAgoError(`${pair} from ${fromMs} is too long ago`);
            }
            const minutes = minutesOf(pair).filter(
              ({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs,
            );
            return faulty.answer(minutes, query);
          },
        ),
    }),
  };
}

/** Minutes that open in a UTC day. */
export function minutesOfDay(minutes: readonly TradedMinute[], dayMs: number): TradedMinute[] {
  return minutes.filter(({ openTimeMs }) => openTimeMs >= dayMs && openTimeMs < dayMs + DAY_MS);
}

/** Answers with the faults of a run. */
class FaultyAnswers {
  readonly #world: ExchangeWorld;
  /** Questions that were asked, each with its tick. */
  readonly #asked = new Set<string>();
  /** Minutes that an answer lacked when they were old, or that one to an audit lacked. */
  readonly #lacked = new Set<TradedMinute>();

  constructor(world: ExchangeWorld) {
    this.#world = world;
  }

  answer(minutes: readonly TradedMinute[], query: CandlesQuery): ExchangeAnswer {
    const { calls, faults, nowMs } = this.#world;
    const isHonest = calls.isCalm() || this.#isAskedAgain(query) || !this.#isDoubtful(minutes);
    if (isHonest) return answerOf(minutes, nowMs());
    if (this.#happens(faults.answerStale)) return answerOf(minutes, nowMs() - this.#lagMs());
    const lacking = this.#lackingOnce(minutes, this.#withHole(this.#withoutEnd(minutes)), query);
    return answerOf(lacking, nowMs());
  }

  /** What is asked for once more within a tick is answered well, so that it is within the loop's reach. */
  #isAskedAgain({ pair, toMs, closedBeforeMs }: CandlesQuery): boolean {
    const question = `${pair} ${toMs} ${closedBeforeMs}`;
    const isKnown = this.#asked.has(question);
    this.#asked.add(question);
    return isKnown && !this.#world.faults.isBeyondReach;
  }

  /**
   * The answer that lacks minutes; but an old one, or one of an audit, is lacking
   * once only: what is wrong in the same way twice cannot be told from the truth.
   */
  #lackingOnce(
    minutes: readonly TradedMinute[],
    kept: readonly TradedMinute[],
    query: CandlesQuery,
  ): readonly TradedMinute[] {
    if (kept.length === minutes.length) return minutes;
    const isLimited = isAudit(query)
      ? () => true
      : (minute: TradedMinute) => !this.#world.faults.isBeyondReach && this.#isOld(minute);
    const left = new Set(kept);
    const limited = minutes.filter((minute) => !left.has(minute) && isLimited(minute));
    if (limited.some((minute) => this.#lacked.has(minute))) return minutes;
    for (const minute of limited) this.#lacked.add(minute);
    return kept;
  }

  /** Cut or empty. */
  #withoutEnd(minutes: readonly TradedMinute[]): readonly TradedMinute[] {
    const { random, faults } = this.#world;
    if (this.#happens(faults.answerEmpty)) return [];
    if (!this.#happens(faults.answerCut)) return minutes;
    return minutes.slice(0, random.int(0, minutes.length));
  }

  /** So old that silence about it would be believed; before the doubtful stretch no second look finds it. */
  #isOld({ openTimeMs }: TradedMinute): boolean {
    const { nowMs, doubtfulFromMs } = this.#world;
    return openTimeMs < doubtfulFromMs && openTimeMs < nowMs() - SILENCE_MS;
  }

  /** Only the second look finds a hole in the middle. */
  #withHole(minutes: readonly TradedMinute[]): readonly TradedMinute[] {
    const { random, faults, doubtfulFromMs } = this.#world;
    if (!this.#happens(faults.answerHole)) return minutes;
    const candidates = minutes.filter(
      ({ openTimeMs }) => faults.isBeyondReach || openTimeMs >= doubtfulFromMs,
    );
    if (candidates.length === 0) return minutes;
    const hole = random.pick(candidates);
    return minutes.filter((minute) => minute !== hole);
  }

  /** Whether the answer about some minutes may be wrong, and still be within the loop's reach. */
  #isDoubtful(minutes: readonly TradedMinute[]): boolean {
    const { faults, doubtfulFromMs } = this.#world;
    if (faults.isBeyondReach || faults.doubtsFromStart) return true;
    return minutes.every(({ openTimeMs }) => openTimeMs >= doubtfulFromMs);
  }

  #lagMs(): number {
    const { random, faults } = this.#world;
    const most = faults.isBeyondReach ? MOST_STALE_BEYOND_MS : MOST_STALE_MS;
    return random.spread(MINUTE_MS, most);
  }

  #happens(probability: number): boolean {
    return this.#world.random.chance(probability);
  }
}

/** Reconcile asks for a whole day, once all of it is closed. */
function isAudit({ fromMs, toMs, closedBeforeMs }: CandlesQuery): boolean {
  return toMs - fromMs === DAY_MS && closedBeforeMs === toMs;
}

/** All that the exchange says of minutes at a time. */
export function answerOf(minutes: readonly TradedMinute[], timeMs: number): ExchangeAnswer {
  const said = minutes
    .map((minute) => saidAt(minute, timeMs))
    .filter((one): one is Said => one !== undefined);
  return { candles: said.filter(isCandle), rejected: said.filter(isRejected) };
}
