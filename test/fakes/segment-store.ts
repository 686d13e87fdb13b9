import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import {
  type LedgerDay,
  type StoredAudit,
  unknownDay,
} from '../../lambdas/shared/domain/ledger/ledger';
import type {
  SegmentStore,
  StatusByMarket,
  StoredCandles,
} from '../../lambdas/shared/domain/ports';
import type { Gap } from '../../lambdas/shared/domain/progress/gaps';
import type { Progress } from '../../lambdas/shared/domain/progress/progress';
import type { ChildrenRange } from '../../lambdas/shared/domain/roll-up';
import type { RolledSegment } from '../../lambdas/shared/domain/segment';
import { statusOf } from './listings';

type Call =
  'candles' | 'gap' | 'no gap' | 'progress' | 'status' | 'gaps' | 'stored' | 'days' | 'audit';

/** A store in memory that keeps the order of its calls; calls for a market can be made to fail. */
export class FakeStore implements SegmentStore {
  readonly calls: string[] = [];
  readonly gaps: { key: string; gap: Gap; observedAtMs: number }[] = [];
  readonly segments: RolledSegment[] = [];
  readonly progress = new Map<string, Progress>();
  readonly days = new Map<string, LedgerDay[]>();
  brokenFor: ((call: Call, market: Market) => boolean) | undefined;

  async writeCandles(segment: RolledSegment): Promise<void> {
    await this.#call('candles', segment);
    this.segments.push(segment);
  }
  async writeGap(market: Market, gap: Gap, observedAtMs: number): Promise<void> {
    await this.#call('gap', market);
    this.gaps.push({ key: marketKey(market), gap, observedAtMs });
  }
  async deleteGap(market: Market, { fromMs }: Gap): Promise<void> {
    await this.#call('no gap', market);
    const key = marketKey(market);
    const index = this.gaps.findIndex((one) => one.key === key && one.gap.fromMs === fromMs);
    if (index >= 0) this.gaps.splice(index, 1);
  }
  async readGaps(market: Market, range: { fromMs: number; toMs: number }): Promise<Gap[]> {
    await this.#call('gaps', market);
    const key = marketKey(market);
    return this.gaps
      .filter((one) => one.key === key && isWithin(one.gap.fromMs, range))
      .map(({ gap }) => gap);
  }
  async writeProgress(market: Market, progress: Progress): Promise<void> {
    await this.#call('progress', market);
    this.progress.set(marketKey(market), progress);
  }
  async readStatus(markets: readonly Market[]): Promise<StatusByMarket> {
    for (const market of markets) await this.#call('status', market);
    const keys = new Set(markets.map(marketKey));
    const known = [...this.progress].filter(([key]) => keys.has(key));
    return new Map(known.map(([key, progress]) => [key, statusOf({ progress })]));
  }
  async readDays(market: Market, { fromMs, toMs }: { fromMs: number; toMs: number }) {
    await this.#call('days', market);
    const days = this.days.get(marketKey(market)) ?? [];
    return days.filter(({ dayMs }) => dayMs >= fromMs && dayMs < toMs);
  }
  async writeAudit(market: Market, dayMs: number, audit: StoredAudit): Promise<void> {
    await this.#call('audit', market);
    const key = marketKey(market);
    const days = this.days.get(key) ?? [];
    const day = days.find((one) => one.dayMs === dayMs) ?? unknownDay(dayMs);
    const others = days.filter((one) => one.dayMs !== dayMs);
    this.days.set(key, [...others, { ...day, audit }]);
  }
  /** The minutes of the segments that were written. */
  async readCandles(market: Market, ranges: readonly ChildrenRange[]): Promise<StoredCandles> {
    await this.#call('stored', market);
    const key = marketKey(market);
    const minutes = this.segments
      .filter((segment) => marketKey(segment) === key)
      .flatMap(({ candles }) => candles['1m'] ?? [])
      .filter(({ openTimeMs }) => ranges.some((range) => isWithin(openTimeMs, range)));
    return { candles: { '1m': minutes }, unreadable: [] };
  }

  /** A call is kept when it begins and, past a turn of the event loop, when it is done. */
  async #call(call: Call, market: Market): Promise<void> {
    this.calls.push(`${call} ${market.pair}`);
    await new Promise((resolve) => setImmediate(resolve));
    if (this.brokenFor?.(call, market) === true) {
      throw new Error(`${call} of ${market.pair} failed`);
    }
    this.calls.push(`${call} ${market.pair} done`);
  }
}

function isWithin(timeMs: number, { fromMs, toMs }: { fromMs: number; toMs: number }): boolean {
  return timeMs >= fromMs && timeMs < toMs;
}
