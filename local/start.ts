import { setTimeout as sleep } from 'node:timers/promises';
import { DAY_MS, floorTo, INTERVALS } from '../lambdas/shared/domain/interval';
import { readStoredCandles } from './candle-reader';
import { HelpRequested, UsageError } from './command-line';
import { type Console, createConsole } from './console';
import type { ChosenSettings } from './emulator/local-environment';
import type { EngineDeath } from './engines/engine';
import { type LocalMarket, openMarket, openTimedMarket, type TimedMarket } from './local-market';
import { LOCAL_DATA_CENTER, type LocalStack, startLocalStack } from './local-stack';
import { chooseMarket } from './market/choose-market';
import { replay } from './replay';
import { defaultDataDir, removeRunningStack, writeRunningStack } from './running-stack';
import { parseStartArguments, type ReplayRequest, type StartRequest } from './start-request';
import { StackCounts, StackWatch } from './stack-watch';

/** An engine ended while the stack ran. */
class EngineDiedError extends Error {
  override readonly name = 'EngineDiedError';
  constructor({ name, how, lastLogLines }: EngineDeath) {
    super(
      `${name} ended by itself (${how}); start again to go on from the stored data.\n${lastLogLines}`,
    );
  }
}

const LOOK_EVERY_MS = 1_000;

/** `npm start`: see `--help`. */
async function main(args: readonly string[]): Promise<void> {
  const request = parseStartArguments(args);
  const shown = createConsole({ stream: process.stdout, isTTY: process.stdout.isTTY });
  const asked = new AbortController();
  const stop = () => asked.abort(new StopAsked());
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  try {
    await (request.replay === undefined
      ? runByTheClock(request, shown, asked.signal)
      : runReplay(request, request.replay, shown, asked.signal));
  } catch (error) {
    if (!(error instanceof StopAsked)) throw error;
  }
  shown.note('stopped: nothing is left running; the data stays for the next start');
}

/** Ctrl-C, or a signal that means the same. */
class StopAsked extends Error {
  override readonly name = 'StopAsked';
}

async function runByTheClock(request: StartRequest, shown: Console, signal: AbortSignal) {
  const counts = new StackCounts();
  const stack = await startLocalStack({
    ...common(request, shown, counts, signal),
    market: (stagePairs) => openMarket(request.market, request.pairs ?? stagePairs),
    settings: (market) => settingsByTheClock(request, market, Date.now()),
  });
  await whileItRuns(stack, shown, counts, signal, async (watched) => {
    stack.pipeline.startSchedule();
    await watched.untilStopped(Date.now);
  });
}

function settingsByTheClock(
  request: StartRequest,
  market: LocalMarket,
  nowMs: number,
): ChosenSettings {
  const pairs = request.pairs ?? market.pairs;
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
) {
  const counts = new StackCounts();
  const stack = await startLocalStack({
    ...common(request, shown, counts, signal),
    market: () => openRecording(folder, request.pairs, fromMs, toMs, shown),
    settings: (market) => ({
      PAIRS: (request.pairs ?? market.pairs).join(','),
      HISTORY_START: new Date(fromMs).toISOString(),
      // Recorded time goes by faster than the exchange's limit is meant for.
      REQUESTS_PER_10_S: '1000000',
    }),
  });
  await whileItRuns(stack, shown, counts, signal, async (watched) => {
    let nowMs = fromMs;
    const looking = watched.until(() => nowMs);
    const ticks = await replay(
      {
        setMarketTime: (timeMs) => stack.market.setTime((nowMs = timeMs)),
        tick: (timeMs) => stack.pipeline.tick(timeMs),
        progress: stack.store,
      },
      { pairs: stack.pairs, fromMs, toMs },
      undefined,
      signal,
    ).finally(() => looking.end());
    await stack.pipeline.caughtUp(CAUGHT_UP_LIMIT_MS);
    await watched.look(toMs);
    shown.note(await finishedLine(stack, ticks, fromMs, toMs));
    if (!exit) await watched.untilStopped(() => toMs);
  });
}

const CAUGHT_UP_LIMIT_MS = 60_000;

async function openRecording(
  folder: string,
  pairs: readonly string[] | undefined,
  fromMs: number,
  toMs: number,
  shown: Console,
): Promise<TimedMarket> {
  const chosen = await chooseMarket(folder, { pairs: [] });
  if (chosen.kind !== 'recorded') throw new UsageError(`--replay ${folder} is not a folder`);
  const { source } = chosen;
  const strangers = (pairs ?? []).filter((pair) => !source.pairs().includes(pair));
  if (strangers.length > 0) {
    throw new UsageError(
      `${strangers.join(', ')}: not in ${folder}, which has ${source.pairs().join(', ')}`,
    );
  }
  for (const pair of pairs ?? source.pairs()) {
    if (source.candles(pair, fromMs, toMs).length > 0) continue;
    shown.note(
      `warning: the recording has no candle of ${pair} in that time: its days will be empty`,
    );
  }
  return openTimedMarket(source, chosen.description, { requestsPerWindow: 1_000_000 });
}

