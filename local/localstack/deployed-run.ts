import {
  FUNCTION_NAMES,
  SCHEDULED_FUNCTIONS,
  type ScheduledFunction,
} from '../../lib/naming/function-names';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import type { InvocationResult } from '../emulator/lambda/invoker';
import type { FunctionName, PipelineTemplate } from '../emulator/template/pipeline-template';
import { type EventSourceHooks, EventSources } from '../emulator/event-sources';
import { failureText } from '../../cli/failure-text';
import { sessionOf, stopAll } from '../run/local-run';
import type { WantedHistory } from '../watch/history-progress';
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
  readonly history: WantedHistory;
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
  const scheduledLogs = new ScheduledLogs(project);
  stops.push(ended(() => scheduledLogs.close()));
  const session = sessionOf(endpointOf(project, 'cassandra'), template);
  stops.push(() => session.close());
  const eventSources = await startEventSources(options, { scheduledLogs, counts }, stops);
  return statusReader(options, { eventSources, session, scheduledLogs, counts });
}

function ended(end: () => void): Stop {
  return () => {
    end();
    return Promise.resolve();
  };
}

async function startEventSources(
  options: DeployedRunOptions,
  { scheduledLogs, counts }: Pick<EmulatedParts, 'scheduledLogs' | 'counts'>,
  stops: Stop[],
): Promise<EventSources> {
  const { project, template, hooks } = options;
  const functions = await currentFunctions(options, scheduledLogs);
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
  { pairs, history, exchange }: DeployedRunOptions,
  { eventSources, session, scheduledLogs, counts }: EmulatedParts,
): StatusReader {
  return new StatusReader({
    exchange,
    pairs,
    history,
    session,
    targets: eventSources.sources.map(({ mapping }) => mapping.target),
    lag: () => eventSources.lag(),
    recordCount: (topic) => eventSources.recordCount(topic),
    functions: async () => {
      for (const { name, results } of await scheduledLogs.newResults()) {
        for (const result of results) counts.add(name, result);
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
