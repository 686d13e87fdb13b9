import fc from 'fast-check';
import {
  kafkaEventOf,
  sourceBytesOf,
  type SourceRecord,
} from '../../../../local/emulator/event-source/kafka-event';
import { RecordBacklog } from '../../../../local/emulator/event-source/record-backlog';
import { recordsOf } from '../../../../lambdas/shared/codec/kafka-event';

const ORIGIN = {
  eventSourceArn: 'arn:aws:kafka:us-east-1:000000000000:cluster/c/1',
  bootstrapServers: '127.0.0.1:9092',
};

function record(fields: Partial<SourceRecord>): SourceRecord {
  return {
    topic: 'candles.observed',
    partition: 0,
    offset: 0,
    timestampMs: 1_700_000_000_000,
    timestampType: 'CREATE_TIME',
    key: Buffer.from('BTC_USDT'),
    value: Buffer.from([3, 0, 255]),
    headers: [],
    ...fields,
  };
}

function takenFrom(
  records: readonly SourceRecord[],
  limits = { records: 100, payloadBytes: 6 * 1024 * 1024 },
) {
  const backlog = new RecordBacklog(ORIGIN, limits);
  backlog.add(records);
  const taken = [];
  for (let next = backlog.take(); next; next = backlog.take()) taken.push(next);
  expect([backlog.size, backlog.bytes]).toEqual([0, 0]);
  return taken;
}

function eventsFrom(...args: Parameters<typeof takenFrom>) {
  return takenFrom(...args).flatMap((taken) =>
    taken.kind === 'event' ? [kafkaEventOf(ORIGIN, taken.records)] : [],
  );
}

test('an event has exactly the shape that Lambda documents', () => {
  const records = [
    record({ offset: 15, headers: [['traceId', Buffer.from('ab')]] }),
    record({ partition: 1, offset: 7, timestampType: 'LOG_APPEND_TIME' }),
    record({ offset: 16, key: null }),
    record({ offset: 17, value: null }),
  ];
  const common = {
    topic: 'candles.observed',
    partition: 0,
    timestamp: 1_700_000_000_000,
    timestampType: 'CREATE_TIME',
    headers: [],
  };
  expect(eventsFrom(records)).toStrictEqual([
    {
      eventSource: 'aws:kafka',
      eventSourceArn: ORIGIN.eventSourceArn,
      bootstrapServers: '127.0.0.1:9092',
      records: {
        'candles.observed-0': [
          {
            ...common,
            offset: 15,
            key: 'QlRDX1VTRFQ=',
            value: 'AwD/',
            headers: [{ traceId: [97, 98] }],
          },
          { ...common, offset: 16, value: 'AwD/' },
          { ...common, offset: 17, key: 'QlRDX1VTRFQ=', value: null },
        ],
        'candles.observed-1': [
          {
            ...common,
            partition: 1,
            offset: 7,
            timestampType: 'LOG_APPEND_TIME',
            key: 'QlRDX1VTRFQ=',
            value: 'AwD/',
          },
        ],
      },
    },
  ]);
});

test('the functions read what the event source writes', () => {
  const [event] = eventsFrom([record({ offset: 3 }), record({ offset: 4, value: null })]);
  expect(recordsOf(event)).toMatchObject([
    { offset: 3, key: 'BTC_USDT', value: Buffer.from([3, 0, 255]) },
    { offset: 4, value: null },
  ]);
});

test('a cluster without an ARN makes a self-managed event', () => {
  const event = kafkaEventOf({ eventSourceArn: null, bootstrapServers: 'kafka:9092' }, []);
  expect(event).toStrictEqual({
    eventSource: 'SelfManagedKafka',
    bootstrapServers: 'kafka:9092',
    records: {},
  });
});

test('an event holds at most a batch of records', () => {
  const records = Array.from({ length: 7 }, (_, offset) => record({ offset }));
  const limits = { records: 3, payloadBytes: 1_000_000 };
  const sizes = takenFrom(records, limits).map((one) => one.kind === 'event' && one.records.length);
  expect(sizes).toEqual([3, 3, 1]);
});

test('a record that fits into no event comes alone, and those around it are kept', () => {
  const records = [10, 9_000, 10].map((bytes, offset) =>
    record({ offset, value: Buffer.alloc(bytes) }),
  );
  const limits = { records: 100, payloadBytes: 2_000 };
  expect(takenFrom(records, limits)).toMatchObject([
    { kind: 'event', records: [{ offset: 0 }] },
    { kind: 'oversized', record: { offset: 1 } },
    { kind: 'event', records: [{ offset: 2 }] },
  ]);
});

test('whatever the sizes: no event is too large, none could take one more, order is kept', () => {
  const anyRecord = fc.record({
    partition: fc.integer({ min: 0, max: 3 }),
    bytes: fc.integer({ min: 0, max: 900 }),
    key: fc.option(fc.string({ maxLength: 9 })),
    header: fc.option(fc.string({ maxLength: 5 })),
  });
  fc.assert(
    fc.property(
      fc.array(anyRecord, { maxLength: 60 }),
      fc.integer({ min: 1, max: 9 }),
      (all, most) => {
        const limits = { records: most, payloadBytes: 3_000 };
        const source = all.map(({ partition, bytes, key, header }, offset) =>
          record({
            partition,
            offset,
            value: Buffer.alloc(bytes),
            key: key === null ? null : Buffer.from(key),
            headers: header === null ? [] : [[header, Buffer.from(header)]],
          }),
        );
        const taken = takenFrom(source, limits);
        const offsets = taken.flatMap((one) =>
          one.kind === 'event' ? one.records.map(({ offset }) => offset) : [],
        );
        expect(offsets).toEqual(source.map(({ offset }) => offset));
        taken.forEach((one, index) => {
          if (one.kind !== 'event') throw new Error('every record fits');
          expect(jsonBytes(one.records)).toBeLessThanOrEqual(limits.payloadBytes);
          const next = taken[index + 1];
          if (next?.kind !== 'event' || one.records.length === most) return;
          const withOneMore = [...one.records, ...next.records.slice(0, 1)];
          // A comma is counted after every record and every partition, also after the last.
          const commas = new Set(withOneMore.map(({ partition }) => partition)).size + 1;
          expect(jsonBytes(withOneMore) + commas).toBeGreaterThan(limits.payloadBytes);
        });
      },
    ),
  );
});

function jsonBytes(records: Parameters<typeof kafkaEventOf>[1]): number {
  return Buffer.byteLength(JSON.stringify(kafkaEventOf(ORIGIN, records)));
}

test('the bytes of a record come back from its event as they were', () => {
  const bytes = fc.uint8Array().map((array) => Buffer.from(array));
  const name = fc.string().filter((text) => text !== '__proto__');
  const source = fc.record({
    key: fc.option(bytes),
    value: fc.option(bytes),
    headers: fc.array(fc.tuple(name, bytes)),
  });
  fc.assert(
    fc.property(source, (fields) => {
      const [taken] = takenFrom([record(fields)]);
      if (taken?.kind !== 'event') throw new Error('an event was expected');
      expect(taken.records.map(sourceBytesOf)).toEqual([fields]);
    }),
  );
});
