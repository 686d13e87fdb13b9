import { Kafka, type Message, type Producer, type ProducerRecord } from 'kafkajs';
import { KafkaDestination } from '../../../../local/emulator/kafka/kafka-destination';
import type { EventRecord } from '../../../../local/emulator/event-source/kafka-event';
import { eventRecord } from '../event-source/event-records';

/** A client whose producer keeps what it is told to send. */
class RecordingKafka extends Kafka {
  readonly sent: ProducerRecord[] = [];
  readonly calls: string[] = [];

  constructor() {
    super({ brokers: ['127.0.0.1:1'] });
  }

  override producer(): Producer {
    const called = (name: string) => () => {
      this.calls.push(name);
      return Promise.resolve();
    };
    const fake: Partial<Producer> = {
      connect: called('connect'),
      disconnect: called('disconnect'),
      send: (record) => {
        this.sent.push(record);
        return Promise.resolve([]);
      },
    };
    return fake as Producer;
  }
}

async function sent(...records: EventRecord[]): Promise<Message[][]> {
  const kafka = new RecordingKafka();
  await new KafkaDestination(kafka, 'undelivered').send(records);
  expect(kafka.sent).toEqual(
    kafka.sent.map(({ messages }) => ({ topic: 'undelivered', acks: -1, messages })),
  );
  return kafka.sent.map(({ messages }) => messages);
}

const base64 = (bytes: Buffer): string => bytes.toString('base64');

test('key, value and headers are the bytes that they were', async () => {
  const [key, value] = [Buffer.from([0, 255]), Buffer.from([3, 0, 200])];
  const headers: EventRecord['headers'] = [{ a: [1, 2] }, { b: [3] }, { a: [255] }];
  const record = { ...eventRecord('0@1'), key: base64(key), value: base64(value), headers };
  expect(await sent(record)).toEqual([
    [
      {
        key,
        value,
        headers: { a: [Buffer.from([1, 2]), Buffer.from([255])], b: [Buffer.from([3])] },
      },
    ],
  ]);
});

test('a record without key and value has none there either', async () => {
  expect(await sent(eventRecord('0@1'))).toEqual([[{ key: null, value: null, headers: {} }]]);
});

test('many records make requests that a broker takes', async () => {
  const large = { ...eventRecord('0@1'), value: base64(Buffer.alloc(200_000)) };
  const larger = { ...eventRecord('0@2'), value: base64(Buffer.alloc(900_000)) };
  const requests = await sent(large, large, large, larger, large);
  expect(requests.map((messages) => messages.length)).toEqual([2, 1, 1, 1]);
});

test('it connects to send and disconnects at the stop', async () => {
  const kafka = new RecordingKafka();
  const destination = new KafkaDestination(kafka, 'undelivered');
  await destination.send([eventRecord('0@1')]);
  await destination.stop();
  expect(kafka.calls).toEqual(['connect', 'disconnect']);
});
