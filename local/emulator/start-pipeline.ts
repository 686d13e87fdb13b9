import { CatchUp } from './catch-up';
import { createTables } from './create-tables';
import type { EventSource } from './event-source/event-source';
import { type EventSourceHooks, EventSources } from './event-sources';
import { createTopics } from './kafka/create-topics';
import { localKafka } from './kafka/kafka-client';
import type { PartitionLag } from './kafka/pipeline-lag';
import { FunctionPool } from './lambda/function-pool';
import { FunctionProcess } from './lambda/function-process';
import type { InvocationReport } from './lambda/invocation-report';
import type { InvocationResult, Invoker } from './lambda/invoker';
import { type ChosenSettings, type ExchangeAddresses, localEnvironment } from './local-environment';
import { type MskEndpoint, startMskEndpoint } from './msk-endpoint';
import { type FiringProblem, Schedule } from './schedule';
import { errorsOf } from './settled-work';
import type { FunctionTemplate } from './template/function-template';
import type { RuleTemplate } from './template/rule-template';
import {
  FUNCTION_NAMES,
  type FunctionName,
  type PipelineTemplate,
  SCHEDULED_FUNCTIONS,
  type ScheduledFunction,
} from './template/pipeline-template';

export { PipelineStuckError } from './catch-up';

/** Reports of a running pipeline, for the console and for tests. */
export interface PipelineHooks extends EventSourceHooks {
  readonly onInvocation?: (report: InvocationReport) => void;
  readonly onFiringProblem?: (problem: FiringProblem) => void;
}

/** The template of a local pipeline and the services that it runs on. */
export interface PipelineOptions {
  readonly template: PipelineTemplate;
  /** `host:port` of the local Kafka */
  readonly kafka: string;
  /** `host:port` of the local Cassandra */
  readonly cassandra: string;
  /** The addresses of exchanges, if not their own. */
  readonly exchanges: ExchangeAddresses;
  /** Takes a log file a function. */
  readonly logsDir: string;
  readonly chosen?: ChosenSettings;
  /** Set over everything else, in all functions. */
  readonly overrides?: Readonly<Record<string, string>>;
  readonly hooks?: PipelineHooks;
  /** Further flags of the functions' `node`. */
  readonly nodeOptions?: readonly string[];
}

