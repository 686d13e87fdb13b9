import {
  ALL_FUNCTIONS,
  type AnyFunction,
  FUNCTION_NAMES,
  SCHEDULED_FUNCTIONS,
  type ScheduledFunction,
} from '../../lib/naming/function-names';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import type { LoopbackServer } from '../../cli/loopback/loopback-server';
import type { InvocationResult, Invoker } from '../emulator/lambda/invoker';
import type { FunctionName, PipelineTemplate } from '../emulator/template/pipeline-template';
import { type EventSourceHooks, EventSources } from '../emulator/event-sources';
import { failureText } from '../../cli/failure-text';
import { sessionOf, stopAll } from '../run/local-run';
import type { WantedHistory } from '../watch/history-progress';
import { InvocationCounts } from '../watch/invocation-counts';
import { startRunApi } from '../watch/run-api';
import { readRunState } from '../watch/run-state';
import { StatusReader } from '../watch/status-reader';
import { CurrentFunctions } from './deployment/current-functions';
import {
  type DeployedFunction,
  type DeployedFunctions,
  NotDeployedError,
} from './deployment/deployed-functions';
import { FunctionLogs, logsApi } from './deployment/function-logs';
import { invokeApi, LambdaInvoker } from './deployment/lambda-invoker';
import { endpointOf } from '../containers/compose-project';
import type { FollowedPairs } from '../run/run-exchange';
import type { LocalstackProject } from './localstack-project';

/** Options for `DeployedRun`. */
export interface DeployedRunOptions {
  readonly project: LocalstackProject;
  /** The template of the emulated mappings and of the tables. */
  readonly template: PipelineTemplate;
  /** Looks up the functions deployed now. */
  readonly findFunctions: () => Promise<DeployedFunctions>;
  readonly followed: readonly FollowedPairs[];
  readonly history: WantedHistory;
  /** The source of the candles, for people. */
  readonly exchange: string;
  readonly hooks: EventSourceHooks;
}

type Stop = () => Promise<void>;

/** The event sources beside LocalStack, the API before it, and the status of the run. */
export class DeployedRun {
  readonly status: StatusReader;
  /** The address of the query API and of the page; undefined if none is deployed. */
  readonly apiUrl: string | undefined;
  readonly #stops: Stop[];

  private constructor({ status, apiUrl }: StartedRun, stops: Stop[]) {
    this.status = status;
    this.apiUrl = apiUrl;
    this.#stops = stops;
  }

  /** Starts the event sources and the API. If anything fails, nothing is left running. */
  static async start(options: DeployedRunOptions): Promise<DeployedRun> {
    const stops: Stop[] = [];
    try {
      return new DeployedRun(await startEmulation(options, stops), stops);
    } catch (error) {
      await stopAll(stops).catch((also: unknown) => options.hooks.onWarning?.(failureText(also)));
      throw error;
    }
  }

  /** Stops them, once the current invocations have ended. */
  stop(): Promise<void> {
    return stopAll(this.#stops);
  }
}

interface StartedRun {
  readonly status: StatusReader;
  readonly apiUrl: string | undefined;
}

async function startEmulation(options: DeployedRunOptions, stops: Stop[]): Promise<StartedRun> {
  const { project, template } = options;
  const counts = new InvocationCounts();
  const scheduledLogs = new ScheduledLogs(project);
  stops.push(ended(() => scheduledLogs.close()));
  const session = sessionOf(endpointOf(project, 'cassandra'), template);
  stops.push(() => session.close());
  const functions = await currentFunctions(options, scheduledLogs);
  const invokers = new DeployedInvokers(options.project, functions, counts);
  stops.push(ended(() => invokers.close()));
  const eventSources = await startEventSources(options, invokers, stops);
  const status = statusReader(options, { eventSources, session, scheduledLogs, counts });
  const api = await startApi(options, { invokers, eventSources, counts });
  if (api !== undefined) stops.push(() => api.stop());
  return { status, apiUrl: api?.url };
}

function ended(end: () => void): Stop {
  return () => {
    end();
    return Promise.resolve();
  };
}

/** Invokes the functions that are deployed now, and counts their invocations. */
class DeployedInvokers {
  readonly #api: ReturnType<typeof invokeApi>;
  readonly #functions: CurrentFunctions;
  readonly #counts: InvocationCounts;

  constructor(project: LocalstackProject, functions: CurrentFunctions, counts: InvocationCounts) {
    this.#api = invokeApi(project);
    this.#functions = functions;
    this.#counts = counts;
  }

