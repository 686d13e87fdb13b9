import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { EventSource } from '../../local/emulator/event-source/event-source';
import type { EventSourceProblem } from '../../local/emulator/event-source/event-source-problem';
import { FunctionProcess } from '../../local/emulator/lambda/function-process';
import { localKafka } from '../../local/emulator/kafka/kafka-client';
import { KafkaDestination } from '../../local/emulator/kafka/kafka-destination';
import { KafkaFeed } from '../../local/emulator/kafka/kafka-feed';
import type {
  BoundedFailures,
  MappingFailures,
} from '../../local/emulator/template/mapping-failures';
import type { MappingTemplate } from '../../local/emulator/template/mapping-template';
import { KafkaBroker } from './engines/kafka-broker';
import { Topics, total } from './support/topic-records';
import { until } from './support/waiting';

const LIMIT_MS = 120_000;
const ON_DEMAND: MappingFailures = { kind: 'retry-until-success' };
const PROVISIONED: BoundedFailures = {
  kind: 'bounded',
  retryAttempts: 2,
  maxRecordAgeMs: Number.POSITIVE_INFINITY,
  bisect: true,
  reportsItemFailures: false,
  destinationTopic: 'undelivered',
};

/**
 * A record says by its value how it goes: `poison` fails always, `transient`
 * the first two times. Each invocation leaves a line: what it got, what it did.
 */
const HANDLERS = `
const { appendFileSync } = require('node:fs');
const times = new Map();
const nameOf = ({ partition, offset }) => partition + '@' + offset;
function fails(record) {
  const text = Buffer.from(record.value, 'base64').toString('latin1');
  const name = nameOf(record);
  times.set(name, (times.get(name) ?? 0) + 1);
  return text.startsWith('poison') || (text.startsWith('transient') && times.get(name) <= 2);
}
function work(event, doneOf) {
  const records = Object.values(event.records).flat();
  const failed = records.filter(fails);
  const done = doneOf(records, failed);
  const line = { got: records.map(nameOf), done: done.map(nameOf) };
  appendFileSync(process.env.LEDGER, JSON.stringify(line) + '\\n');
  return failed;
}
exports.throws = async (event) => {
  const failed = work(event, (records, failed) => (failed.length > 0 ? [] : records));
  if (failed.length > 0) throw new Error('cannot process ' + failed.map(nameOf));
};
exports.reports = async (event) => {
  const failed = work(event, (records, failed) => records.filter((one) => !failed.includes(one)));
  return {
    batchItemFailures: failed.map(({ topic, partition, offset }) => ({
      itemIdentifier: { partition: topic + '-' + partition, offset },
    })),
  };
};
`;

interface Invocation {
  readonly got: readonly string[];
  readonly done: readonly string[];
}

let folder: string;
let broker: KafkaBroker;
let kafka: Kafka;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'candlestream-modes-'));
  await writeFile(join(folder, 'index.js'), HANDLERS);
  broker = await KafkaBroker.start();
  const brokers = [broker.endpoint];
  kafka = new Kafka({ clientId: 'modes-test', brokers, logLevel: logLevel.NOTHING });
}, LIMIT_MS);

afterAll(async () => {
  await broker.stop();
  await rm(folder, { recursive: true, force: true });
}, LIMIT_MS);

/** A topic that an event source reads for a function, with a destination of its own. */
class Scene {
  readonly problems: EventSourceProblem[] = [];
  readonly #topic: string;
  readonly #function: FunctionProcess;
  readonly #source: EventSource;

