import { DAY_MS, floorTo, intervalMs, INTERVALS } from '../../lambdas/shared/domain/interval';
import { readCandles } from '../../lambdas/shared/adapters/database/stored-candles';
import { StopAsked, stopAsked, tellFailure } from '../../cli/command-end';
import { failureText } from '../../cli/failure-text';
import { type Console, createConsole } from '../watch/console';
import type { ChosenSettings } from '../emulator/local-environment';
import { type Pipeline, PipelineStuckError } from '../emulator/start-pipeline';
import type { InvocationReport } from '../emulator/lambda/invocation-report';
import { EngineDiedError } from '../engines/engine';
import { LOCAL_DATA_CENTER } from '../engines/engine-answers';
import {
  type LocalExchange,
  openExchange,
  openReplayExchange,
  type ReplayExchange,
} from '../run/run-exchange';
import { keyspaceOf, type LocalRun, startLocalRun } from '../run/local-run';
import {
  assertPlayable,
  type MinuteCounts,
  replay,
  type ReplayRange,
  type ReplayStage,
  ReplayUnfinishedError,
} from './replay';
import { defaultDataDir, removeRunDescription, writeRunDescription } from '../run/run-description';
import { parseStartArguments, type ReplayRequest, type StartRequest } from './start-request';
import { warningHooks } from '../watch/run-warnings';
import { InvocationCounts } from '../watch/invocation-counts';
import { localStatusReader } from '../watch/local-status';
import { StatusDisplay } from '../watch/status-display';

/** `npm start`: see `--help`. */
async function main(args: readonly string[]): Promise<void> {
  const request = parseStartArguments(args);
  const shown = createConsole({ stream: process.stdout, isTTY: process.stdout.isTTY });
  const asked = stopAsked();
  try {
    const lastLine = await (request.replay === undefined
      ? runByTheClock(request, shown, asked)
      : runReplay(request, request.replay, shown, asked));
    shown.note(lastLine);
  } catch (error) {
    if (!(error instanceof StopAsked)) throw error;
    shown.note('stopped: nothing is left running; the data stays for the next start');
  }
}

async function runByTheClock(
  request: StartRequest,
  shown: Console,
  signal: AbortSignal,
): Promise<string> {
  const counts = new InvocationCounts();
  const run = await startLocalRun({
    ...common(request, shown, counts, signal),
    exchange: (stagePairs) =>
      openExchange(request.exchange, { ofStage: stagePairs, asked: request.pairs }),
    settings: (exchange) => settingsByTheClock(request, exchange, Date.now()),
  });
  return whileItRuns(run, shown, counts, signal, async (watched) => {
    run.pipeline.startSchedule();
    return watched.untilStopped(Date.now);
  });
}

function settingsByTheClock(
  request: StartRequest,
  exchange: LocalExchange,
  nowMs: number,
): ChosenSettings {
  const pairs = request.pairs ?? exchange.pairs;
  const historyStartMs = request.historyStartMs ?? floorTo(nowMs, DAY_MS) - DAY_MS;
  return {
    HISTORY_START: new Date(historyStartMs).toISOString(),
    ...(pairs === undefined ? {} : { PAIRS: pairs.join(',') }),
  };
}

async function runReplay(
  request: StartRequest,
  { folder, fromMs, toMs, exit }: ReplayRequest,
  shown: Console,
  signal: AbortSignal,
): Promise<string> {
  const counts = new InvocationCounts();
  const run = await startLocalRun({
    ...common(request, shown, counts, signal),
    exchange: () => openReplayExchange(folder, request.pairs),
    settings: (exchange) => ({
      PAIRS: (request.pairs ?? exchange.pairs).join(','),
      HISTORY_START: new Date(fromMs).toISOString(),
      // Recorded time goes by faster than the exchange's limit is meant for.
      REQUESTS_PER_10_S: '1000000',
    }),
  });
  return whileItRuns(run, shown, counts, signal, async (watched, ended) => {
    const range = { pairs: run.pairs, fromMs, toMs };
    warnOfEmptyPairs(run.exchange, range, shown);
    await assertPlayable(run.store, minuteCounts(run), range);
    const ticks = await playWatched(run, range, watched, ended);
    await caughtUp(run.pipeline, ended);
    await watched.show(toMs);
    const line = await finishedLine(run, ticks, fromMs, toMs);
    if (exit) return line;
    shown.note(line);
    return watched.untilStopped(() => toMs);
  });
}

function warnOfEmptyPairs(
  exchange: ReplayExchange,
  { pairs, fromMs, toMs }: ReplayRange,
  shown: Console,
): void {
  for (const pair of pairs) {
    if (exchange.recordedMinutes(pair, fromMs, toMs) > 0) continue;
    shown.note(
      `warning: the recording has no candle of ${pair} in that time: its days will be empty`,
    );
  }
}

