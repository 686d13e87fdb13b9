import { FUNCTION_NAMES } from '../../lib/naming/function-names';
import type { CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import { createCandleStore } from '../../lambdas/shared/adapters/database/candle-store';
import type { InvocationResult } from '../emulator/lambda/invoker';
import type { FunctionName, PipelineTemplate } from '../emulator/template/pipeline-template';
import { type EventSourceHooks, EventSources } from '../emulator/event-sources';
import { type CountedLine, countedLine } from '../watch/function-log';
import { failureText } from '../../cli/failure-text';
import { sessionOf, stopAll } from '../run/local-run';
import { RunCounts, RunWatch } from '../watch/watch-run';
import { CurrentFunctions, type DeployedFunctions } from './deployment/current-functions';
import { FunctionLogs, logsApi } from './deployment/function-logs';
import { invokeApi, LambdaInvoker } from './deployment/lambda-invoker';
import { endpointOf } from '../containers/compose-project';
import type { LocalstackProject } from './localstack-project';

/** What runs beside LocalStack is started with. */
export interface DeployedRunOptions {
  readonly project: LocalstackProject;
  /** Its mappings are played, its tables read. */
  readonly template: PipelineTemplate;
  /** Looks up the functions that are deployed now. */
  readonly findFunctions: () => Promise<DeployedFunctions>;
  readonly pairs: readonly string[];
  /** Where the candles come from, for people. */
  readonly exchange: string;
  readonly hooks: EventSourceHooks;
}

type Stop = () => Promise<void>;

/** The event sources beside LocalStack, and how all of it stands. */
export class DeployedRun {
  readonly watch: RunWatch;
  readonly #stops: Stop[];

  private constructor(watch: RunWatch, stops: Stop[]) {
    this.watch = watch;
    this.#stops = stops;
  }

  /** Where anything fails, nothing is left running. */
  static async start(options: DeployedRunOptions): Promise<DeployedRun> {
    const stops: Stop[] = [];
    try {
      return new DeployedRun(await startWatch(options, stops), stops);
    } catch (error) {
      await stopAll(stops).catch((also: unknown) => options.hooks.onWarning?.(failureText(also)));
      throw error;
    }
  }

  /** The invocation that is under way may end, then nothing runs beside LocalStack any more. */
  stop(): Promise<void> {
    return stopAll(this.#stops);
  }
}

async function startWatch(options: DeployedRunOptions, stops: Stop[]): Promise<RunWatch> {
  const { project, template } = options;
  const counts = new RunCounts();
  const logs = new CountedLogs(project, counts);
  stops.push(ended(() => logs.close()));
  const session = sessionOf(endpointOf(project, 'cassandra'), template);
  stops.push(() => session.close());
  const eventSources = await startEventSources(options, { logs, counts }, stops);
  return watchOf(options, { eventSources, session, logs, counts });
}

function ended(end: () => void): Stop {
  return () => {
    end();
    return Promise.resolve();
  };
}

async function startEventSources(
  options: DeployedRunOptions,
  { logs, counts }: Pick<WatchedParts, 'logs' | 'counts'>,
  stops: Stop[],
): Promise<EventSources> {
  const { project, template, hooks } = options;
  const functions = await currentFunctions(options, logs);
  const api = invokeApi(project);
  stops.push(ended(() => api.destroy()));
  const onResult = (name: FunctionName, result: InvocationResult): void => {
    counts.invoked({ function: name, result });
    void functions.noteResult(result);
  };
  const eventSources = new EventSources({
    mappings: template.mappings,
    kafka: endpointOf(project, 'kafka'),
    clientId: 'candlestream-localstack',
    hooks,
    invokerOf: (name) =>
      new LambdaInvoker({
        ...{ api, target: () => functions.get(name) },
        onResult: (result) => onResult(name, result),
      }),
  });
  stops.push(() => eventSources.stop());
  await eventSources.start();
  return eventSources;
}

async function currentFunctions(
  { findFunctions: find, hooks }: DeployedRunOptions,
  logs: CountedLogs,
): Promise<CurrentFunctions> {
  return new CurrentFunctions(logs.read(await find()), {
    find,
    onReplaced: (others) => logs.read(others),
    onWarning: (message) => hooks.onWarning?.(message),
  });
}

interface WatchedParts {
  readonly eventSources: EventSources;
  readonly session: CassandraSession;
  readonly logs: CountedLogs;
  readonly counts: RunCounts;
}

function watchOf({ pairs, exchange }: DeployedRunOptions, parts: WatchedParts): RunWatch {
  const { eventSources, session, logs, counts } = parts;
  return new RunWatch(
    {
      ...{ exchange, pairs, session, store: createCandleStore(session) },
      eventSources: eventSources.sources,
      lag: () => eventSources.lag(),
      newLines: () => logs.newLines(),
      // A container that ends is replaced without a word.
      restartsOf: () => 0,
    },
    counts,
  );
}

/** What the functions' logs say, from now on; LocalStack invokes fetch itself: its log alone tells. */
class CountedLogs {
  readonly #counts: RunCounts;
  readonly #api: ReturnType<typeof logsApi>;
  #logs: readonly (readonly [FunctionName, FunctionLogs])[] = [];

  constructor(project: LocalstackProject, counts: RunCounts) {
    this.#counts = counts;
    this.#api = logsApi(project);
  }

  /** Reads the logs of these functions, from now on. */
  read(functions: DeployedFunctions): DeployedFunctions {
    const nowMs = Date.now();
    this.#logs = FUNCTION_NAMES.map((name) => [
      name,
      new FunctionLogs(this.#api, functions[name].functionName, nowMs),
    ]);
    return functions;
  }

  async newLines(): Promise<CountedLine[]> {
    const counted: CountedLine[] = [];
    for (const [name, log] of this.#logs) {
      const messages = (await log.newLines()).map(({ message }) => message);
      counted.push(...messages.flatMap(countedLine));
      if (name !== 'fetch') continue;
      for (const result of resultsOf(messages)) this.#counts.invoked({ function: name, result });
    }
    return counted;
  }

  close(): void {
    this.#api.destroy();
  }
}

/** How the invocations ended whose lines are given: each has its report, one that failed a line before it. */
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
