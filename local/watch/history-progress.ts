import { createDayLedger } from '../../lambdas/shared/adapters/database/day-ledger';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { daysIn, dueOf, unknownDay } from '../../lambdas/shared/domain/ledger/ledger';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { DayReader } from '../../lambdas/shared/domain/ports';
import type { MarketStatus } from '../../lambdas/shared/domain/progress/progress';
import type { FollowedByRun } from '../run/run-description';
import type { HistoryStatus } from './run-status';

/** The ledger of years has many rows: it is not read at each look. */
const READ_EVERY_MS = 5_000;

interface ReadHistory {
  readonly status: HistoryStatus;
  readonly atMs: number;
}

/** The history that a run asks for. */
export interface WantedHistory {
  /** Start of the first UTC day that is wanted of each market. */
  readonly startMs: number;
  /** Age of the oldest one-minute candles that the API of each exchange serves. */
  readonly retentionMs: ReadonlyMap<string, number>;
}

/** The history of what a run follows. */
export function wantedHistoryOf({ exchanges, historyStart }: FollowedByRun): WantedHistory {
  const retentionMs = exchanges.map(
    ({ exchange, retentionMinutes }) => [exchange, retentionMinutes * MINUTE_MS] as const,
  );
  return { startMs: Date.parse(historyStart), retentionMs: new Map(retentionMs) };
}

/** Reads how much of each market's history is stored: of the days before its live start. */
export class HistoryProgress {
  readonly #days: DayReader;
  readonly #wanted: WantedHistory;
  readonly #clock: () => number;
  readonly #read = new Map<string, ReadHistory>();

  constructor(session: CassandraSession, wanted: WantedHistory, clock: () => number = Date.now) {
    this.#days = createDayLedger(session);
    this.#wanted = wanted;
    this.#clock = clock;
  }

  /** Null before the market has started live, as the end of its history is not known. */
  async of(market: Market, status: MarketStatus | undefined): Promise<HistoryStatus | null> {
    const endMs = status?.progress?.liveSinceMs;
    if (endMs === undefined) return null;
    const fromMs = Math.max(this.#wanted.startMs, floorTo(status?.listedSinceMs ?? 0, DAY_MS));
    const wantedDays = Math.max(0, (endMs - fromMs) / DAY_MS);
    const before = this.#read.get(marketKey(market));
    if (before !== undefined && this.#isFresh(before, wantedDays)) return before.status;
    const days = await this.#days.readDays(market, { fromMs, toMs: endMs });
    const stored = new Set(days.flatMap(({ dayMs, audit }) => (audit ? [dayMs] : [])));
    const missing = daysIn(fromMs, endMs).filter((dayMs) => !stored.has(dayMs));
    const waitingDays = missing.filter((dayMs) => this.#isWaiting(market, dayMs)).length;
    const history = { storedDays: stored.size, wantedDays, waitingDays };
    this.#read.set(marketKey(market), { status: history, atMs: this.#clock() });
    return history;
  }

  /** The archive has a month only once that is over. */
  #isWaiting({ exchange }: Market, dayMs: number): boolean {
    const nowMs = this.#clock();
    const retentionMs = this.#wanted.retentionMs.get(exchange) ?? Infinity;
    const due = dueOf(unknownDay(dayMs), { nowMs, retentionMs });
    return due.kind === 'open' && due.source === 'archive' && due.scheduledAtMs > nowMs;
  }

  /** What is stored of history stays. */
  #isFresh({ status, atMs }: ReadHistory, wantedDays: number): boolean {
    if (status.wantedDays !== wantedDays) return false;
    return status.storedDays === wantedDays || this.#clock() - atMs < READ_EVERY_MS;
  }
}
