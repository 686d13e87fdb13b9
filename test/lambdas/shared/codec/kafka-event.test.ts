import { InvalidKafkaEventError, recordsOf } from '../../../../lambdas/shared/codec/kafka-event';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** As the AWS documentation of MSK event sources shows it, with two partitions. */
const EVENT = {
  eventSource: 'aws:kafka',
  eventSourceArn:
    'arn:aws:kafka:us-east-1:123456789012:cluster/vpc-2priv-2pub/751d2973-a626-431c-9d4e-d7975eb44dd7-2',
  bootstrapServers:
    'b-2.demo-cluster-1.a1bcde.c1.kafka.us-east-1.amazonaws.com:9092,b-1.demo-cluster-1.a1bcde.c1.kafka.us-east-1.amazonaws.com:9092',
  records: {
    'candles.observed-0': [
      {
        topic: 'candles.observed',
        partition: 0,
        offset: 16,
        timestamp: 1_545_084_650_988,
        timestampType: 'CREATE_TIME',
        key: base64('BTC_USDT'),
        value: base64('second'),
        headers: [{ headerKey: [104, 101, 97, 100, 101, 114, 86, 97, 108, 117, 101] }],
      },
      {
        topic: 'candles.observed',
        partition: 0,
        offset: 15,
        timestamp: 1_545_084_650_987,
        timestampType: 'CREATE_TIME',
        key: base64('BTC_USDT'),
        value: base64('first'),
        headers: [],
      },
    ],
    'candles.observed-7': [
      {
        topic: 'candles.observed',
        partition: 7,
        offset: 3,
        timestamp: 1_545_084_650_990,
        timestampType: 'LOG_APPEND_TIME',
        key: null,
        value: null,
        headers: [],
      },
      { topic: 'candles.observed', partition: 7, offset: 4, timestamp: 1_545_084_650_991 },
    ],
  },
};

describe('recordsOf', () => {
  it('gives the records of all partitions, each in offset order', () => {
    const records = recordsOf(EVENT);

    expect(records.map(({ partition, offset }) => [partition, offset])).toEqual([
      [0, 15],
      [0, 16],
      [7, 3],
      [7, 4],
    ]);
  });

  it('decodes keys and values', () => {
    expect(recordsOf(EVENT)[0]).toEqual({
      topic: 'candles.observed',
      partition: 0,
      offset: 15,
      timestampMs: 1_545_084_650_987,
      key: 'BTC_USDT',
      value: Buffer.from('first'),
    });
  });

  it('has null for keys and values that are null or absent', () => {
    const [, , nulls, absent] = recordsOf(EVENT);

    expect([nulls?.key, nulls?.value]).toEqual([null, null]);
    expect([absent?.key, absent?.value]).toEqual([null, null]);
  });

  it('tells an empty value from none', () => {
    const record = { topic: 't', partition: 0, offset: 1, timestamp: 2, key: '', value: '' };

    const [read] = recordsOf({ eventSource: 'aws:kafka', records: { 't-0': [record] } });

    expect([read?.key, read?.value]).toEqual(['', Buffer.alloc(0)]);
  });

  it('takes the event of a self-managed cluster', () => {
    expect(recordsOf({ ...EVENT, eventSource: 'SelfManagedKafka' })).toHaveLength(4);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an event of another source', { ...EVENT, eventSource: 'aws:kinesis' }],
    ['no records', { eventSource: 'aws:kafka' }],
    ['records that are no lists', { eventSource: 'aws:kafka', records: { 't-0': {} } }],
    [
      'a record without its offset',
      { eventSource: 'aws:kafka', records: { 't-0': [{ topic: 't' }] } },
    ],
  ])('refuses %s', (_, event) => {
    expect(() => recordsOf(event)).toThrow(InvalidKafkaEventError);
    expect(() => recordsOf(event)).toThrow(/^Not an aws:kafka event: .*; is this function's/);
  });
});
