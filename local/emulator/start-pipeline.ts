import type { Admin, Kafka } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTables } from './create-tables';
import { createTopics } from './kafka/create-topics';
import { EventSource } from './event-source/event-source';
import type { EventSourceProblem } from './event-source/event-source';
import { FunctionProcess } from './lambda/function-process';
import type { InvocationReport } from './lambda/function-process';
import type { InvocationResult } from './lambda/invoker';
import { localKafka } from './kafka/kafka-client';
import { KafkaDestination } from './kafka/kafka-destination';
import { KafkaFeed } from './kafka/kafka-feed';
import { localEnvironment } from './local-environment';
import type { ChosenSettings } from './local-environment';
import { startMskEndpoint } from './msk-endpoint';
import type { MskEndpoint } from './msk-endpoint';
import { PipelineLag } from './kafka/pipeline-lag';
import type { PartitionLag } from './kafka/pipeline-lag';
import { FUNCTION_NAMES } from './template/pipeline-template';
import type { FunctionName, MappingTemplate, PipelineTemplate } from './template/pipeline-template';
import { Schedule } from './schedule';
import type { TickProblem } from './schedule';

/** What a running pipeline tells, for the console and for tests. */
export interface PipelineHooks {
  readonly onInvocation?: (report: InvocationReport) => void;
  readonly onEventSourceProblem?: (target: FunctionName, problem: EventSourceProblem) => void;
  readonly onTickProblem?: (problem: TickProblem) => void;
  /** What the Kafka client warns of, and settings that are not played. */
  readonly onWarning?: (message: string) => void;
}

/** What a local pipeline runs on. */
export interface PipelineOptions {
  readonly template: PipelineTemplate;
  /** `host:port` of the local Kafka */
  readonly kafka: string;
  /** `host:port` of the local Cassandra */
  readonly cassandra: string;
  /** The exchange's base URL, up to and with `/api/v4`. */
  readonly exchangeUrl: string;
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
  readonly eventSources: readonly EventSource[];
  /** One tick at this time, whatever the clock says. */
  readonly tick: (timeMs: number) => Promise<InvocationResult>;
  /** Ticks by the clock, the first one now. */
  readonly startSchedule: () => void;
  /** A row for each partition of each event source. */
  readonly lag: () => Promise<readonly PartitionLag[]>;
  /**
   * Waits until every record is processed by every event source.
   *
   * @throws PipelineStuckError after `limitMs`
   */
  readonly caughtUp: (limitMs: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Records that are not processed in time. */
export class PipelineStuckError extends Error {
  override readonly name = 'PipelineStuckError';
}

/** The longest that a look at the lag waits for an invocation to end. */
const LAG_EVERY_MS = 50;

/**
 * Makes topics and tables where they are missing, and starts the functions and
 * the event sources of the template. Ticks come with `startSchedule` or `tick`.
 */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  const kafka = localKafka(options.kafka, 'candlestream-local', (message) =>
    options.hooks?.onWarning?.(message),
  );
  await Promise.all([
    createTopics(kafka, options.template.topics),
    createTables(options.cassandra, options.template),
  ]);
  const pipeline = new RunningPipeline(options, kafka, await mskEndpointOf(options));
  try {
    await pipeline.start();
  } catch (error) {
    await pipeline.stop();
    throw error;
  }
  return pipeline;
}

function mskEndpointOf({ template, kafka }: PipelineOptions): Promise<MskEndpoint> {
  return startMskEndpoint({ clusterArns: template.clusterArns, bootstrapServers: kafka });
}

class RunningPipeline implements Pipeline {
  readonly functions: Readonly<Record<FunctionName, FunctionProcess>>;
  readonly eventSources: readonly EventSource[];
  readonly #options: PipelineOptions;
  readonly #kafka: Kafka;
  readonly #admin: Admin;
  readonly #msk: MskEndpoint;
  readonly #schedule: Schedule;
  readonly #lag: PipelineLag;
  #invocations = 0;
  #wakeOnInvocation: () => void = () => undefined;

  constructor(options: PipelineOptions, kafka: Kafka, msk: MskEndpoint) {
    const { template } = options;
    this.#options = options;
    this.#kafka = kafka;
    this.#admin = kafka.admin();
    this.#msk = msk;
    this.functions = {
      fetch: this.#functionProcess('fetch'),
      transform: this.#functionProcess('transform'),
      persist: this.#functionProcess('persist'),
    };
    this.eventSources = template.mappings.map((mapping) => this.#eventSource(mapping));
    this.#schedule = new Schedule({
      rule: template.rule,
      target: this.functions[template.rule.target],
      retryAttempts: template.functions[template.rule.target].asyncRetryAttempts,
      onProblem: (problem) => options.hooks?.onTickProblem?.(problem),
    });
    this.#lag = new PipelineLag(this.#admin, this.eventSources);
  }

