import type { ExchangeCandle } from './candles/exchange-candle';

/**
 * How an answer goes wrong: `rate-limited` is 429; `server-error` is 500;
 * `bad-gateway` is 502 with a page of HTML; `malformed-json` is 200 and cut short;
 * `wrong-row-shape` is 200 and rows of seven strings, without the base volume;
 * `hang` never answers; `reset` cuts the connection.
 */
export type AnswerFault =
  | 'rate-limited'
  | 'server-error'
  | 'bad-gateway'
  | 'malformed-json'
  | 'wrong-row-shape'
  | 'hang'
  | 'reset';

/** The answers that a fault is for. */
export interface FaultScope {
  /** How many answers; `Infinity` for all until {@link Faults.clear}. @default 1 */
  readonly times?: number;
  /** Only answers about this pair. @default answers about any pair, or none */
  readonly pair?: string;
}

interface ScriptedAnswer {
  readonly fault: AnswerFault;
  readonly pair: string | undefined;
  left: number;
}

interface ScriptedMinute {
  readonly openTimeMs: number;
  readonly untilMs: number;
  /** The answer in place of the minute; undefined while it is hidden. */
  readonly shown: ExchangeCandle | undefined;
}

/**
 * A script of what the exchange does wrong: answers that fail, in the order in
 * which they were scripted, and minutes that come late or are corrected. It can
 * be added to at any time. Times are the exchange's own, in UTC milliseconds.
 */
export class Faults {
  #answers: ScriptedAnswer[] = [];
  readonly #minutes = new Map<string, ScriptedMinute[]>();

  /** Makes the next answers fail, after those already scripted for the same pair. */
  failNext(fault: AnswerFault, { times = 1, pair }: FaultScope = {}): void {
    if (times > 0) this.#answers.push({ fault, pair, left: times });
  }

  /** A late candle: the minute is not answered before `untilMs`. */
  hideMinute(pair: string, openTimeMs: number, untilMs: number): void {
    this.#script(pair, { openTimeMs, untilMs, shown: undefined });
  }

  /** A corrected candle: before `untilMs` its minute answers `candle`, from then on what the source has. */
  answerInstead(pair: string, candle: ExchangeCandle, untilMs: number): void {
    this.#script(pair, { openTimeMs: candle.openTimeMs, untilMs, shown: candle });
  }

  /** Forgets the whole script. */
  clear(): void {
    this.#answers = [];
    this.#minutes.clear();
  }

  /** How many scripted answers are still to come. */
  pendingAnswers(): number {
    return this.#answers.reduce((sum, { left }) => sum + left, 0);
  }

  /** The fault of the answer about to be given, which counts as given; none if it goes well. */
  takeAnswer(pair: string | undefined): AnswerFault | undefined {
    const answer = this.#answers.find((one) => one.pair === undefined || one.pair === pair);
    if (answer === undefined) return undefined;
    answer.left -= 1;
    this.#answers = this.#answers.filter(({ left }) => left > 0);
    return answer.fault;
  }

  /** The candles of `[fromMs, toMs)` as the exchange shows them at `nowMs`, given those that the source has. */
  visible(
    pair: string,
    candles: readonly ExchangeCandle[],
    { fromMs, toMs, nowMs }: { fromMs: number; toMs: number; nowMs: number },
  ): readonly ExchangeCandle[] {
    const active = (this.#minutes.get(pair) ?? []).filter(
      ({ openTimeMs, untilMs }) => nowMs < untilMs && openTimeMs >= fromMs && openTimeMs < toMs,
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