  constructor(topic: string, handler: 'throws' | 'reports', failures: MappingFailures) {
    this.#topic = topic;
    this.#function = new FunctionProcess({
      template: {
        name: 'persist',
        logicalId: 'Persist',
        arn: 'arn:aws:lambda:us-east-1:000000000000:function:Persist',
        bundleFolder: folder,
        handler: `index.${handler}`,
        environment: { LEDGER: this.#ledger },
        timeoutMs: 10_000,
        memoryMiB: 256,
        asyncRetryAttempts: 0,
      },
      logsDir: join(folder, 'logs'),
    });
    this.#source = this.#eventSource(failures);
  }

  get #ledger(): string {
    return join(folder, `${this.#topic}.jsonl`);
  }

  get destination(): string {
    return `${this.#topic}.undelivered`;
  }

  #eventSource(failures: MappingFailures): EventSource {
    const client = localKafka(broker.endpoint, 'modes-source', () => undefined);
    const mapping: MappingTemplate = {
      logicalId: 'Mapping',
      topics: [this.#topic],
      target: 'persist',
      consumerGroupId: `${this.#topic}.group`,
      eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/c/1',
      batchSize: 100,
      windowMs: 0,
      startingPosition: 'TRIM_HORIZON',
      failures:
        failures.kind === 'bounded'
          ? { ...failures, destinationTopic: this.destination }
          : failures,
      notEmulated: [],
    };
    return new EventSource({
      mapping,
      bootstrapServers: broker.endpoint,
      feed: new KafkaFeed(client, mapping, () => undefined),
      invoker: this.#function,
      openDestination: (topic) => new KafkaDestination(client, topic),
      onProblem: (problem) => this.problems.push(problem),
    });
  }

  async prepare(): Promise<void> {
    await broker.createTopic(this.#topic);
    await broker.createTopic(this.destination);
  }

  /** Starts to read; what was written before comes in one event then. */
  start(): Promise<void> {
    return this.#source.start();
  }

  async stop(): Promise<void> {
    await this.#source.stop();
    await this.#function.stop();
  }

  async write(...messages: Message[]): Promise<void> {
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: this.#topic, messages });
    await producer.disconnect();
  }

  async invocations(): Promise<Invocation[]> {
    const lines = (await readFile(this.#ledger, 'utf8')).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as Invocation);
  }

  /** Waits until the group has these offsets, by partition. */
  async committed(...offsets: number[]): Promise<void> {
    const admin = kafka.admin();
    await admin.connect();
    try {
      const groupId = `${this.#topic}.group`;
      await until(`${groupId} is at ${offsets.join()}`, async () => {
        const [of] = await admin.fetchOffsets({ groupId, topics: [this.#topic] });
        const found = (of?.partitions ?? []).toSorted((a, b) => a.partition - b.partition);
        return found.map(({ offset }) => Number(offset)).join() === offsets.join();
      });
    } finally {
      await admin.disconnect();
    }
  }

  async destinationEnds(): Promise<number> {
    return total(await new Topics(broker.endpoint).ends(this.destination));
  }

  /** The first record of the destination. */
  async undelivered(): Promise<Message> {
    const consumer = kafka.consumer({ groupId: `${this.destination}.reader` });
    const found: Message[] = [];
    await consumer.connect();
    try {
      await consumer.subscribe({ topic: this.destination, fromBeginning: true });
      const eachMessage = ({ message }: { message: Message }) => {
        found.push(message);
        return Promise.resolve();
      };
      await consumer.run({ eachMessage });
      await until('a record is undelivered', () => found.length > 0);
    } finally {
      await consumer.disconnect();
    }
    const [first] = found;
    if (!first) throw new Error('there is no record');
    return first;
  }
}

const running: Scene[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((scene) => scene.stop()));
});

async function scene(
  topic: string,
  handler: 'throws' | 'reports',
  failures: MappingFailures,
): Promise<Scene> {
  const one = new Scene(topic, handler, failures);
  running.push(one);
  await one.prepare();
  return one;
}

const message = (partition: number, value: string): Message => ({ partition, value });
const allDone = (invocations: readonly Invocation[]): string[] =>
  invocations.flatMap(({ done }) => done).toSorted();

test(
  'on-demand: a transient failure loses no record, and the batch is retried whole',
  async () => {
    const one = await scene('on-demand', 'throws', ON_DEMAND);
    await one.write(message(0, 'a'), message(0, 'transient'), message(0, 'b'), message(1, 'c'));
    await one.start();
    await one.committed(3, 1);
    const invocations = await one.invocations();
    expect(new Set(allDone(invocations))).toEqual(new Set(['0@0', '0@1', '0@2', '1@0']));
    const withTransient = invocations.filter(({ got }) => got.includes('0@1'));
    expect(withTransient).toHaveLength(3);
    expect(new Set(withTransient.map(({ got }) => got.join()))).toHaveProperty('size', 1);
  },
  LIMIT_MS,
);

test(
  'provisioned: a transient failure loses no record, and none goes to the destination',
  async () => {
    const one = await scene('provisioned', 'throws', PROVISIONED);
    await one.write(message(0, 'a'), message(0, 'transient'), message(0, 'b'), message(1, 'c'));
    await one.start();
    await one.committed(3, 1);
    expect(new Set(allDone(await one.invocations()))).toEqual(
      new Set(['0@0', '0@1', '0@2', '1@0']),
    );
    expect(await one.destinationEnds()).toBe(0);
  },
  LIMIT_MS,
);

test(
  'provisioned: a poison record blocks nothing and arrives in the destination byte for byte',
  async () => {
    const one = await scene('poison', 'throws', PROVISIONED);
    const poison = {
      key: Buffer.from([0, 255, 128]),
      value: Buffer.concat([Buffer.from('poison'), Buffer.from([0, 254, 10, 13])]),
      headers: { trace: Buffer.from([7, 0, 255]), empty: Buffer.alloc(0) },
    };
    await one.write(message(0, 'a'), { partition: 0, ...poison }, message(0, 'b'), message(1, 'c'));
    await one.start();
    await one.committed(3, 1);
    await one.write(message(0, 'd'));
    await one.committed(4, 1);
    expect(allDone(await one.invocations())).toEqual(['0@0', '0@2', '0@3', '1@0']);
    expect(await one.destinationEnds()).toBe(1);
    expect(await one.undelivered()).toMatchObject(poison);
    expect(one.problems.at(-1)).toMatchObject({
      kind: 'records-sent',
      records: [{ topic: 'poison', partition: 0, offset: 1 }],
      reason: { kind: 'retries-used-up', failure: { errorMessage: 'cannot process 0@1' } },
    });
  },
  LIMIT_MS,
);

test(
  'provisioned: of a partial answer only the failed records come again',
  async () => {
    const one = await scene('partial', 'reports', { ...PROVISIONED, reportsItemFailures: true });
    const [first, later] = [message(0, 'a'), message(0, 'b')];
    await one.write(first, message(0, 'transient'), message(0, 'poison'), later, message(1, 'c'));
    await one.start();
    await one.committed(4, 1);
    const invocations = await one.invocations();
    expect(allDone(invocations)).toEqual(['0@0', '0@1', '0@3', '1@0']);
    const failing = invocations.filter(({ got }) => got.includes('0@1') || got.includes('0@2'));
    expect(failing.slice(1).flatMap(({ got }) => got)).not.toContain('0@0');
    expect(failing.slice(1).flatMap(({ got }) => got)).not.toContain('0@3');
    expect(await one.undelivered()).toMatchObject({ key: null, value: Buffer.from('poison') });
  },
  LIMIT_MS,
);
