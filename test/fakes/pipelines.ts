import { type CandlesByInterval } from '../../lambdas/shared/domain/candle';
import { DAY_MS, type Interval, intervalMs, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { type LedgerDay, unknownDay } from '../../lambdas/shared/domain/ledger/ledger';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import type { StatusByMarket, StoredCandles } from '../../lambdas/shared/domain/ports';
import type { Gap } from '../../lambdas/shared/domain/progress/gaps';
import type { MarketStatus } from '../../lambdas/shared/domain/progress/progress';
import type {
  StoredCandle,
  TimeRange,
} from '../../lambdas/shared/adapters/database/stored-candles';
import type { ChildrenRange } from '../../lambdas/shared/domain/roll-up';
import type {
  Pipeline,
  PipelineAccess,
  PipelineChoice,
  PipelineStore,
} from '../../ops/pipeline/pipeline';

export const BTC: Market = { exchange: 'gate-io', pair: 'BTC_USDT' };
export const POWR: Market = { exchange: 'gate-io', pair: 'POWR_BTC' };

/** A local run that follows two markets. */
export function pipelineOf(fields: Partial<Pipeline> = {}): Pipeline {
  return {
    name: 'the local run',
    markets: [BTC, POWR],
    historyStartMs: Date.UTC(2026, 2, 1),
    exchanges: new Map([
      [
        'gate-io',
        {
          name: 'gate-io',
          pairs: [BTC.pair, POWR.pair],
          retentionMs: 9_900 * MINUTE_MS,
          url: 'http://127.0.0.1:4570/api/v4',
          archiveUrl: 'http://127.0.0.1:4571',
        },
      ],
    ]),
    database: {
      CASSANDRA_CONTACT_POINTS: ['127.0.0.1:9042'],
      CASSANDRA_LOCAL_DATA_CENTER: 'datacenter1',
      CASSANDRA_AUTHENTICATION: 'none',
      CASSANDRA_KEYSPACE: 'candlestream',
    },
    credentials: undefined,
    ...fields,
  };
}

/** Stored data of a pipeline, in memory; what it is told to reopen is kept. */
export class FakePipelineStore implements PipelineStore {
  readonly status = new Map<string, MarketStatus>();
  readonly days = new Map<string, LedgerDay[]>();
  readonly gaps = new Map<string, Gap[]>();
  readonly candles = new Map<string, CandlesByInterval>();
  readonly reopened: string[] = [];
  /** When each of them was reopened, in the same order. */
  readonly reopenedAtMs: number[] = [];
  /** If true, what is told to be reopened stays sealed. */
  keepsSeals = false;
  /** The clock of the database; undefined if it is not to be read. */
  databaseTimeMs: number | undefined;
  known: readonly Market[] = [];
  closed = 0;
  /** The ranges of candles that were read with their observation. */
  readonly reads: TimeRange[] = [];
  /** Is awaited before each reading of candles with their observation. */
  beforeCandles: () => Promise<void> = () => Promise.resolve();
  /** Is called before each reading of days. */
  beforeDays: () => void = () => undefined;

  readStatus(markets: readonly Market[]): Promise<StatusByMarket> {
    const keys = new Set(markets.map(marketKey));
    return Promise.resolve(new Map([...this.status].filter(([key]) => keys.has(key))));
  }
  readDays(market: Market, { fromMs, toMs }: { fromMs: number; toMs: number }) {
    this.beforeDays();
    const days = this.days.get(marketKey(market)) ?? [];
    const within = days.filter(({ dayMs }) => dayMs >= fromMs && dayMs < toMs);
    return Promise.resolve(within.sort((a, b) => b.dayMs - a.dayMs));
  }
  readGaps(market: Market, { fromMs, toMs }: { fromMs: number; toMs: number }) {
    const gaps = this.gaps.get(marketKey(market)) ?? [];
    return Promise.resolve(gaps.filter((gap) => gap.fromMs >= fromMs && gap.fromMs < toMs));
  }
  readCandles(market: Market, ranges: readonly ChildrenRange[]): Promise<StoredCandles> {
    const stored = this.candles.get(marketKey(market)) ?? {};
    const candles: Partial<Record<Interval, CandlesByInterval[Interval]>> = {};
    for (const { interval, fromMs, toMs } of ranges) {
      candles[interval] = (stored[interval] ?? []).filter(
        ({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs,
      );
    }
    return Promise.resolve({ candles, unreadable: [] });
  }
  readStoredRange(market: Market, interval: Interval): Promise<TimeRange | undefined> {
    const candles = this.candles.get(marketKey(market))?.[interval] ?? [];
    const [first, last] = [candles.at(0), candles.at(-1)];
    if (first === undefined || last === undefined) return Promise.resolve(undefined);
    return Promise.resolve({
      fromMs: first.openTimeMs,
      toMs: last.openTimeMs + intervalMs(interval),
    });
  }
  async readStoredCandles(
    market: Market,
    range: TimeRange & { readonly interval: Interval },
  ): Promise<readonly StoredCandle[]> {
    this.reads.push(range);
    await this.beforeCandles();
    const { interval, fromMs, toMs } = range;
    const candles = this.candles.get(marketKey(market))?.[interval] ?? [];
    return candles
      .filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs)
      .map((candle) => ({
        ...candle,
        closed: true,
        observedAtMs: candle.openTimeMs + 2 * intervalMs(interval),
        source: 'api',
      }));
  }
  reopenDay(market: Market, dayMs: number, reopenedAtMs: number): Promise<void> {
    this.reopened.push(`${marketKey(market)} ${new Date(dayMs).toISOString().slice(0, 10)}`);
    this.reopenedAtMs.push(reopenedAtMs);
    if (this.keepsSeals) return Promise.resolve();
    const key = marketKey(market);
    const days = this.days.get(key) ?? [];
    const day = days.find((one) => one.dayMs === dayMs) ?? unknownDay(dayMs);
    const audit = day.audit && {
      ...day.audit,
      ...{ correctedCount: 0, suspectsMs: [], auditCount: 0 },
      ...{ agreed: false, sealedAtMs: null, disputed: false },
    };
    const others = days.filter((one) => one.dayMs !== dayMs);
    this.days.set(key, [...others, { ...day, audit, ask: undefined, reopenedAtMs }]);
    return Promise.resolve();
  }
  /** Replaces what the ledger says of a day. */
  putDay(market: Market, day: LedgerDay): void {
    const others = (this.days.get(marketKey(market)) ?? []).filter(
      ({ dayMs }) => dayMs !== day.dayMs,
    );
    this.days.set(marketKey(market), [...others, day]);
  }
  databaseTime(): Promise<number> {
    if (this.databaseTimeMs !== undefined) return Promise.resolve(this.databaseTimeMs);
    return Promise.reject(new Error('The clock of the database is not to be read.'));
  }
  knownMarkets(): Promise<readonly Market[]> {
    return Promise.resolve(this.known);
  }
  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

/** One pipeline whose data is in memory; the choices that it was found by are kept. */
export class FakePipelines implements PipelineAccess {
  readonly choices: PipelineChoice[] = [];
  readonly store = new FakePipelineStore();
  pipeline = pipelineOf();
  broken: Error | undefined;
  readonly find = (choice: PipelineChoice): Promise<Pipeline> => {
    this.choices.push(choice);
    if (this.broken !== undefined) return Promise.reject(this.broken);
    return Promise.resolve(this.pipeline);
  };
  readonly open = (): PipelineStore => this.store;
}

/** The starts of so many days from one on. */
export function daysFrom(firstMs: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => firstMs + index * DAY_MS);
}
