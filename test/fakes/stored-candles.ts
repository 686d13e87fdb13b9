import type { CandlesByInterval } from '../../lambdas/shared/domain/candle';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { LedgerDay } from '../../lambdas/shared/domain/ledger/ledger';
import type { CandleReader, DayReader, StoredCandles } from '../../lambdas/shared/domain/ports';
import type { ChildrenRange } from '../../lambdas/shared/domain/roll-up';

/** Stored candles that keep what was read of them; reads of some markets can be made to fail. */
export class FakeStored implements CandleReader, DayReader {
  /** What the ledger says of each day. */
  days: readonly LedgerDay[] = [];
  readonly reads: { key: string; ranges: readonly ChildrenRange[] }[] = [];
  brokenFor: ((market: Market, ranges: readonly ChildrenRange[]) => boolean) | undefined;
  unreadable: StoredCandles['unreadable'] = [];
  readonly #candles: CandlesByInterval | Error;

  constructor(candles: CandlesByInterval | Error) {
    this.#candles = candles;
  }
  readDays(_market: Market, { fromMs, toMs }: { fromMs: number; toMs: number }) {
    return Promise.resolve(this.days.filter(({ dayMs }) => dayMs >= fromMs && dayMs < toMs));
  }
  readCandles(market: Market, ranges: readonly ChildrenRange[]): Promise<StoredCandles> {
    this.reads.push({ key: marketKey(market), ranges });
    if (this.#candles instanceof Error) return Promise.reject(this.#candles);
    if (this.brokenFor?.(market, ranges) === true) {
      return Promise.reject(new Error(`the candles of ${marketKey(market)} cannot be read`));
    }
    return Promise.resolve({ candles: this.#candles, unreadable: this.unreadable });
  }
}