function minuteCounts({ session, exchange }: LocalRun<ReplayExchange>): MinuteCounts {
  return {
    recorded: (pair, fromMs, toMs) => exchange.recordedMinutes(pair, fromMs, toMs),
    stored: async (pair, fromMs, toMs) =>
      (await readCandles(session, { pair, interval: '1m', fromMs, toMs })).length,
  };
}

async function playWatched(
  { exchange, pipeline, store }: LocalRun<ReplayExchange>,
  range: ReplayRange,
  watched: StatusDisplay,
  ended: AbortSignal,
): Promise<number> {
  let nowMs = range.fromMs;
  const looking = watched.start(() => nowMs);
  const stage: ReplayStage = {
    setExchangeTime: (timeMs) => exchange.setTime((nowMs = timeMs)),
    tick: (timeMs) => pipeline.tick(timeMs),
    progress: store,
  };
  return replay(stage, range, undefined, ended).finally(() => looking.end());
}

const CAUGHT_UP_LIMIT_MS = 60_000;
const CAUGHT_UP_STEP_MS = 1_000;

/** In steps, so that it ends soon where the run does. */
async function caughtUp(pipeline: Pipeline, ended: AbortSignal): Promise<void> {
  const untilMs = performance.now() + CAUGHT_UP_LIMIT_MS;
  for (;;) {
    ended.throwIfAborted();
    try {
      await pipeline.caughtUp(CAUGHT_UP_STEP_MS);
      return;
    } catch (cause) {
      if (!(cause instanceof PipelineStuckError)) throw cause;
      if (performance.now() < untilMs) continue;
      throw new ReplayUnfinishedError(
        `All minutes are stored, but records still wait after ${CAUGHT_UP_LIMIT_MS} ms: ${cause.message}`,
        { cause },
      );
    }
  }
}

async function finishedLine(
  { session, pairs }: LocalRun<LocalExchange>,
  ticks: number,
  fromMs: number,
  toMs: number,
): Promise<string> {
  let [minutes, windows] = [0, 0];
  for (const pair of pairs) {
    for (const interval of INTERVALS) {
      // A window that opened before the range may reach into it.
      const range = { pair, interval, fromMs: floorTo(fromMs, intervalMs(interval)), toMs };
      const stored = await readCandles(session, range);
      if (interval === '1m') minutes += stored.length;
      else windows += stored.length;
    }
  }
  return `replay finished: ${ticks} ticks, ${minutes} minutes, ${windows} windows stored`;
}

function common(
  request: StartRequest,
  shown: Console,
  counts: InvocationCounts,
  signal: AbortSignal,
) {
  const { stage, engines, fresh, kafkaPort, cassandraPort } = request;
  const onProgress = (line: string) => shown.note(line);
  return {
    ...{ stage, engines, fresh, kafkaPort, cassandraPort, signal, onProgress },
    dataDir: defaultDataDir(),
    hooks: {
      onInvocation: (report: InvocationReport) => counts.add(report.function, report.result),
      ...warningHooks((line) => {
        // What a run that ends leaves undone is no news.
        if (!signal.aborted) shown.note(line);
      }),
    },
  };
}

/**
 * Shows a run while something is done with it, and stops it at the end, whatever the end is. The
 * work's signal is aborted where the run is to end: on Ctrl-C, and where an engine died.
 */
async function whileItRuns<Exchange extends LocalExchange, T>(
  run: LocalRun<Exchange>,
  shown: Console,
  counts: InvocationCounts,
  asked: AbortSignal,
  work: (watched: StatusDisplay, ended: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const ended = AbortSignal.any([asked, ending.signal]);
  let working: Promise<T> | undefined;
  const end = async () => {
    shown.close();
    ending.abort();
    await removeRunDescription(defaultDataDir());
    // What the work still waits for may not come before the run has stopped.
    await run.stop().finally(() => working?.catch(() => undefined));
  };
  try {
    await writeRunDescription(defaultDataDir(), descriptionOf(run));
    working = work(new StatusDisplay(localStatusReader(run, counts), shown, ended), ended);
    await Promise.race([working, death(run)]);
  } catch (error) {
    const reason: unknown = asked.aborted ? asked.reason : error;
    shown.close();
    shown.note('stopping ...');
    await end().catch((also: unknown) => shown.note(`warning: ${failureText(also)}`));
    throw reason;
  }
  await end();
  return working;
}

async function death({ engines }: LocalRun<LocalExchange>): Promise<never> {
  throw new EngineDiedError(await Promise.race([engines.kafka.died, engines.cassandra.died]));
}

function descriptionOf({ engines, exchange, template }: LocalRun<LocalExchange>) {
  return {
    pid: process.pid,
    kafka: engines.kafka.endpoint,
    cassandra: engines.cassandra.endpoint,
    localDataCenter: LOCAL_DATA_CENTER,
    keyspace: keyspaceOf(template),
    exchange: exchange.description,
    startedAt: new Date().toISOString(),
  };
}

main(process.argv.slice(2)).catch(tellFailure);