  of(name: FunctionName): Invoker {
    return this.#invoker(name, () => this.#functions.get(name));
  }

  /** Undefined if no function that answers queries is deployed. */
  query(): Invoker | undefined {
    if (this.#functions.query === undefined) return undefined;
    return this.#invoker('query', () => {
      const { query } = this.#functions;
      if (query !== undefined) return query;
      throw new NotDeployedError('The function query is not deployed in LocalStack any more');
    });
  }

  close(): void {
    this.#api.destroy();
  }

  #invoker(name: AnyFunction, target: () => DeployedFunction): Invoker {
    return new LambdaInvoker({
      api: this.#api,
      target,
      onResult: (result) => {
        this.#counts.add(name, result, Date.now());
        void this.#functions.noteResult(result);
      },
    });
  }
}

async function startEventSources(
  { project, template, hooks }: DeployedRunOptions,
  invokers: DeployedInvokers,
  stops: Stop[],
): Promise<EventSources> {
  const eventSources = new EventSources({
    mappings: template.mappings,
    kafka: endpointOf(project, 'kafka'),
    clientId: 'candlestream-localstack',
    hooks,
    invokerOf: (name) => invokers.of(name),
  });
  stops.push(() => eventSources.stop());
  await eventSources.start();
  return eventSources;
}

interface ApiParts {
  readonly invokers: DeployedInvokers;
  readonly eventSources: EventSources;
  readonly counts: InvocationCounts;
}

async function startApi(
  { hooks }: DeployedRunOptions,
  { invokers, eventSources, counts }: ApiParts,
): Promise<LoopbackServer | undefined> {
  const query = invokers.query();
  if (query === undefined) return undefined;
  return startRunApi({
    query,
    port: undefined,
    state: () =>
      readRunState({
        functions: ALL_FUNCTIONS,
        counts,
        lag: () => eventSources.lag(),
        recordCount: (topic) => eventSources.recordCount(topic),
      }),
    onWarning: (message) => hooks.onWarning?.(message),
  });
}

async function currentFunctions(
  { findFunctions: find, hooks }: DeployedRunOptions,
  scheduledLogs: ScheduledLogs,
): Promise<CurrentFunctions> {
  return new CurrentFunctions(scheduledLogs.follow(await find()), {
    find,
    onReplaced: (others) => scheduledLogs.follow(others),
    onWarning: (message) => hooks.onWarning?.(message),
  });
}

interface EmulatedParts {
  readonly eventSources: EventSources;
  readonly session: CassandraSession;
  readonly scheduledLogs: ScheduledLogs;
  readonly counts: InvocationCounts;
}

function statusReader(
  { followed, history, exchange }: DeployedRunOptions,
  { eventSources, session, scheduledLogs, counts }: EmulatedParts,
): StatusReader {
  return new StatusReader({
    exchange,
    followed,
    history,
    session,
    targets: eventSources.sources.map(({ mapping }) => mapping.target),
    lag: () => eventSources.lag(),
    recordCount: (topic) => eventSources.recordCount(topic),
    throttledRequests: () => null,
    functions: async () => {
      for (const { name, results } of await scheduledLogs.newResults()) {
        for (const result of results) counts.add(name, result, Date.now());
      }
      // LocalStack does not report that it replaces a container.
      return FUNCTION_NAMES.map((name) => ({ name, ...counts.of(name), restarts: 0 }));
    },
  });
}

/** The results of the invocations of a function. */
interface FunctionResults {
  readonly name: ScheduledFunction;
  readonly results: readonly InvocationResult[];
}

/** The reports of the functions that rules fire: LocalStack invokes them itself, and reports each in its log. */
class ScheduledLogs {
  readonly #api: ReturnType<typeof logsApi>;
  #logs: readonly { readonly name: ScheduledFunction; readonly log: FunctionLogs }[] = [];

  constructor(project: LocalstackProject) {
    this.#api = logsApi(project);
  }

  /** Reads the logs of the deployed functions from now on. */
  follow(functions: DeployedFunctions): DeployedFunctions {
    this.#logs = SCHEDULED_FUNCTIONS.map((name) => ({
      name,
      log: new FunctionLogs(this.#api, functions[name].functionName, Date.now()),
    }));
    return functions;
  }

  /** The results of the invocations since the last call. */
  async newResults(): Promise<FunctionResults[]> {
    return Promise.all(
      this.#logs.map(async ({ name, log }) => {
        const lines = await log.newLines();
        return { name, results: resultsOf(lines.map(({ message }) => message)) };
      }),
    );
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
