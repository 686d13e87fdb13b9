import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { AnswerFault, ExchangeFaults, ShownRange } from './answer-fault';
import type { ExchangeCandle } from './candles/exchange-candle';

/** The answers that a fault is for. */
export interface FaultScope {
  /** Number of answers; `Infinity` for all until {@link Faults.clear}. @default 1 */
  readonly times?: number;
  /** Only answers about this pair. @default answers about any pair, or none */
  readonly pair?: string;
  /** Only answers of this endpoint, such as `candlesticks`, or `archive`. @default answers of any */
  readonly endpoint?: string;
}

interface ScriptedAnswer {
  readonly fault: AnswerFault;
  readonly pair: string | undefined;
  readonly endpoint: string | undefined;
  left: number;
}

interface ScriptedMinute {
  readonly openTimeMs: number;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** The answer in place of the minute; undefined while it is hidden. */
  readonly shown: ExchangeCandle | undefined;
}

/** For some time, minutes are published late. */
export interface LatePublication {
  /** The time from a minute's close to its publication. */
  readonly delayMs: number;
  readonly fromMs: number;
  /** From then on everything is published. */
  readonly untilMs: number;
}

/**
 * A script of what the exchange does wrong: answers that fail, in the order in
 * which they were scripted, and minutes that come late, are corrected or withdrawn.
 * It can be added to at any time. Times are the exchange's own, in UTC milliseconds.
 */
export class Faults implements ExchangeFaults {
  #answers: ScriptedAnswer[] = [];
  #late: LatePublication[] = [];
  readonly #minutes = new Map<string, ScriptedMinute[]>();
  readonly #monthDelaysMs = new Map<string, number>();

  /** Makes the next answers fail, after those already scripted for the same pair. */
  failNext(fault: AnswerFault, { times = 1, pair, endpoint }: FaultScope = {}): void {
    if (times > 0) this.#answers.push({ fault, pair, endpoint, left: times });
  }

  /** A late candle: the minute is not answered before `untilMs`. */
  hideMinute(pair: string, openTimeMs: number, untilMs: number): void {
    this.#script(pair, { openTimeMs, sinceMs: -Infinity, untilMs, shown: undefined });
  }

  /** A corrected candle: before `untilMs` its minute answers `candle`, from then on what the source has. */
  answerInstead(pair: string, candle: ExchangeCandle, untilMs: number): void {
    const { openTimeMs } = candle;
    this.#script(pair, { openTimeMs, sinceMs: -Infinity, untilMs, shown: candle });
  }

  /** A withdrawn candle: the minute is not answered from `sinceMs` on. */
  withdrawMinute(pair: string, openTimeMs: number, sinceMs: number): void {
    this.#script(pair, { openTimeMs, sinceMs, untilMs: Infinity, shown: undefined });
  }

  /** Publishes the minutes of all pairs late for some time. */
  publishLate(late: LatePublication): void {
    this.#late.push(late);
  }

  /** Publishes a month of the archive so much later than others. */
  publishMonthLate(pair: string, monthMs: number, delayMs: number): void {
    this.#monthDelaysMs.set(monthKey(pair, monthMs), delayMs);
  }

  /** Forgets the whole script. */
  clear(): void {
    this.#answers = [];
    this.#late = [];
    this.#minutes.clear();
    this.#monthDelaysMs.clear();
  }

  /** Number of scripted answers that are still to come. */
  pendingAnswers(): number {
    return this.#answers.reduce((sum, { left }) => sum + left, 0);
  }

  /** The fault of the answer about to be given, which counts as given; none if it goes well. */
  takeAnswer(pair: string | undefined, endpoint: string): AnswerFault | undefined {
    const answer = this.#answers.find(
      (one) =>
        (one.pair === undefined || one.pair === pair) &&
        (one.endpoint === undefined || one.endpoint === endpoint),
    );
    if (answer === undefined) return undefined;
    answer.left -= 1;
    this.#answers = this.#answers.filter(({ left }) => left > 0);
    return answer.fault;
  }

  /** The minutes of `[fromMs, toMs)` as the exchange shows them at `nowMs`, given those that the source has. */
  visible(
    pair: string,
    candles: readonly ExchangeCandle[],
    range: ShownRange,
  ): readonly ExchangeCandle[] {
    return published(this.#corrected(pair, candles, range), this.#late, range.nowMs);
  }

  archived(
    pair: string,
    candles: readonly ExchangeCandle[],
    range: ShownRange,
  ): readonly ExchangeCandle[] {
    return this.visible(pair, candles, range);
  }

  monthDelayMs(pair: string, monthMs: number): number {
    return this.#monthDelaysMs.get(monthKey(pair, monthMs)) ?? 0;
  }

  #corrected(
    pair: string,
    candles: readonly ExchangeCandle[],
    { fromMs, toMs, nowMs }: ShownRange,
  ): readonly ExchangeCandle[] {
    const active = (this.#minutes.get(pair) ?? []).filter(
      ({ openTimeMs, sinceMs, untilMs }) =>
        nowMs >= sinceMs && nowMs < untilMs && openTimeMs >= fromMs && openTimeMs < toMs,
    );
    if (active.length === 0) return candles;
    const byTime = new Map(candles.map((candle) => [candle.openTimeMs, candle]));
    for (const { openTimeMs, shown } of active) {
      if (shown === undefined) byTime.delete(openTimeMs);
      else byTime.set(openTimeMs, shown);
    }
    return [...byTime.values()].toSorted((a, b) => a.openTimeMs - b.openTimeMs);
  }

  #script(pair: string, minute: ScriptedMinute): void {
    this.#minutes.set(pair, [...(this.#minutes.get(pair) ?? []), minute]);
  }
}

function monthKey(pair: string, monthMs: number): string {
  return `${pair} ${monthMs}`;
}

function published(
  candles: readonly ExchangeCandle[],
  late: readonly LatePublication[],
  nowMs: number,
): readonly ExchangeCandle[] {
  const delays = late
    .filter(({ fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs)
    .map(({ delayMs }) => delayMs);
  if (delays.length === 0) return candles;
  const closedByMs = nowMs - Math.max(...delays);
  return candles.filter(({ openTimeMs }) => openTimeMs + MINUTE_MS <= closedByMs);
}
