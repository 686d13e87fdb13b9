import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Candle } from '../../../lambdas/shared/domain/candle';
import { DAY_MS, floorTo } from '../../../lambdas/shared/domain/interval';
import type { EventSourceProblem } from '../../../local/emulator/event-source/event-source-problem';
import type { InvocationReport } from '../../../local/emulator/lambda/invocation-report';
import type { InvocationResult } from '../../../local/emulator/lambda/invoker';
import { type Pipeline, startPipeline } from '../../../local/emulator/start-pipeline';
import type { FunctionName } from '../../../local/emulator/template/pipeline-template';
import { openTimedExchange, type TimedExchange } from '../../../local/run/run-exchange';
import { type LocalRun, startLocalRun } from '../../../local/run/local-run';
import { Faults } from '../../../local/exchange/faults';
import { readRecordedCandles } from '../../../local/exchange/candles/recorded-candles';
import { shiftedInTime } from '../../../local/exchange/candles/shifted-candles';
import { replay, type ReplayPatience, type ReplayRange } from '../../../local/start/replay';
import { exchangeWindows, RECORDED_PAIRS, recordedMinutes } from '../../oracle/recordings';
import { replayedFolder } from '../../oracle/replayed-days';
import { endMs } from '../../oracle/straight-roll-up';
import {
  candleKey,
  candleNumbers,
  differences,
  expectedRows,
  type Rows,
  type StoredProgress,
  StoredTables,
} from './stored-rows';
import { removeVolumes, RunningPart, testRunOptions } from './test-engines';
import { Topics } from './topic-records';

export const MINUTE_MS = 60_000;
/** A pair that the exchange does not know stands among those that are followed. */
export const UNKNOWN_PAIR = 'NOPE_BTC';

/** The settling time: younger minutes are stored, but asked for again. */
const SETTLING_MS = 2 * MINUTE_MS;
/** Without a newer candle, minutes are settled once they are so old. */
const SILENCE_MS = 60 * MINUTE_MS;
const CAUGHT_UP_LIMIT_MS = 4 * MINUTE_MS;
const PLAY_LIMIT_MS = 9 * MINUTE_MS;
/** A tick that brings days takes its time: it is not repeated while it is at work. */
const LONG_TICK: ReplayPatience = { behindMs: 0, standstillMs: 30_000, lastTicks: 4 };
/** How far volumes may be off the exchange's own, which were rounded. */
const VOLUME_TOLERANCE = 1e-6;

/** An event source's problem, and whose it was. */
type Problem = EventSourceProblem & { readonly target: FunctionName };

/** Options of a recorded run. */
export interface RecordedRunOptions {
  /** From when on recorded time is played. */
  readonly fromMs: number;
  /** The stage whose template runs. @default dev */
  readonly stage?: string;
  /** The first UTC day that is wanted of each market, such as `2018-01-22`. @default that of `fromMs` */
  readonly historyStart?: string;
  /** Minutes that the API serves. @default that of the stage */
  readonly retentionMinutes?: number;
  /** Days by which the recording is moved. @default 0 */
  readonly movedDays?: number;
  /** The folder with the recorded days. @default recordings, or generated days if there are none */
  readonly recorded?: string;
}

/**
 * The whole local run with empty data on a recorded exchange and the
 * engines that tests start. It is played on and on; at any point what is
 * stored can be held against the recording.
 */
export class RecordedRun {
  readonly faults = new Faults();
  readonly reports: InvocationReport[] = [];
  readonly problems: Problem[] = [];
  readonly #recorded: string;
  readonly #minutes = new Map<string, Candle[]>();
  /** Markets start live at the midnight of their first tick. */
  readonly #liveSinceMs: number;
  readonly #stage: string;
  readonly #historyStart: string;
  readonly #retentionMinutes: number | undefined;
  readonly #movedMs: number;
  #playedToMs: number;
  #folder: string | undefined;
  readonly #deployed: Pipeline[] = [];
  #run: LocalRun<TimedExchange> | undefined;