async function finishedLine(
  { session, pairs }: LocalStack<LocalMarket>,
  ticks: number,
  fromMs: number,
  toMs: number,
): Promise<string> {
  let [minutes, windows] = [0, 0];
  for (const pair of pairs) {
    for (const interval of INTERVALS) {
      // A window that opened before the range may reach into it.
      const range = { pair, interval, fromMs: floorTo(fromMs, DAY_MS), toMs };
      const stored = await readStoredCandles(session, range);
      if (interval === '1m') minutes += stored.length;
      else windows += stored.length;
    }
  }
  return `replay finished: ${ticks} ticks, ${minutes} minutes, ${windows} windows stored`;
}

function common(request: StartRequest, shown: Console, counts: StackCounts, signal: AbortSignal) {
  const { stage, engines, fresh, kafkaPort, cassandraPort } = request;
  const onProgress = (line: string) => shown.note(line);
  return {
    ...{ stage, engines, fresh, kafkaPort, cassandraPort, signal, onProgress },
    dataDir: defaultDataDir(),
    hooks: {
      onInvocation: (report: Parameters<StackCounts['invoked']>[0]) => counts.invoked(report),
      onWarning: (message: string) => shown.note(`warning: ${message}`),
    },
  };
}

/** Shows a stack while something is done with it, and stops it at the end, whatever the end is. */
async function whileItRuns<Market extends LocalMarket>(
  stack: LocalStack<Market>,
  shown: Console,
  counts: StackCounts,
  signal: AbortSignal,
  work: (watched: Watched) => Promise<void>,
): Promise<void> {
  const dataDir = defaultDataDir();
  try {
    await writeRunningStack(dataDir, descriptionOf(stack));
    const watched = new Watched(await StackWatch.of(stack, counts), shown, signal);
    await Promise.race([work(watched), death(stack)]);
  } finally {
    shown.close();
    shown.note('stopping ...');
    await removeRunningStack(dataDir);
    await stack.stop();
  }
}

async function death({ engines }: LocalStack<LocalMarket>): Promise<never> {
  throw new EngineDiedError(await Promise.race([engines.kafka.died, engines.cassandra.died]));
}

function descriptionOf({ engines, market, template }: LocalStack<LocalMarket>) {
  return {
    pid: process.pid,
    kafka: engines.kafka.endpoint,
    cassandra: engines.cassandra.endpoint,
    localDataCenter: LOCAL_DATA_CENTER,
    keyspace: template.functions.persist.environment['CASSANDRA_KEYSPACE'] ?? 'candlestream',
    market: market.description,
    startedAt: new Date().toISOString(),
  };
}

/** Looks at the stack every second and shows what it sees. */
class Watched {
  readonly #watch: StackWatch;
  readonly #shown: Console;
  readonly #signal: AbortSignal;
  #said = '';

  constructor(watch: StackWatch, shown: Console, signal: AbortSignal) {
    this.#watch = watch;
    this.#shown = shown;
    this.#signal = signal;
  }

  /** One look; where the engines do not answer just now, that is said once. */
  async look(nowMs: number): Promise<void> {
    try {
      this.#shown.update(await this.#watch.status(), nowMs);
      this.#said = '';
    } catch (error) {
      const said = `no status just now: ${String(error)}`;
      if (said !== this.#said) this.#shown.note(said);
      this.#said = said;
    }
  }

  /** Looks until it is told to end. */
  until(nowMs: () => number): { end(): Promise<void> } {
    const ended = new AbortController();
    const looking = this.#lookUntil(AbortSignal.any([ended.signal, this.#signal]), nowMs);
    return {
      end: async () => {
        ended.abort();
        await looking;
      },
    };
  }

  /** Looks until Ctrl-C. @throws StopAsked */
  async untilStopped(nowMs: () => number): Promise<never> {
    await this.#lookUntil(this.#signal, nowMs);
    throw this.#signal.reason;
  }

  async #lookUntil(signal: AbortSignal, nowMs: () => number): Promise<void> {
    while (!signal.aborted) {
      await this.look(nowMs());
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof HelpRequested) {
    process.stdout.write(error.message);
    return;
  }
  const isUsage = error instanceof UsageError;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = isUsage ? 2 : 1;
});
