import { Kafka, logLevel } from 'kafkajs';
import { createObservedCodec } from '../../lambdas/shared/codec/segment-codec';
import { createKafkaLog } from '../../lambdas/shared/adapters/kafka/kafka-log';
import { quietIdleConnections } from '../../lambdas/shared/adapters/kafka/kafkajs-idle';
import { rollUp } from '../../lambdas/shared/domain/roll-up';
import { marketKey } from '../../lambdas/shared/domain/market';
import { newestOf, type RolledSegment } from '../../lambdas/shared/domain/segment';
import type { TimedExchange } from '../run/run-exchange';
import type { LocalRun } from '../run/local-run';
import type { CandleSource } from '../exchange/candles/candle-source';
import { schemaVersionIdsOf } from './bench-run';
import { segmentsOf } from './catch-up';

/** Speed of the clients alone with the same data, in one-minute candles a second. */
export interface RawLimits {
  readonly kafkaWritten: number;
  readonly kafkaRead: number;
  readonly cassandraWritten: number;
}

const TOPIC = 'bench.raw';

/** The clients alone, in this process: the same records, and the same rows in the same batches. */
export async function rawLimits(
  run: LocalRun<TimedExchange>,
  source: CandleSource,
): Promise<RawLimits> {
  const segments = [...segmentsOf(source, 1)];
  const minutes = segments.reduce((sum, segment) => sum + segment.minuteCandles.length, 0);
  const codec = createObservedCodec(schemaVersionIdsOf(run));
  const records = segments.map((segment) => ({
    key: marketKey(segment),
    value: codec.encode(segment),
  }));
  const rolled = segments.map((segment): RolledSegment => ({
    ...segment,
    candles: rollUp(segment, {}),
    newestMs: newestOf(segment.minuteCandles) ?? null,
    deleted: {},
    audit: null,
  }));
  const kafka = client(run.engines.kafka.endpoint);
  await createTopic(kafka);
  return {
    kafkaWritten: minutes / (await seconds(() => write(run, records))),
    kafkaRead: minutes / (await seconds(() => readAll(kafka, records.length))),
    cassandraWritten: minutes / (await seconds(() => writeRows(run, rolled))),
  };
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return (performance.now() - startedMs) / 1_000;
}

function client(endpoint: string): Kafka {
  quietIdleConnections();
  return new Kafka({ clientId: 'bench', brokers: [endpoint], logLevel: logLevel.NOTHING });
}

async function createTopic(kafka: Kafka): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: TOPIC, numPartitions: 6 }] });
  await admin.disconnect();
}

async function write(
  { engines }: LocalRun<TimedExchange>,
  records: readonly { readonly key: string; readonly value: Buffer }[],
): Promise<void> {
  const brokers = [engines.kafka.endpoint];
  const log = createKafkaLog({ clientId: 'bench', brokers: () => Promise.resolve({ brokers }) });
  await log.append(TOPIC, records);
}

async function readAll(kafka: Kafka, count: number): Promise<void> {
  const consumer = kafka.consumer({ groupId: 'bench.raw' });
  await consumer.connect();
  await consumer.subscribe({ topics: [TOPIC], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    let seen = 0;
    consumer
      .run({
        eachBatch: ({ batch }) => {
          seen += batch.messages.length;
          if (seen >= count) resolve();
          return Promise.resolve();
        },
      })
      .catch(reject);
  });
  await consumer.disconnect();
}

async function writeRows({ store }: LocalRun<TimedExchange>, rolled: readonly RolledSegment[]) {
  await Promise.all(rolled.map((segment) => store.writeCandles(segment)));
}
