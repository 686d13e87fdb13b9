import type { Admin, Kafka } from 'kafkajs';
import { failureText } from '../../cli/command-end';
import { EventSource } from '../emulator/event-source/event-source';
import type { Invoker } from '../emulator/lambda/invoker';
import { localKafka } from '../emulator/kafka/kafka-client';
import { KafkaDestination } from '../emulator/kafka/kafka-destination';
import { KafkaFeed } from '../emulator/kafka/kafka-feed';
import type { MappingTemplate } from '../emulator/template/mapping-template';
import { type PartitionLag, PipelineLag } from '../emulator/kafka/pipeline-lag';
import type { FunctionName } from '../emulator/template/pipeline-template';
import type { PipelineHooks } from '../emulator/start-pipeline';

/** What event sources are started with. */
export interface EventSourcesOptions {
  readonly mappings: readonly MappingTemplate[];
  /** `host:port` of Kafka, as this machine reaches it. */
  readonly kafka: string;
  /** What is invoked. */
  readonly invokerOf: (name: FunctionName) => Invoker;
  readonly hooks: Pick<PipelineHooks, 'onEventSourceProblem' | 'onWarning'>;
}

/** Event sources beside LocalStack, which has none for Kafka: they hand the records to its functions. */
export class EventSources {
  readonly sources: readonly EventSource[];
  readonly #admin: Admin;
  readonly #lag: PipelineLag;

  private constructor(kafka: Kafka, options: EventSourcesOptions) {
    this.sources = options.mappings.map((mapping) => eventSource(kafka, mapping, options));
    this.#admin = kafka.admin();
    this.#lag = new PipelineLag(this.#admin, this.sources);
  }

  /** Starts them all: they go on from the offsets that are committed. */
  static async start(options: EventSourcesOptions): Promise<EventSources> {
    const { kafka: servers, hooks } = options;
    const kafka = localKafka(servers, 'candlestream-localstack', (said) => hooks.onWarning?.(said));
    const started = new EventSources(kafka, options);
    try {
      await started.#admin.connect();
      await Promise.all(started.sources.map((source) => source.start()));
    } catch (error) {
      await started.stop().catch((also: unknown) => hooks.onWarning?.(failureText(also)));
      throw error;
    }
    return started;
  }

  /** A row for each partition of each event source. */
  lag(): Promise<readonly PartitionLag[]> {
    return this.#lag.read();
  }

  async stop(): Promise<void> {
    const ends = [...this.sources.map((source) => source.stop()), this.#admin.disconnect()];
    const outcomes = await Promise.allSettled(ends);
    const errors = outcomes.flatMap((outcome): unknown[] =>
      outcome.status === 'rejected' ? [outcome.reason] : [],
    );
    if (errors.length > 0) throw new AggregateError(errors, 'event sources did not stop in order');
  }
}

function eventSource(
  kafka: Kafka,
  mapping: MappingTemplate,
  { kafka: bootstrapServers, invokerOf, hooks }: EventSourcesOptions,
): EventSource {
  const { target } = mapping;
  return new EventSource({
    ...{ mapping, bootstrapServers },
    feed: new KafkaFeed(kafka, mapping, (said) => hooks.onWarning?.(`${target}: ${said}`)),
    invoker: invokerOf(target),
    openDestination: (topic) => new KafkaDestination(kafka, topic),
    onProblem: (problem) => hooks.onEventSourceProblem?.(target, problem),
  });
}