  constructor(options: RecordedRunOptions) {
    const { fromMs, stage = 'dev', recorded = replayedFolder(), movedDays = 0 } = options;
    this.#liveSinceMs = floorTo(fromMs, DAY_MS);
    this.#stage = stage;
    this.#historyStart =
      options.historyStart ?? new Date(this.#liveSinceMs).toISOString().slice(0, 10);
    this.#retentionMinutes = options.retentionMinutes;
    this.#movedMs = movedDays * DAY_MS;
    this.#recorded = recorded;
    this.#playedToMs = fromMs;
  }

  async start(): Promise<void> {
    const source = shiftedInTime(await readRecordedCandles(this.#recorded), this.#movedMs);
    const retention = this.#retentionMinutes;
    const { faults, reports, problems } = this;
    this.#folder = await mkdtemp(join(tmpdir(), 'candlestream-pipeline-'));
    this.#run = await startLocalRun({
      stage: this.#stage,
      ...(await testRunOptions(this.#folder)),
      batchingWindows: false,
      exchange: () =>
        openTimedExchange(source, 'recorded', { requestsPerWindow: 1_000_000, faults }),
      settings: () => ({
        HISTORY_START: this.#historyStart,
        pairs: { 'gate-io': [UNKNOWN_PAIR, ...RECORDED_PAIRS] },
        exchanges: {
          'gate-io': {
            requestsPer10Seconds: 1_000_000,
            ...(retention === undefined ? {} : { retentionMinutes: retention }),
          },
        },
      }),
      hooks: {
        onInvocation: (report) => reports.push(report),
        onEventSourceProblem: (target, problem) => problems.push({ ...problem, target }),
      },
    });
  }

  get run(): LocalRun<TimedExchange> {
    if (this.#run === undefined) throw new Error('The run has not been started');
    return this.#run;
  }

  get topics(): Topics {
    return new Topics(this.run.engines.kafka.endpoint);
  }

  /** Up to when recorded time was played. */
  get playedToMs(): number {
    return this.#playedToMs;
  }

  /** The time of a firing of reconcile now: later than the last tick, which may have come again a second later, many times. */
  get firingMs(): number {
    return this.#playedToMs + MINUTE_MS - 1_000;
  }

  /** Where things are logged. */
  logFile(name: FunctionName): string {
    return join(this.run.logsDir, `${name}.log`);
  }

  /** The engines and functions that the run is made of. */
  parts(): RunningPart[] {
    const { engines, pipeline } = this.run;
    const functions = Object.values(pipeline.functions).map(({ pid }) => `pid ${String(pid)}`);
    const all = [engines.kafka.runsAs, engines.cassandra.runsAs, ...functions];
    return all.map((runsAs) => new RunningPart(runsAs));
  }

  /** Plays on, a tick a minute, until all of it is stored for these pairs. */
  async play(minutes: number, pairs: readonly string[] = RECORDED_PAIRS): Promise<void> {
    const fromMs = this.#playedToMs;
    await this.#replay({ pairs, fromMs, toMs: fromMs + minutes * MINUTE_MS });
  }

  /** Lets time pass without a tick, then fires one; resolves once it has brought everything. */
  async catchUp(minutes: number): Promise<void> {
    const toMs = this.#playedToMs + minutes * MINUTE_MS;
    const lastTick = { pairs: RECORDED_PAIRS, fromMs: toMs - MINUTE_MS, toMs };
    await this.#replay(lastTick, LONG_TICK);
  }

  /** One tick after some minutes; resolves with what fetch answered, whatever is stored. */
  async tickAfter(minutes: number): Promise<InvocationResult> {
    const toMs = this.#playedToMs + minutes * MINUTE_MS;
    this.#setTime(toMs);
    return this.run.pipeline.tick(toMs);
  }

  /** One firing of reconcile now; resolves with what it answered once all that it sent is processed. */
  async reconcile(): Promise<InvocationResult> {
    const answer = await this.run.pipeline.reconcile(this.firingMs);
    await this.caughtUp();
    return answer;
  }

  /** Waits until every record of the topics is processed. */
  async caughtUp(): Promise<void> {
    await this.run.pipeline.caughtUp(CAUGHT_UP_LIMIT_MS);
  }

  /** Ends the functions and event sources, and deploys them again after some work on tables or topics. */
  async deployAgain(between: () => Promise<unknown>): Promise<void> {
    const { run } = this;
    await run.pipeline.stop();
    await between();
    this.#run = { ...run, pipeline: await startPipeline(run.pipelineOptions) };
    // The run knows only of the pipeline that it started itself.
    this.#deployed.push(this.#run.pipeline);
  }

  /** Sends a signal to the process of a function. */
  signal(name: FunctionName, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const { pid } = this.run.pipeline.functions[name];
    if (pid === null) throw new Error(`The function ${name} has no process now`);
    process.kill(pid, signal);
  }

  /** Reads the tables. */
  use<T>(work: (tables: StoredTables) => Promise<T>): Promise<T> {
    const { engines, template } = this.run;
    const keyspace = template.functions.persist.environment['CASSANDRA_KEYSPACE'] ?? '';
    return StoredTables.use(engines.cassandra.endpoint, keyspace, work);
  }

  /** The recorded minutes of a pair in `[fromMs, toMs)`. */
  minutes(pair: string, fromMs: number, toMs: number): Candle[] {
    const all = this.#minutes.get(pair) ?? this.#recordedMinutes(pair);
    this.#minutes.set(pair, all);
    return all.filter(({ openTimeMs }) => openTimeMs >= fromMs && openTimeMs < toMs);
  }

  #recordedMinutes(pair: string): Candle[] {
    return recordedMinutes(this.#recorded, pair).map((candle) => ({
      ...candle,
      openTimeMs: candle.openTimeMs + this.#movedMs,
    }));
  }

  /** The first differences between the stored candles of every interval and the recording. */
  async differences(): Promise<string[]> {
    return differences(await this.use((tables) => tables.candles()), this.#expected());
  }

  /** Every stored candle of every interval is the one of the recording, and there is no other. */
  async expectStoredEqualsRecorded(): Promise<void> {
    expect(await this.differences()).toEqual([]);
    expect(await this.use((tables) => tables.gaps())).toBe(0);
  }

  /**
   * Both pairs are seen to the end of what was played, and settled to two minutes
   * before, or as far as there is evidence: a newer candle, or an hour of silence.
   */
  async expectProgressAtTheEnd(): Promise<void> {
    const observedAtMs = this.#playedToMs;
    const progress = await this.use((tables) => tables.progress());
    // A last tick that had to be repeated was so some seconds later, within the same minute.
    const stored = progress.map((row) => ({
      ...row,
      observedAtMs: row.observedAtMs - (row.observedAtMs % MINUTE_MS),
      settledToMs: this.#isSettled(row) ? 'as far as there is evidence' : row.settledToMs,
    }));
    expect(stored).toEqual(
      RECORDED_PAIRS.map((pair) => ({
        pair,
        settledToMs: 'as far as there is evidence',
        seenToMs: observedAtMs,
        observedAtMs,
      })),
    );
  }

  #isSettled({ pair, settledToMs }: StoredProgress): boolean {
    const newest = this.minutes(pair, this.#liveSinceMs, this.#playedToMs).at(-1);
    const toldMs = newest === undefined ? this.#liveSinceMs : newest.openTimeMs + MINUTE_MS;
    const unchangingMs = this.#playedToMs - SETTLING_MS;
    const leastMs = Math.min(unchangingMs, toldMs);
    const mostMs = Math.min(unchangingMs, Math.max(toldMs, this.#playedToMs - SILENCE_MS));
    return settledToMs >= leastMs && settledToMs <= mostMs;
  }

  /** The stored windows of five minutes are the exchange's own, which has its own arithmetic. */
  async expectFiveMinutesEqualExchange(): Promise<void> {
    const stored = await this.use((tables) => tables.candles());
    for (const pair of RECORDED_PAIRS) {
      const own = exchangeWindows(this.#recorded, pair).filter(
        ({ openTimeMs }) =>
          openTimeMs >= this.#liveSinceMs && endMs('5m', openTimeMs) <= this.#playedToMs,
      );
      const lastEnded = candleKey(pair, '5m', this.#playedToMs - 5 * MINUTE_MS);
      const windows = [...stored.keys()]
        .filter((key) => key.startsWith(`${pair} 5m`) && key <= lastEnded)
        .sort();
      expect(windows).toEqual(own.map((window) => candleKey(pair, '5m', window.openTimeMs)));
      const rows = own.map((window) => stored.get(candleKey(pair, '5m', window.openTimeMs)) ?? '');
      expect(own.filter((window, index) => !agrees(window, rows[index] ?? ''))).toEqual([]);
    }
  }

  /** Ends everything that runs, and removes the data. May be called twice. */
  async stop(): Promise<void> {
    for (const pipeline of this.#deployed.splice(0)) await pipeline.stop();
    await this.#run?.stop();
    const folder = this.#folder;
    if (folder === undefined) return;
    this.#folder = undefined;
    if (this.#run?.engines.kind === 'docker') await removeVolumes(folder);
    await rm(folder, { recursive: true, force: true });
  }

  async #replay(range: ReplayRange, patience?: ReplayPatience): Promise<void> {
    const stage = {
      setExchangeTime: (timeMs: number) => this.#setTime(timeMs),
      tick: (timeMs: number) => this.run.pipeline.tick(timeMs),
      progress: this.run.store,
    };
    try {
      await replay(stage, range, { patience, signal: AbortSignal.timeout(PLAY_LIMIT_MS) });
    } catch (cause) {
      const at = new Date(this.#playedToMs).toISOString();
      throw new Error(`Not played to the end, but to ${at}; ${this.#lastFailure()}`, { cause });
    }
  }

  #lastFailure(): string {
    const failed = this.reports.findLast(({ result }) => !result.ok);
    if (failed === undefined || failed.result.ok) return 'no function has failed';
    return `the last failure is ${failed.function}'s: ${failed.result.errorMessage}`;
  }

  #setTime(timeMs: number): void {
    this.#playedToMs = timeMs;
    this.run.exchange.setTime(timeMs);
  }

  #expected(): Rows {
    const rows = new Map<string, string>();
    for (const pair of RECORDED_PAIRS) {
      const minutes = this.minutes(pair, this.#liveSinceMs, this.#playedToMs);
      if (minutes.length === 0) throw new Error(`Nothing was recorded of ${pair} in that time`);
      const expected = expectedRows(pair, minutes, {
        fromMs: this.#liveSinceMs,
        toMs: this.#playedToMs,
      });
      for (const [key, line] of expected) rows.set(key, line);
    }
    return rows;
  }
}

/** Whether a stored window is the exchange's: prices equal, the volume but for its rounding. */
function agrees(own: Candle, line: string): boolean {
  const [, ...stored] = line.split(' ');
  const [numbers, volume] = [candleNumbers(own), Number(candleNumbers(own)[4])];
  if (numbers.slice(0, 4).join() !== stored.slice(0, 4).join()) return false;
  return Math.abs(Number(stored[4]) - volume) <= VOLUME_TOLERANCE * volume;
}
