import type { Admin, Kafka } from 'kafkajs';
import { EventSource } from './event-source/event-source';
import type { EventSourceProblem } from './event-source/event-source-problem';
import { localKafka } from './kafka/kafka-client';
import { KafkaDestination } from './kafka/kafka-destination';
import { KafkaFeed } from './kafka/kafka-feed';
import { type PartitionLag, PipelineLag } from './kafka/pipeline-lag';
import type { Invoker } from './lambda/invoker';
import { errorsOf } from './settled-work';
import type { MappingTemplate } from './template/mapping-template';
import type { FunctionName } from './template/pipeline-template';

/** Reports of running event sources. */
export interface EventSourceHooks {
  readonly onEventSourceProblem?: (target: FunctionName, problem: EventSourceProblem) => void;
  /** Warnings of the Kafka client, and settings that are not emulated. */
  readonly onWarning?: (message: string) => void;
}

/** The mappings of a template, the Kafka that they read and the functions that they invoke. */
export interface EventSourcesOptions {
  readonly mappings: readonly MappingTemplate[];
  /** `host:port` of Kafka, as this machine reaches it. */
  readonly kafka: string;
  readonly clientId: string;
  readonly invokerOf: (name: FunctionName) => Invoker;
  readonly hooks?: EventSourceHooks | undefined;
}

/** An event source for each mapping, and how far they are behind. */
export class EventSources {
  readonly sources: readonly EventSource[];
  readonly #options: EventSourcesOptions;
  readonly #admin: Admin;
  readonly #lag: PipelineLag;

  constructor(options: EventSourcesOptions) {
    const kafka = localKafka(options.kafka, options.clientId, (warning) =>
      options.hooks?.onWarning?.(warning),
    );
    this.#options = options;
    this.sources = options.mappings.map((mapping) => createEventSource(kafka, mapping, options));
    this.#admin = kafka.admin();
    this.#lag = new PipelineLag(this.#admin, this.sources);
  }

  /** Starts them all from the committed offsets. If it rejects, `stop` ends what has started. */
  async start(): Promise<void> {
    this.#warnOfWhatIsNotEmulated();
    await this.#admin.connect();
    await Promise.all(this.sources.map((source) => source.start()));
  }

  /** A row for each partition of each event source. */
  lag(): Promise<readonly PartitionLag[]> {
    return this.#lag.read();
  }

  /** The number of records that a topic holds, over all its partitions. */
  async recordCount(topic: string): Promise<number> {
    const offsets = await this.#admin.fetchTopicOffsets(topic);
    return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
  }

  /** @throws AggregateError of what did not stop in order */
  async stop(): Promise<void> {
    const errors = await errorsOf([
      ...this.sources.map((source) => source.stop()),
      this.#admin.disconnect(),
    ]);
    if (errors.length > 0) throw new AggregateError(errors, 'event sources did not stop in order');
  }

  #warnOfWhatIsNotEmulated(): void {
    for (const { logicalId, notEmulated } of this.#options.mappings) {
      if (notEmulated.length === 0) continue;
      const names = notEmulated.join(', ');
      this.#options.hooks?.onWarning?.(`mapping ${logicalId}: ${names} is not emulated locally`);
    }
  }
}

function createEventSource(
  kafka: Kafka,
  mapping: MappingTemplate,
  { kafka: bootstrapServers, invokerOf, hooks }: EventSourcesOptions,
): EventSource {
  const { target } = mapping;
  return new EventSource({
    mapping,
    bootstrapServers,
    feed: new KafkaFeed(kafka, mapping, (warning) => hooks?.onWarning?.(`${target}: ${warning}`)),
    invoker: invokerOf(target),
    openDestination: (topic) => new KafkaDestination(kafka, topic),
    onProblem: (problem) => hooks?.onEventSourceProblem?.(target, problem),
  });
}
