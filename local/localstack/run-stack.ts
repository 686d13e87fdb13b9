import { FUNCTION_NAMES } from '../../lib/function-names';
import type { CassandraSession } from '../../lambdas/shared/adapters/cassandra-client';
import { createCandleStore } from '../../lambdas/shared/adapters/candle-store';
import type { InvocationResult } from '../emulator/invoker';
import type { FunctionName, PipelineTemplate } from '../emulator/pipeline-template';
import type { PipelineHooks } from '../emulator/start-pipeline';
import { type CountedLine, countedLine } from '../function-log';
import { sessionOf } from '../local-stack';
import { StackCounts, StackWatch } from '../stack-watch';
import type { DeployedFunction } from './deployed-functions';
import { EventSources } from './event-sources';
import { FunctionLogs, logsApi } from './function-logs';
import { invokeApi, LambdaInvoker } from './lambda-invoker';
import { endpointOf, type Place } from './place';

/** What runs beside LocalStack is started with. */
export interface RunStackOptions {
  readonly place: Place;
  /** Its mappings are played, its tables read. */
  readonly template: PipelineTemplate;
  /** Looks up the functions that are deployed now. */
  readonly findFunctions: () => Promise<DeployedFunctions>;
  readonly pairs: readonly string[];
  /** Where the candles come from, for people. */
  readonly market: string;
  readonly hooks: Pick<PipelineHooks, 'onEventSourceProblem' | 'onWarning'>;
}

type DeployedFunctions = Readonly<Record<FunctionName, DeployedFunction>>;
type Stop = () => Promise<void> | void;

/** The event sources beside LocalStack, and how all of it stands. */
export class RunningStack {
  readonly watch: StackWatch;
  readonly #stops: readonly Stop[];

  private constructor(watch: StackWatch, stops: readonly Stop[]) {
    this.watch = watch;
    this.#stops = stops;
  }

  static async start(options: RunStackOptions): Promise<RunningStack> {
    const { place, template, hooks } = options;
    const counts = new StackCounts();
    const api = invokeApi(place);
    const logs = new CountedLogs(place, counts);
    let functions = logs.read(await options.findFunctions());
    const eventSources = await EventSources.start({
      ...{ mappings: template.mappings, hooks },
      kafka: endpointOf(place, 'kafka'),
      invokerOf: (name) =>
        new LambdaInvoker({
          ...{ api, target: () => functions[name] },
          onResult: (result) => {
            counts.invoked({ function: name, result });
            if (!isGone(result)) return;
            // Another LocalStack, with another function: the event source tries again with that.
            options.findFunctions().then(
              (found) => (functions = logs.read(found)),
              (error: unknown) => hooks.onWarning?.(String(error)),
            );
          },
        }),
    });
    const session = sessionOf(endpointOf(place, 'cassandra'), template);
    const watch = watchOf(options, { eventSources, session, logs, counts });
    const end = () => {
      logs.close();
      api.destroy();
    };
    return new RunningStack(watch, [() => eventSources.stop(), () => session.close(), end]);
  }

  /** The invocation that is under way may end, then nothing runs beside LocalStack any more. */
  async stop(): Promise<void> {
    for (const stop of this.#stops) await stop();
  }
}

function isGone(result: InvocationResult): boolean {
  return !result.ok && result.errorType === 'ResourceNotFoundException';
}

interface WatchedParts {
  readonly eventSources: EventSources;
  readonly session: CassandraSession;
  readonly logs: CountedLogs;
  readonly counts: StackCounts;
}

function watchOf({ pairs, market }: RunStackOptions, parts: WatchedParts): StackWatch {
  const { eventSources, session, logs, counts } = parts;
  return new StackWatch(
    {
      ...{ market, pairs, session, store: createCandleStore(session) },
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
  readonly #counts: StackCounts;
  readonly #api: ReturnType<typeof logsApi>;
  #logs: readonly (readonly [FunctionName, FunctionLogs])[] = [];

  constructor(place: Place, counts: StackCounts) {
    this.#counts = counts;
    this.#api = logsApi(place);
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
