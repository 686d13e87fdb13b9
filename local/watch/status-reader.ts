import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import {
  countStoredMinutes,
  readCandles,
} from '../../lambdas/shared/adapters/database/stored-candles';
import {
  readExchangeStatus,
  readGaps,
} from '../../lambdas/shared/adapters/database/stored-progress';
import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import { HOUR_MS, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import {
  type FollowedStatus,
  followedStatus,
} from '../../lambdas/shared/domain/followed/followed-status';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import { TOPICS } from '../../lambdas/shared/domain/topics';
import type { FollowedPairs } from '../run/run-exchange';
import type { PartitionLag } from '../emulator/kafka/pipeline-lag';
import type { FunctionName } from '../emulator/template/pipeline-template';
import { HistoryProgress, type WantedHistory } from './history-progress';
import type { FunctionStatus, MappingStatus, PairStatus, RunStatus } from './run-status';

/** The parts of a run that its status is read from: tables, topics and functions, never log texts. */
export interface StatusSources {
  /** The source of the candles, for people. */
  readonly exchange: string;
  /** The exchanges that are followed, with their pairs; of a pattern, the stored ones are shown. */
  readonly followed: readonly FollowedPairs[];
  readonly session: CassandraSession;
  /** Undefined if the run asks for no history. */
  readonly history: WantedHistory | undefined;
  /** The functions that event sources invoke. */
  readonly targets: readonly FunctionName[];
  /** A row for each partition of each event source. */
  readonly lag: () => Promise<readonly PartitionLag[]>;
  /** Records that a topic holds. */
  readonly recordCount: (topic: string) => Promise<number>;
  /** Requests that the database throttled; null if it never does. */
  readonly throttledRequests: () => number | null;
  readonly functions: () => Promise<readonly FunctionStatus[]>;
}

/** The newest candle is looked for in this time before the end of what was seen. */
const NEWEST_WITHIN_MS = HOUR_MS;

/** Reads the status of a run. */
export class StatusReader {
  readonly #sources: StatusSources;
  readonly #history: HistoryProgress | undefined;

  constructor(sources: StatusSources) {
    this.#sources = sources;
    const { session, history } = sources;
    if (history !== undefined) this.#history = new HistoryProgress(session, history);
  }

  /** @throws CassandraError, or an error of Kafka, if they do not answer just now */
  async read(): Promise<RunStatus> {
    const { exchange, functions, recordCount, throttledRequests } = this.#sources;
    const followed = await this.#readFollowed();
    return {
      exchange,
      pairs: await Promise.all(followed.map((one) => this.#readPair(one))),
      functions: await functions(),
      mappings: await this.#readMappings(),
      deadLetters: await recordCount(TOPICS.deadLetter),
      throttledRequests: throttledRequests(),
    };
  }

  async #readFollowed(): Promise<readonly FollowedStatus[]> {
    const { followed, session } = this.#sources;
    const markets = await Promise.all(
      followed.map(async ({ exchange, pairs }) =>
        followedStatus(exchange, pairs, await readExchangeStatus(session, exchange)),
      ),
    );
    return markets.flat();
  }

  /** The pair, or with several exchanges the whole market. */
  #nameOf(market: Market): string {
    return this.#sources.followed.length === 1 ? market.pair : marketKey(market);
  }

  async #readPair({ market, status, unreadable }: FollowedStatus): Promise<PairStatus> {
    const { session } = this.#sources;
    const progress = status?.progress;
    const [minutesStored, gaps, history] = await Promise.all([
      countStoredMinutes(session, market),
      readGaps(session, market),
      this.#history?.of(market, status) ?? null,
    ]);
    return {
      pair: this.#nameOf(market),
      newest: progress === undefined ? null : await this.#readNewest(market, progress.seenToMs),
      seenToMs: progress?.seenToMs ?? null,
      minutesStored,
      gaps: gaps.length,
      history,
      problem: unreadable?.message ?? null,
    };
  }

  async #readNewest(market: Market, seenToMs: number): Promise<PairStatus['newest']> {
    const { candles } = await readCandles(this.#sources.session, {
      ...market,
      interval: '1m',
      fromMs: seenToMs - NEWEST_WITHIN_MS,
      // Candles are stored before the progress that covers them.
      toMs: seenToMs + 2 * MINUTE_MS,
      order: 'newest-first',
      limit: 1,
    });
    const [newest] = candles;
    if (newest === undefined) return null;
    return { openTimeMs: newest.openTimeMs, close: formatDecimal(newest.close) };
  }

  async #readMappings(): Promise<MappingStatus[]> {
    const lag = await this.#sources.lag();
    return this.#sources.targets.map((name) => ({
      name,
      lagRecords: lag
        .filter((row) => row.function === name)
        .reduce((sum, { records }) => sum + records, 0),
    }));
  }
}
