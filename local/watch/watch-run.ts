import { join } from 'node:path';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import { readCandles } from '../../lambdas/shared/adapters/database/stored-candles';
import { readGaps } from '../../lambdas/shared/adapters/database/stored-progress';
import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { ProgressReader } from '../../lambdas/shared/domain/ports';
import type { InvocationReport } from '../emulator/lambda/invocation-report';
import type { EventSource } from '../emulator/event-source/event-source';
import type { PartitionLag } from '../emulator/kafka/pipeline-lag';
import { FUNCTION_NAMES, type FunctionName } from '../emulator/template/pipeline-template';
import { type CountedLine, FunctionLog } from './function-log';
import type { LocalExchange } from '../run/run-exchange';
import type { LocalRun } from '../run/local-run';
import type { FunctionStatus, MappingStatus, PairStatus, RunStatus } from './run-status';

interface PairCounts {
  minutes: number;
  windows: number;
  deadLetters: number;
}

/** What has been heard of the functions' work since the start. */
export class RunCounts {
  readonly #pairs = new Map<string, PairCounts>();
  readonly #invocations = new Map<string, { all: number; failed: number }>();

  invoked(report: Pick<InvocationReport, 'function' | 'result'>): void {
    const counts = this.#invocations.get(report.function) ?? { all: 0, failed: 0 };
    counts.all += 1;
    if (!report.result.ok) counts.failed += 1;
    this.#invocations.set(report.function, counts);
  }

  said(line: CountedLine): void {
    const counts = this.ofPair(line.message === 'stored' ? line.pair : (line.key ?? ''));
    if (line.message === 'dead letter') {
      counts.deadLetters += 1;
      return;
    }
    counts.minutes += line.minutes;
    counts.windows += line.windows;
  }

  ofPair(pair: string): PairCounts {
    const counts = this.#pairs.get(pair) ?? { minutes: 0, windows: 0, deadLetters: 0 };
    this.#pairs.set(pair, counts);
    return counts;
  }

  ofFunction(name: string): { readonly all: number; readonly failed: number } {
    return this.#invocations.get(name) ?? { all: 0, failed: 0 };
  }
}

/** What is looked at of a run. */
export interface WatchedRun {
  /** Where the candles come from, for people. */
  readonly exchange: string;
  readonly pairs: readonly string[];
  readonly session: CassandraSession;
  readonly store: ProgressReader;
  readonly eventSources: readonly Pick<EventSource, 'mapping'>[];
  /** A row for each partition of each event source. */
  readonly lag: () => Promise<readonly PartitionLag[]>;
  /** The counted lines of the functions' logs since the last call. */
  readonly newLines: () => Promise<readonly CountedLine[]>;
  /** How often a function's process was started again. */
  readonly restartsOf: (name: FunctionName) => number;
}

/** Looks at a run whenever it is asked to. */
export class RunWatch {
  readonly #run: WatchedRun;
  readonly #counts: RunCounts;

  constructor(run: WatchedRun, counts: RunCounts) {
    this.#run = run;
    this.#counts = counts;
  }

  /** Watches a local run from now on. */
  static async of(run: LocalRun<LocalExchange>, counts: RunCounts): Promise<RunWatch> {
    const { exchange, pairs, session, store, pipeline } = run;
    const logs = await Promise.all(
      FUNCTION_NAMES.map((name) => FunctionLog.fromItsEnd(join(run.logsDir, `${name}.log`))),
    );
    const watched: WatchedRun = {
      ...{ pairs, session, store, eventSources: pipeline.eventSources },
      exchange: exchange.description.replace(/^exchange: /, ''),
      lag: () => pipeline.lag(),
      newLines: async () => (await Promise.all(logs.map((log) => log.newLines()))).flat(),
      restartsOf: (name) => Math.max(0, pipeline.functions[name].starts - 1),
    };
    return new RunWatch(watched, counts);
  }

  /** @throws CassandraError, or an error of Kafka, where they do not answer just now */
  async status(): Promise<RunStatus> {
    (await this.#run.newLines()).forEach((line) => this.#counts.said(line));
    const { exchange, pairs } = this.#run;
    return {
      exchange,
      pairs: await Promise.all(pairs.map((pair) => this.#pairStatus(pair))),
      functions: FUNCTION_NAMES.map((name) => this.#functionStatus(name)),
      mappings: await this.#mappings(),
    };
  }

  async #pairStatus(pair: string): Promise<PairStatus> {
    const { session, store } = this.#run;
    const [progress, gaps] = await Promise.all([store.read([pair]), readGaps(session, pair)]);
    const seenToMs = progress.get(pair)?.seenToMs ?? null;
    const { minutes, windows, deadLetters } = this.#counts.ofPair(pair);
    return {
      pair,
      newest: seenToMs === null ? null : await this.#newest(pair, seenToMs),
      seenToMs,
      minutesStored: minutes,
      windowsStored: windows,
      deadLetters,
      gaps: gaps.length,
    };
  }

  /** The newest minute with a trade: within the hour before progress, for pairs that trade at all. */
  async #newest(pair: string, seenToMs: number): Promise<PairStatus['newest']> {
    const [fromMs, toMs] = [seenToMs - 60 * MINUTE_MS, seenToMs + 2 * MINUTE_MS];
    const [newest] = await readCandles(this.#run.session, {
      pair,
      interval: '1m',
      fromMs,
      toMs,
      order: 'newest-first',
      limit: 1,
    });
    if (newest === undefined) return null;
    return { openTimeMs: newest.openTimeMs, close: formatDecimal(newest.close) };
  }

  #functionStatus(name: FunctionName): FunctionStatus {
    const { all, failed } = this.#counts.ofFunction(name);
    return { name, invocations: all, errors: failed, restarts: this.#run.restartsOf(name) };
  }

  async #mappings(): Promise<MappingStatus[]> {
    const lag = await this.#run.lag();
    return this.#run.eventSources.map(({ mapping }) => ({
      name: mapping.target,
      lagRecords: lag
        .filter((row) => row.function === mapping.target)
        .reduce((sum, row) => sum + row.records, 0),
    }));
  }
}
