import {
  createKafkaLog,
  KafkaAppendError,
  requestsOf,
} from '../../../../../lambdas/shared/adapters/kafka/kafka-log';
import { FakeTelemetry } from '../../../../fakes/telemetry';

function recordsOf(...sizes: number[]) {
  return sizes.map((bytes, index) => ({ key: `k${index}`, value: new Uint8Array(bytes) }));
}

function keysOf(sizes: number[]) {
  return requestsOf(recordsOf(...sizes)).map((messages) => messages.map(({ key }) => key));
}

describe('requestsOf', () => {
  it('makes no request of no records', () => {
    expect(requestsOf([])).toEqual([]);
  });

  it('keeps the order, and fills a request up to 900,000 bytes with the keys', () => {
    expect(keysOf([400_000, 499_996, 1])).toEqual([['k0', 'k1'], ['k2']]);
    expect(keysOf([400_000, 499_997, 1])).toEqual([['k0'], ['k1', 'k2']]);
  });

  it('gives a record that is larger than a request one of its own', () => {
    expect(keysOf([10, 2_000_000, 10])).toEqual([['k0'], ['k1'], ['k2']]);
    expect(keysOf([2_000_000])).toEqual([['k0']]);
  });

  it('sends exactly the bytes of a view into a larger buffer', () => {
    const value = new Uint8Array(Buffer.from('xxabcxx').subarray(2, 5));
    const view = new Uint8Array(Uint8Array.from([9, 97, 98, 99, 9]).buffer, 1, 3);

    const messages = requestsOf([
      { key: 'a', value },
      { key: 'b', value: view },
    ]).flat();

    expect(messages.map((message) => message.value?.toString())).toEqual(['abc', 'abc']);
  });
});

describe('a log without brokers', () => {
  it('fails with the topic and the cause, and counts each failed append', async () => {
    const telemetry = new FakeTelemetry();
    const brokers = () => Promise.reject(new Error('no cluster'));
    const log = createKafkaLog({ clientId: 'test', brokers, telemetry });

    for (const topic of ['candles.rolled', 'candles.observed']) {
      const appended = log.append(topic, recordsOf(1, 2));
      await expect(appended).rejects.toThrow(KafkaAppendError);
      await expect(appended).rejects.toThrow(
        `Could not append 2 records to the topic ${topic}: Error: no cluster`,
      );
    }

    expect(telemetry.counted('KafkaErrors')).toBe(2);
  });
});