  async start(): Promise<void> {
    this.#warnOfWhatIsNotPlayed();
    await this.#admin.connect();
    await Promise.all([
      ...FUNCTION_NAMES.map((name) => this.functions[name].warm()),
      ...this.eventSources.map((source) => source.start()),
    ]);
  }

  tick(timeMs: number): Promise<InvocationResult> {
    return this.#schedule.tick(timeMs);
  }

  startSchedule(): void {
    this.#schedule.start();
  }

  lag(): Promise<readonly PartitionLag[]> {
    return this.#lag.read();
  }

  async caughtUp(limitMs: number): Promise<void> {
    const untilMs = performance.now() + limitMs;
    for (;;) {
      const before = this.#invocations;
      const behind = await this.#behind();
      // What ended while the topics were read may have written to one read before.
      if (behind.length === 0 && this.#invocations === before) return;
      if (performance.now() > untilMs) throw stuck(limitMs, behind);
      if (this.#invocations === before) await this.#nextInvocation();
    }
  }

  /** Against the flow: no new ticks, then no new batches, then the functions end. */
  async stop(): Promise<void> {
    this.#schedule.stop();
    const sources = this.eventSources.map((source) => source.stop());
    const outcomes = await Promise.allSettled(sources);
    const functions = FUNCTION_NAMES.map((name) => this.functions[name].stop());
    outcomes.push(...(await Promise.allSettled(functions)));
    outcomes.push(...(await Promise.allSettled([this.#admin.disconnect(), this.#msk.stop()])));
    const errors = outcomes.flatMap((outcome): unknown[] =>
      outcome.status === 'rejected' ? [outcome.reason] : [],
    );
    if (errors.length > 0) throw new AggregateError(errors, 'the pipeline did not stop in order');
  }

  /** Where something is left to do, in words. */
  async #behind(): Promise<string[]> {
    try {
      const lags = await this.lag();
      return lags
        .filter(({ records }) => records > 0)
        .map((lag) => `${lag.topic}-${lag.partition} at ${lag.processedTo} of ${lag.end}`);
    } catch (error) {
      // A broker that is down is not caught up with; it may come back before the limit.
      return [`Kafka does not answer (${String(error)})`];
    }
  }

  #functionProcess(name: FunctionName): FunctionProcess {
    const { template, chosen, overrides, logsDir, nodeOptions } = this.#options;
    const endpoints = { ...this.#options, mskUrl: this.#msk.url };
    return new FunctionProcess({
      template: template.functions[name],
      overrides: {
        ...localEnvironment(template.functions[name], endpoints, chosen),
        ...overrides,
      },
      logsDir,
      nodeOptions: nodeOptions ?? [],
      onReport: (report) => this.#invocationEnded(report),
    });
  }

  #eventSource(mapping: MappingTemplate): EventSource {
    const { kafka, hooks } = this.#options;
    const warn = (message: string): void => hooks?.onWarning?.(`${mapping.target}: ${message}`);
    return new EventSource({
      mapping,
      bootstrapServers: kafka,
      feed: new KafkaFeed(this.#kafka, mapping, warn),
      invoker: this.functions[mapping.target],
      openDestination: (topic) => new KafkaDestination(this.#kafka, topic),
      onProblem: (problem) => hooks?.onEventSourceProblem?.(mapping.target, problem),
    });
  }

  #invocationEnded(report: InvocationReport): void {
    this.#invocations += 1;
    this.#options.hooks?.onInvocation?.(report);
    // After the event source has taken the result: it waits for the same promise.
    setImmediate(() => this.#wakeOnInvocation());
  }

  async #nextInvocation(): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.#wakeOnInvocation = resolve));
    const limit = new AbortController();
    const timer = sleep(LAG_EVERY_MS, undefined, { signal: limit.signal }).catch(() => undefined);
    await Promise.race([woken, timer]);
    limit.abort();
  }

  #warnOfWhatIsNotPlayed(): void {
    for (const { logicalId, notPlayed } of this.#options.template.mappings) {
      if (notPlayed.length === 0) continue;
      const names = notPlayed.join(', ');
      this.#options.hooks?.onWarning?.(`mapping ${logicalId}: ${names} is not played locally`);
    }
  }
}

function stuck(limitMs: number, behind: readonly string[]): PipelineStuckError {
  const where = behind.length === 0 ? 'invocations still end' : behind.join(', ');
  return new PipelineStuckError(
    `not caught up within ${limitMs} ms: ${where}; the functions' logs may say why`,
  );
}
