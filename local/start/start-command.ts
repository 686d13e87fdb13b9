import { failureText } from '../../cli/failure-text';
import { ALL_FUNCTIONS } from '../emulator/template/pipeline-template';
import type { LoopbackServer } from '../../cli/loopback/loopback-server';
import type { InvocationReport } from '../emulator/lambda/invocation-report';
import { EngineDiedError } from '../engines/engine';
import { LOCAL_DATA_CENTER } from '../engines/engine-answers';
import { keyspaceOf, type LocalRun, type LocalRunOptions } from '../run/local-run';
import {
  defaultDataDir,
  removeRunDescription,
  type RunDescription,
  writeRunDescription,
} from '../run/run-description';
import type { LocalExchange } from '../run/run-exchange';
import type { Console } from '../watch/console';
import { wantedHistoryOf } from '../watch/history-progress';
import type { InvocationCounts } from '../watch/invocation-counts';
import { localStatusReader } from '../watch/local-status';
import { apiText, startRunApi } from '../watch/run-api';
import { readRunState } from '../watch/run-state';
import { warningHooks, warningsOnce } from '../watch/run-warnings';
import { StatusDisplay } from '../watch/status-display';
import type { StartRequest } from './start-request';

/** An `npm start`. */
export interface StartCommand {
  readonly request: StartRequest;
  readonly shown: Console;
  readonly counts: InvocationCounts;
  /** Is aborted by Ctrl-C and its like. */
  readonly signal: AbortSignal;
}

/** The options of a local run that do not depend on its exchange. */
export function localRunOptions({
  request,
  shown,
  counts,
  signal,
}: StartCommand): Omit<LocalRunOptions<LocalExchange>, 'exchange' | 'settings'> {
  const { stage, engines, fresh, kafkaPort, cassandraPort, writeCapacity } = request;
  const warnings = warningHooks((line) => {
    // Work that a run leaves undone at its end is no news.
    if (!signal.aborted) shown.note(line);
  });
  return {
    stage,
    engines,
    fresh,
    kafkaPort,
    cassandraPort,
    writeCapacity,
    signal,
    dataDir: defaultDataDir(),
    onProgress: (line) => shown.note(line),
    hooks: {
      ...warnings,
      onInvocation: (report: InvocationReport) =>
        counts.add(report.function, report.result, Date.now()),
    },
  };
}

/**
 * Shows a run during some work and stops it at the end, whatever the end is. The
 * work's signal is aborted when the run is to end: by Ctrl-C, or as an engine died.
 */
export async function whileItRuns<T>(
  command: StartCommand,
  run: LocalRun<LocalExchange>,
  work: (display: StatusDisplay, ended: AbortSignal) => Promise<T>,
): Promise<T> {
  const { request, shown, counts, signal } = command;
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  let working: Promise<T> | undefined;
  let api: LoopbackServer | undefined;
  const end = async () => {
    shown.close();
    ending.abort();
    await removeRunDescription(defaultDataDir());
    await api?.stop();
    // The work may wait for something that comes only as the run stops.
    await run.stop().finally(() => working?.catch(() => undefined));
  };
  try {
    api = await startApi(command, run);
    if (api !== undefined) shown.note(apiText(api));
    await writeRunDescription(defaultDataDir(), descriptionOf(run, api));
    // A replay fires fetch alone.
    const history = request.replay === undefined ? wantedHistoryOf(run.followed) : undefined;
    const reader = localStatusReader(run, counts, history);
    working = work(new StatusDisplay(reader, shown, ended), ended);
    await Promise.race([working, engineDeath(run)]);
  } catch (error) {
    const reason: unknown = signal.aborted ? signal.reason : error;
    shown.close();
    shown.note('stopping ...');
    await end().catch((also: unknown) => shown.note(`warning: ${failureText(also)}`));
    throw reason;
  }
  await end();
  return working;
}

async function engineDeath({ engines }: LocalRun<LocalExchange>): Promise<never> {
  throw new EngineDiedError(await Promise.race([engines.kafka.died, engines.cassandra.died]));
}

/** Starts the API of a run; undefined if its stage has none. */
async function startApi(
  { request, shown, counts }: StartCommand,
  { pipeline }: LocalRun<LocalExchange>,
): Promise<LoopbackServer | undefined> {
  const { query } = pipeline;
  if (query === undefined) return undefined;
  return startRunApi({
    query,
    port: request.apiPort,
    state: () =>
      readRunState({
        functions: ALL_FUNCTIONS,
        counts,
        lag: () => pipeline.lag(),
        recordCount: (topic) => pipeline.recordCount(topic),
      }),
    onWarning: warningsOnce((line) => shown.note(line)),
  });
}

function descriptionOf(
  run: LocalRun<LocalExchange>,
  api: LoopbackServer | undefined,
): RunDescription {
  const { engines, exchange, template } = run;
  return {
    pid: process.pid,
    kafka: engines.kafka.endpoint,
    cassandra: engines.cassandra.endpoint,
    localDataCenter: LOCAL_DATA_CENTER,
    keyspace: keyspaceOf(template),
    exchange: exchange.description,
    api: api?.url ?? null,
    startedAt: new Date().toISOString(),
    followed: run.followed,
  };
}
