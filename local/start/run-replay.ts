import { marketOf } from '../run/market';
import { readCandles } from '../../lambdas/shared/adapters/database/stored-candles';
import { floorTo, intervalMs, INTERVALS } from '../../lambdas/shared/domain/interval';
import { UsageError } from '../../cli/command-line';
import { dayText, minuteText } from '../../cli/utc-time';
import { type Pipeline, PipelineStuckError } from '../emulator/start-pipeline';
import { type LocalRun, startLocalRun } from '../run/local-run';
import { openReplayExchange, type ReplayExchange } from '../run/run-exchange';
import type { StatusDisplay } from '../watch/status-display';
import { askedPairs } from './asked-pairs';
import { assertPlayable, type MinuteCounts } from './playable';
import { replay, type ReplayRange, type ReplayStage } from './replay';
import { ReplayUnfinishedError } from './replay-at-work';
import { describedLiar, liesOf } from './lying-exchange';
import { localRunOptions, type StartCommand, whileItRuns } from './start-command';
import type { ReplayRequest } from './start-request';

/** Replays recorded time, then shows the run until it is to end, or ends it with `--exit`; returns its last line. */
export async function runReplay(command: StartCommand, request: ReplayRequest): Promise<string> {
  const run = await startReplayRun(command, request);
  return whileItRuns(command, run, async (display, ended) => {
    const { fromMs, toMs } = request;
    const range = { pairs: run.pairs, fromMs, toMs };
    for (const warning of emptyPairs(run.exchange, range)) command.shown.note(warning);
    await assertPlayable(run.store, minuteCounts(run), range);
    const ticks = await replayShown(run, range, display, ended);
    await catchUp(run.pipeline, ended);
    await display.show(toMs);
    const line = await finishedLine(run, ticks, range);
    if (request.exit) return line;
    command.shown.note(line);
    return display.untilStopped(() => toMs);
  });
}

function startReplayRun(
  command: StartCommand,
  { folder, fromMs, toMs }: ReplayRequest,
): Promise<LocalRun<ReplayExchange>> {
  const { pairs: asked, lies } = command.request;
  const pairs = askedPairs(asked, 'gate-io');
  return startLocalRun({
    ...localRunOptions(command),
    batchingWindows: false,
    exchange: async () => {
      const exchange = await openReplayExchange(folder, pairs, { faults: liesOf(lies, 'gate-io') });
      try {
        assertRecordedTime(exchange, { pairs: pairs ?? exchange.pairs, fromMs, toMs });
      } catch (error) {
        await exchange.stop();
        throw error;
      }
      return describedLiar(exchange, lies);
    },
    settings: (exchange) => ({
      // For the query API: what is replayed is all that is wanted.
      HISTORY_START: dayText(fromMs),
      pairs: { 'gate-io': pairs ?? exchange.pairs },
      // Recorded time goes by faster than the exchange's limit is meant for.
      exchanges: { 'gate-io': { requestsPer10Seconds: 1_000_000 } },
    }),
  });
}

/** @throws UsageError if no pair has a candle in the range */
function assertRecordedTime(exchange: ReplayExchange, range: ReplayRange): void {
  const { pairs, fromMs, toMs } = range;
  if (pairs.some((pair) => exchange.recordedMinutes(pair, fromMs, toMs) > 0)) return;
  throw new UsageError(
    `There is no candle of ${pairs.join(', ')} from ${minuteText(fromMs)} to ${minuteText(toMs)} (UTC) in ${exchange.description.replace(/^exchange: /, '')}; choose another --from and --to`,
  );
}

function emptyPairs(exchange: ReplayExchange, { pairs, fromMs, toMs }: ReplayRange): string[] {
  return pairs
    .filter((pair) => exchange.recordedMinutes(pair, fromMs, toMs) === 0)
    .map((pair) => `warning: there is no recorded candle of ${pair} in that time; none is stored`);
}

function minuteCounts({ session, exchange }: LocalRun<ReplayExchange>): MinuteCounts {
  return {
    recorded: (pair, fromMs, toMs) => exchange.recordedMinutes(pair, fromMs, toMs),
    stored: async (pair, fromMs, toMs) =>
      (await readCandles(session, { ...marketOf(pair), interval: '1m', fromMs, toMs })).candles
        .length,
  };
}

async function replayShown(
  { exchange, pipeline, store }: LocalRun<ReplayExchange>,
  range: ReplayRange,
  display: StatusDisplay,
  ended: AbortSignal,
): Promise<number> {
  let nowMs = range.fromMs;
  const showing = display.start(() => nowMs);
  const stage: ReplayStage = {
    setExchangeTime: (timeMs) => exchange.setTime((nowMs = timeMs)),
    tick: (timeMs) => pipeline.tick(timeMs),
    progress: store,
  };
  return replay(stage, range, { signal: ended }).finally(() => showing.end());
}

const CATCH_UP_LIMIT_MS = 60_000;
const CATCH_UP_STEP_MS = 1_000;

/** In steps, so that it ends soon after the run. */
async function catchUp(pipeline: Pipeline, ended: AbortSignal): Promise<void> {
  const untilMs = performance.now() + CATCH_UP_LIMIT_MS;
  for (;;) {
    ended.throwIfAborted();
    try {
      await pipeline.caughtUp(CATCH_UP_STEP_MS);
      return;
    } catch (cause) {
      if (!(cause instanceof PipelineStuckError)) throw cause;
      if (performance.now() < untilMs) continue;
      throw new ReplayUnfinishedError(
        `All minutes are stored, but records still wait after ${CATCH_UP_LIMIT_MS} ms: ${cause.message}`,
        { cause },
      );
    }
  }
}

async function finishedLine(
  { session }: LocalRun<ReplayExchange>,
  ticks: number,
  { pairs, fromMs, toMs }: ReplayRange,
): Promise<string> {
  let [minutes, windows] = [0, 0];
  for (const pair of pairs) {
    for (const interval of INTERVALS) {
      // A window that opened before the range may reach into it.
      const range = {
        ...marketOf(pair),
        interval,
        fromMs: floorTo(fromMs, intervalMs(interval)),
        toMs,
      };
      const { length } = (await readCandles(session, range)).candles;
      if (interval === '1m') minutes += length;
      else windows += length;
    }
  }
  return `replay finished: ${ticks} ticks, ${minutes} minutes, ${windows} windows stored`;
}
