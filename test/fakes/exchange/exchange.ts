import type { Candle } from '../../../lambdas/shared/domain/candle';
import type {
  BanToNote,
  CandlesQuery,
  Exchange,
  ExchangeAnswer,
} from '../../../lambdas/shared/domain/ports';

/** An exchange that answers from one function, and keeps what it was asked. */
export class FakeExchange implements Exchange {
  readonly requests: CandlesQuery[] = [];
  headroom: number | undefined;
  /** The end of the refusal of this address that it has met; it is undefined until then. */
  refusalEndsMs: number | undefined;
  readonly #answer: (query: CandlesQuery) => readonly Candle[] | ExchangeAnswer;

  /** A list of candles is an answer without a rejected row. */
  constructor(answer: (query: CandlesQuery) => readonly Candle[] | ExchangeAnswer) {
    this.#answer = answer;
  }
  async candles(query: CandlesQuery): Promise<ExchangeAnswer> {
    this.requests.push(query);
    const answer = await Promise.resolve(query).then((asked) => this.#answer(asked));
    return 'candles' in answer ? answer : { candles: answer, rejected: [] };
  }
  takeHeadroom(): number | undefined {
    return this.headroom;
  }
  heedBan(untilMs: number | null): void {
    if (untilMs !== null) throw new Error(`Only a real exchange follows bans: ${untilMs}`);
  }
  banToNote(): BanToNote | undefined {
    return undefined;
  }
  refusedUntilMs(): number | undefined {
    return this.refusalEndsMs;
  }
}
