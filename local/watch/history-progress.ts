import { createDayLedger } from '../../lambdas/shared/adapters/database/day-ledger';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import { DAY_MS, floorTo } from '../../lambdas/shared/domain/interval';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { DayReader } from '../../lambdas/shared/domain/ports';
import type { MarketStatus } from '../../lambdas/shared/domain/progress';
import type { HistoryStatus } from './run-status';

/** The ledger of years has many rows: it is not read at each look. */
const READ_EVERY_MS = 5_000;

interface ReadHistory {
  readonly status: HistoryStatus;
  readonly atMs: number;
}

/** Reads how much of each market's history is stored: of the days before its live start. */
export class HistoryProgress {
  readonly #days: DayReader;
  readonly #startMs: number;
  readonly #clock: () => number;
  readonly #read = new Map<string, ReadHistory>();

  /** @param startMs start of the first UTC day that is wanted of each market */
  constructor(session: CassandraSession, startMs: number, clock: () => number = Date.now) {
    this.#days = createDayLedger(session);
    this.#startMs = startMs;
    this.#clock = clock;
  }

  /** Null before the market has started live, as the end of its history is not known. */
  async of(market: Market, status: MarketStatus | undefined): Promise<HistoryStatus | null> {
    const endMs = status?.progress?.liveSinceMs;
    if (endMs === undefined) return null;
    const fromMs = Math.max(this.#startMs, floorTo(status?.listedSinceMs ?? 0, DAY_MS));
    const wantedDays = Math.max(0, (endMs - fromMs) / DAY_MS);
    const before = this.#read.get(marketKey(market));
    if (before !== undefined && this.#isFresh(before, wantedDays)) return before.status;
    const days = await this.#days.readDays(market, { fromMs, toMs: endMs });
    const storedDays = days.filter(({ audit }) => audit !== undefined).length;
    const history = { storedDays, wantedDays };
    this.#read.set(marketKey(market), { status: history, atMs: this.#clock() });
    return history;
  }

  /** What is stored of history stays. */
  #isFresh({ status, atMs }: ReadHistory, wantedDays: number): boolean {
    if (status.wantedDays !== wantedDays) return false;
    return status.storedDays === wantedDays || this.#clock() - atMs < READ_EVERY_MS;
  }
}
