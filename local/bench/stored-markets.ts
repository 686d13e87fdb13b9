import { setTimeout as sleep } from 'node:timers/promises';
import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { ExchangeStatusReader } from '../../lambdas/shared/domain/ports';

/** A look takes as long as storing some hundred markets: more of them would slow down what is measured. */
const LOOK_EVERY_MS = 250;

/** Times how soon after now the markets of exchanges are stored up to a time. */
export class StoredMarkets {
  readonly #store: ExchangeStatusReader;
  readonly #exchanges: readonly ExchangeName[];
  readonly #toMs: number;
  readonly #startedMs = performance.now();
  readonly #latenciesMs = new Map<string, number>();

  constructor(store: ExchangeStatusReader, exchanges: readonly ExchangeName[], toMs: number) {
    this.#store = store;
    this.#exchanges = exchanges;
    this.#toMs = toMs;
  }

  /** The time that has passed, in milliseconds. */
  elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  /** From the start until a market was found stored, in milliseconds, for each that was. */
  latenciesMs(): readonly number[] {
    return [...this.#latenciesMs.values()];
  }

  /** Looks again and again while some work lasts, and a last time once it has ended. */
  async lookDuring(work: Promise<void>): Promise<void> {
    let hasEnded = false;
    const ended = work.finally(() => (hasEnded = true));
    await Promise.all([ended, this.#lookUntil(() => hasEnded)]);
  }

  async #lookUntil(hasEnded: () => boolean): Promise<void> {
    for (;;) {
      const isLast = hasEnded();
      await Promise.all(this.#exchanges.map((exchange) => this.#look(exchange)));
      if (isLast) return;
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** A market's progress is written after its candles. */
  async #look(exchange: ExchangeName): Promise<void> {
    const { status } = await this.#store.readExchangeStatus(exchange);
    const lookedMs = this.elapsedMs();
    for (const [market, { progress }] of status) {
      const isStored = (progress?.seenToMs ?? 0) >= this.#toMs;
      if (isStored && !this.#latenciesMs.has(market)) this.#latenciesMs.set(market, lookedMs);
    }
  }
}