/** A pipeline that runs. */
export interface Pipeline {
  readonly functions: Readonly<Record<FunctionName, FunctionProcess>>;
  /** The function that answers queries; undefined if the stage has none. */
  readonly query: FunctionPool | undefined;
  readonly eventSources: readonly EventSource[];
  /** One tick of fetch at this time, for all exchanges, whatever the clock says; the first failure if one fails. */
  readonly tick: (timeMs: number) => Promise<InvocationResult>;
  /** One firing of reconcile at this time, whatever the clock says. */
  readonly reconcile: (timeMs: number) => Promise<InvocationResult>;
  /** Firings by the clock, the first of each rule now. */
  readonly startSchedule: () => void;
  /** A row for each partition of each event source. */
  readonly lag: () => Promise<readonly PartitionLag[]>;
  /** The number of records that a topic holds, over all its partitions. */
  readonly recordCount: (topic: string) => Promise<number>;
  /**
   * Waits until every record is processed by every event source.
   *
   * @throws PipelineStuckError after `limitMs`
   */
  readonly caughtUp: (limitMs: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const CLIENT_ID = 'candlestream-local';
/** So that a query that waits for the database does not hold up all others. */
const QUERY_PROCESSES = 2;

/**
 * Makes topics and tables if they are missing, and starts the functions and
 * the event sources of the template. Firings come with `startSchedule`, `tick` or `reconcile`.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { template, kafka: bootstrapServers, cassandra, hooks } = options;
  const kafka = localKafka(bootstrapServers, CLIENT_ID, (warning) => hooks?.onWarning?.(warning));
  await Promise.all([createTopics(kafka, template.topics), createTables(cassandra, template)]);
  const { clusterArns } = template;
  const pipeline = new RunningPipeline(
    options,
    await startMskEndpoint({ clusterArns, bootstrapServers }),
  );
  try {
    await pipeline.start();
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
  return pipeline;
}

class RunningPipeline implements Pipeline {
  readonly functions: Readonly<Record<FunctionName, FunctionProcess>>;
  readonly query: FunctionPool | undefined;
  readonly #options: PipelineOptions;
  readonly #msk: MskEndpoint;
  readonly #eventSources: EventSources;
  readonly #schedules: Readonly<Record<ScheduledFunction, readonly Schedule[]>>;
  /** Processes for the targets of a function after its first, so that none waits for another. */
  readonly #further: FunctionProcess[] = [];
  readonly #catchUp = new CatchUp(() => this.lag());

  constructor(options: PipelineOptions, msk: MskEndpoint) {
    this.#options = options;
    this.#msk = msk;
    this.functions = {
      fetch: this.#functionProcess('fetch'),
      reconcile: this.#functionProcess('reconcile'),
      transform: this.#functionProcess('transform'),
      persist: this.#functionProcess('persist'),
    };
    this.query = this.#queryPool();
    this.#eventSources = new EventSources({
      mappings: options.template.mappings,
      kafka: options.kafka,
      clientId: CLIENT_ID,
      invokerOf: (name) => this.functions[name],
      hooks: options.hooks,
    });
    this.#schedules = {
      fetch: this.#createSchedules('fetch'),
      reconcile: this.#createSchedules('reconcile'),
    };
  }

  get eventSources(): readonly EventSource[] {
    return this.#eventSources.sources;
  }

  async start(): Promise<void> {
    await Promise.all([
      ...FUNCTION_NAMES.map((name) => this.functions[name].warm()),
      ...this.#further.map((process) => process.warm()),
      this.query?.warm(),
      this.#eventSources.start(),
    ]);
  }

  tick(timeMs: number): Promise<InvocationResult> {
    return firedAt(this.#schedules.fetch, timeMs);
  }

  reconcile(timeMs: number): Promise<InvocationResult> {
    return firedAt(this.#schedules.reconcile, timeMs);
  }

  startSchedule(): void {
    for (const schedule of this.#allSchedules()) schedule.start();
  }

  lag(): Promise<readonly PartitionLag[]> {
    return this.#eventSources.lag();
  }

  recordCount(topic: string): Promise<number> {
    return this.#eventSources.recordCount(topic);
  }

  caughtUp(limitMs: number): Promise<void> {
    return this.#catchUp.within(limitMs);
  }

  /** Against the flow: no new firings, then no new batches, then the functions end. */
  async stop(): Promise<void> {
    for (const schedule of this.#allSchedules()) schedule.stop();
    const errors = [
      ...(await errorsOf([this.#eventSources.stop()])),
      ...(await errorsOf(FUNCTION_NAMES.map((name) => this.functions[name].stop()))),
      ...(await errorsOf(this.#further.map((process) => process.stop()))),
      ...(await errorsOf(this.query === undefined ? [] : [this.query.stop()])),
      ...(await errorsOf([this.#msk.stop()])),
    ];
    if (errors.length > 0) throw new AggregateError(errors, 'the pipeline did not stop in order');
  }

  #functionProcess(name: FunctionName): FunctionProcess {
    return this.#processOf(this.#options.template.functions[name], (report) => {
      this.#catchUp.invocationEnded();
      this.#options.hooks?.onInvocation?.(report);
    });
  }

  /** Queries are no part of the flow: nobody waits for them to have caught up. */
  #queryPool(): FunctionPool | undefined {
    const { template, hooks } = this.#options;
    if (template.url === undefined) return undefined;
    const { function: query, reservedConcurrency } = template.url;
    return new FunctionPool({
      reservedConcurrency,
      mostProcesses: QUERY_PROCESSES,
      create: () => this.#processOf(query, (report) => hooks?.onInvocation?.(report)),
    });
  }

  #processOf(
    template: FunctionTemplate,
    onReport: (report: InvocationReport) => void,
  ): FunctionProcess {
    const { chosen, overrides, logsDir, nodeOptions = [] } = this.#options;
    const endpoints = { ...this.#options, mskUrl: this.#msk.url };
    return new FunctionProcess({
      template,
      overrides: { ...localEnvironment(template, endpoints, chosen), ...overrides },
      logsDir,
      nodeOptions,
      onReport,
    });
  }

  #allSchedules(): Schedule[] {
    return SCHEDULED_FUNCTIONS.flatMap((name) => this.#schedules[name]);
  }

  #createSchedules(name: ScheduledFunction): Schedule[] {
    const [first, ...others] = this.#options.template.rules[name];
    return [
      this.#createSchedule(first, this.functions[name]),
      ...others.map((rule) => {
        const process = this.#functionProcess(name);
        this.#further.push(process);
        return this.#createSchedule(rule, process);
      }),
    ];
  }

  #createSchedule(rule: RuleTemplate, target: Invoker): Schedule {
    const { template, hooks } = this.#options;
    return new Schedule({
      rule,
      target,
      retryAttempts: template.functions[rule.target].asyncRetryAttempts,
      onProblem: (problem) => hooks?.onFiringProblem?.(problem),
    });
  }
}

/** Fires all targets at once; the result is that of the first that failed, or else of the first. */
async function firedAt(schedules: readonly Schedule[], timeMs: number): Promise<InvocationResult> {
  const results = await Promise.all(schedules.map((schedule) => schedule.fireAt(timeMs)));
  const [first] = results;
  if (first === undefined) throw new TypeError('A function that is fired has at least one target');
  return results.find(({ ok }) => !ok) ?? first;
}
