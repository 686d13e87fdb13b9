import { failureText } from '../../cli/failure-text';
import { MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { InvocationReport } from '../emulator/lambda/invocation-report';
import { EngineDiedError } from '../engines/engine';
import { LOCAL_DATA_CENTER } from '../engines/engine-answers';
import { keyspaceOf, type LocalRun, type LocalRunOptions } from '../run/local-run';
import { followedByRun } from '../run/followed-by-run';
import {
  defaultDataDir,
  removeRunDescription,
  type RunDescription,
  writeRunDescription,
} from '../run/run-description';
import type { LocalExchange } from '../run/run-exchange';
import type { Console } from '../watch/console';
import type { WantedHistory } from '../watch/history-progress';
import type { InvocationCounts } from '../watch/invocation-counts';
import { localStatusReader } from '../watch/local-status';
import { warningHooks } from '../watch/run-warnings';
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
  const { stage, engines, fresh, kafkaPort, cassandraPort } = request;
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
    signal,
    dataDir: defaultDataDir(),
    onProgress: (line) => shown.note(line),
    hooks: {
      ...warnings,
      onInvocation: (report: InvocationReport) => counts.add(report.function, report.result),
    },
  };
}

/**
 * Shows a run during some work and stops it at the end, whatever the end is. The
 * work's signal is aborted when the run is to end: by Ctrl-C, or as an engine died.
 */
export async function whileItRuns<T>(
  { request, shown, counts, signal }: StartCommand,
  run: LocalRun<LocalExchange>,
  work: (display: StatusDisplay, ended: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const ended = AbortSignal.any([signal, ending.signal]);
  let working: Promise<T> | undefined;
  const end = async () => {
    shown.close();
    ending.abort();
    await removeRunDescription(defaultDataDir());
    // The work may wait for something that comes only as the run stops.
    await run.stop().finally(() => working?.catch(() => undefined));
  };
  try {
    await writeRunDescription(defaultDataDir(), descriptionOf(run));
    // A replay fires fetch alone.
    const history = request.replay === undefined ? wantedHistory(run) : undefined;
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

function wantedHistory({ pipelineOptions }: LocalRun<LocalExchange>): WantedHistory {
  const { historyStart, retentionMinutes } = followedByRun(pipelineOptions);
  return { startMs: Date.parse(historyStart), retentionMs: retentionMinutes * MINUTE_MS };
}

function descriptionOf(run: LocalRun<LocalExchange>): RunDescription {
  const { engines, exchange, template } = run;
  return {
    pid: process.pid,
    kafka: engines.kafka.endpoint,
    cassandra: engines.cassandra.endpoint,
    localDataCenter: LOCAL_DATA_CENTER,
    keyspace: keyspaceOf(template),
    exchange: exchange.description,
    startedAt: new Date().toISOString(),
    followed: followedByRun(run.pipelineOptions),
  };
}
