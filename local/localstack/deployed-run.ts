import { FUNCTION_NAMES } from '../../lib/naming/function-names';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import type { InvocationResult } from '../emulator/lambda/invoker';
import type { FunctionName, PipelineTemplate } from '../emulator/template/pipeline-template';
import { type EventSourceHooks, EventSources } from '../emulator/event-sources';
import { failureText } from '../../cli/failure-text';
import { sessionOf, stopAll } from '../run/local-run';
import { InvocationCounts } from '../watch/invocation-counts';
import { StatusReader } from '../watch/status-reader';
import { CurrentFunctions, type DeployedFunctions } from './deployment/current-functions';
import { FunctionLogs, logsApi } from './deployment/function-logs';
import { invokeApi, LambdaInvoker } from './deployment/lambda-invoker';
import { endpointOf } from '../containers/compose-project';
import type { LocalstackProject } from './localstack-project';

/** Options for `DeployedRun`. */
export interface DeployedRunOptions {
  readonly project: LocalstackProject;
  /** The template of the emulated mappings and of the tables. */
  readonly template: PipelineTemplate;
  /** Looks up the functions deployed now. */
  readonly findFunctions: () => Promise<DeployedFunctions>;
  readonly pairs: readonly string[];
  /** The source of the candles, for people. */
  readonly exchange: string;
  readonly hooks: EventSourceHooks;
}

type Stop = () => Promise<void>;

/** The event sources beside LocalStack, and the status of the run. */
export class DeployedRun {
  readonly status: StatusReader;
  readonly #stops: Stop[];

  private constructor(status: StatusReader, stops: Stop[]) {
    this.status = status;
    this.#stops = stops;
  }

  /** Starts the event sources. If anything fails, nothing is left running. */
  static async start(options: DeployedRunOptions): Promise<DeployedRun> {
    const stops: Stop[] = [];
    try {
      return new DeployedRun(await startEmulation(options, stops), stops);
    } catch (error) {
      await stopAll(stops).catch((also: unknown) => options.hooks.onWarning?.(failureText(also)));
      throw error;
    }
  }

  /** Stops the event sources, once the current invocations have ended. */
  stop(): Promise<void> {
    return stopAll(this.#stops);
  }
}

async function startEmulation(options: DeployedRunOptions, stops: Stop[]): Promise<StatusReader> {
  const { project, template } = options;
  const counts = new InvocationCounts();
  const fetchLog = new FetchLog(project);
  stops.push(ended(() => fetchLog.close()));
  const session = sessionOf(endpointOf(project, 'cassandra'), template);
  stops.push(() => session.close());
  const eventSources = await startEventSources(options, { fetchLog, counts }, stops);
  return statusReader(options, { eventSources, session, fetchLog, counts });
}

function ended(end: () => void): Stop {
  return () => {
    end();
    return Promise.resolve();
  };
}

async function startEventSources(
  options: DeployedRunOptions,
  { fetchLog, counts }: Pick<EmulatedParts, 'fetchLog' | 'counts'>,
  stops: Stop[],
): Promise<EventSources> {
  const { project, template, hooks } = options;
  const functions = await currentFunctions(options, fetchLog);
  const api = invokeApi(project);
  stops.push(ended(() => api.destroy()));
  const onResult = (name: FunctionName, result: InvocationResult): void => {
    counts.add(name, result);
    void functions.noteResult(result);
  };
  const eventSources = new EventSources({
    mappings: template.mappings,
    kafka: endpointOf(project, 'kafka'),
    clientId: 'candlestream-localstack',
    hooks,
    invokerOf: (name) =>
      new LambdaInvoker({
        api,
        target: () => functions.get(name),
        onResult: (result) => onResult(name, result),
      }),
  });
  stops.push(() => eventSources.stop());
  await eventSources.start();
  return eventSources;
}

async function currentFunctions(
  { findFunctions: find, hooks }: DeployedRunOptions,
  fetchLog: FetchLog,
): Promise<CurrentFunctions> {
  return new CurrentFunctions(fetchLog.follow(await find()), {
    find,
    onReplaced: (others) => fetchLog.follow(others),
    onWarning: (message) => hooks.onWarning?.(message),
  });
}

interface EmulatedParts {
  readonly eventSources: EventSources;
  readonly session: CassandraSession;
  readonly fetchLog: FetchLog;
  readonly counts: InvocationCounts;
}

function statusReader(
  { pairs, exchange }: DeployedRunOptions,
  { eventSources, session, fetchLog, counts }: EmulatedParts,
): StatusReader {
  return new StatusReader({
    exchange,
    pairs,
    session,
    targets: eventSources.sources.map(({ mapping }) => mapping.target),
    lag: () => eventSources.lag(),
    recordCount: (topic) => eventSources.recordCount(topic),
    functions: async () => {
      for (const result of await fetchLog.newResults()) counts.add('fetch', result);
      // LocalStack does not report that it replaces a container.
      return FUNCTION_NAMES.map((name) => ({ name, ...counts.of(name), restarts: 0 }));
    },
  });
}

/** The reports of fetch's invocations: LocalStack invokes it itself, and reports each in its log. */
class FetchLog {
  readonly #api: ReturnType<typeof logsApi>;
  #log: FunctionLogs | undefined;

  constructor(project: LocalstackProject) {
    this.#api = logsApi(project);
  }

  /** Reads the log of the deployed fetch from now on. */
  follow(functions: DeployedFunctions): DeployedFunctions {
    this.#log = new FunctionLogs(this.#api, functions.fetch.functionName, Date.now());
    return functions;
  }

  /** The results of the invocations since the last call. */
  async newResults(): Promise<InvocationResult[]> {
    const lines = (await this.#log?.newLines()) ?? [];
    return resultsOf(lines.map(({ message }) => message));
  }

  close(): void {
    this.#api.destroy();
  }
}

/** The results of the invocations in log lines: each ends with its report, a failed one with a line before it. */
export function resultsOf(messages: readonly string[]): InvocationResult[] {
  const results: InvocationResult[] = [];
  let failure = '';
  for (const message of messages) {
    if (/\tInvoke Error\t|Task timed out after|Runtime exited/.test(message)) failure = message;
    if (!message.startsWith('REPORT RequestId: ')) continue;
    const failed = { ok: false, errorType: 'Error', errorMessage: failure, trace: [] } as const;
    results.push(failure === '' ? { ok: true, payload: null } : failed);
    failure = '';
  }
  return results;
}
