import type { Schema } from 'avsc';
import { createKafkaLog } from '../../lambdas/shared/adapters/kafka/kafka-log';
import { createObservedCodec, createRolledCodec } from '../../lambdas/shared/codec/segment-codec';
import { SCHEMA_VERSIONS } from '../../lambdas/shared/codec/schema-versions';
import { createVersionedCodec } from '../../lambdas/shared/codec/topic-codec';
import { type Topic, TOPICS } from '../../lambdas/shared/domain/topics';
import { at, observedOf, rolledOf } from '../fakes/candles';
import { VERSION_IDS } from '../fakes/records';
import { KafkaBroker } from './engines/kafka-broker';
import { Topics } from './support/topic-records';

const TOPIC = TOPICS.observed;
const PAIR = 'BTC_USDT';
const LIMIT_MS = 60_000;
const SECOND_ID = '0b1c6b2e-5f5a-4d0e-9d4f-0000000000ff';

const VERSIONS: readonly object[] = SCHEMA_VERSIONS[TOPIC];
const IDS = VERSION_IDS[TOPIC];

interface MinuteOnWire {
  readonly openTimeMs: number;
  readonly close: string;
  /** New in the next version. */
  readonly trades: number | null;
}

interface SegmentOnWire {
  readonly pair: string;
  readonly observedAtMs: number;
  readonly minutes: readonly MinuteOnWire[];
  /** New in the next version. */
  readonly venue: string;
}

/** The next version of the topic's schema: a field more in a segment, and one in each minute. */
function nextVersion(): object {
  const next = structuredClone(SCHEMA_VERSIONS[TOPIC].at(-1)) as {
    fields: { name: string; type: unknown; default?: unknown }[];
  };
  const minutes = next.fields.find(({ name }) => name === 'minutes');
  const { items } = minutes?.type as { items: { fields: unknown[] } };
  items.fields.push({ name: 'trades', type: ['null', 'long'], default: null });
  next.fields.push({ name: 'venue', type: 'string', default: 'spot' });
  return next;
}

/** The codec of functions that were deployed with these versions. */
function codecOf<Wire>(versions: readonly object[], ids: readonly string[]) {
  return createVersionedCodec<Wire>({
    topic: TOPIC,
    versions: versions as readonly Schema[],
    written: versions.length,
    ids,
  });
}

const older = createObservedCodec(VERSION_IDS);
const newer = codecOf<SegmentOnWire>([...VERSIONS, nextVersion()], [...IDS, SECOND_ID]);

let broker: KafkaBroker;

beforeAll(async () => {
  broker = await KafkaBroker.start();
  await broker.createTopic(TOPIC);
}, 2 * LIMIT_MS);
afterAll(() => broker.stop(), LIMIT_MS);

async function append(clientId: string, value: Uint8Array, topic: Topic = TOPIC): Promise<void> {
  const brokers = () => Promise.resolve({ brokers: [broker.endpoint] });
  await createKafkaLog({ clientId, brokers }).append(topic, [{ key: PAIR, value }]);
}

/** The functions of one deployment. */
interface Deployment {
  /** The newest version that they read. */
  readonly read: number;
  readonly written: number;
}

/** Each version is read by one deployment before the next one writes it. */
function deploymentsOf(topic: Topic): Deployment[] {
  return SCHEMA_VERSIONS[topic].flatMap((_, index) => {
    const version = index + 1;
    const readAlone = { read: version, written: index };
    const both = { read: version, written: version };
    return index === 0 ? [both] : [readAlone, both];
  });
}

/** The codec of the functions of a deployment. */
function deployedCodec(topic: Topic, { read, written }: Deployment) {
  const versions = SCHEMA_VERSIONS[topic].slice(0, read) as readonly Schema[];
  const ids = VERSION_IDS[topic].slice(0, read);
  return createVersionedCodec<{ pair: string; observedAtMs: number }>({
    topic,
    versions,
    written,
    ids,
  });
}

/** A record as the newest functions have it, of which older ones write the fields that they know. */
const NEWEST = {
  'candles.observed': createObservedCodec(VERSION_IDS).encode(observedOf()),
  'candles.rolled': createRolledCodec(VERSION_IDS).encode(rolledOf()),
};

test(
  'what was written before a deploy of the next schema version is read after it, and so is what comes then',
  async () => {
    const written = observedOf({ observedAtMs: at(12, 7) });
    await append('before-the-deploy', older.encode(written));
    const wire = codecOf<SegmentOnWire>(VERSIONS, IDS).decode(Buffer.from(older.encode(written)));
    const later: SegmentOnWire = {
      ...wire,
      observedAtMs: at(12, 8),
      minutes: wire.minutes.map((minute, index) => ({ ...minute, trades: index + 1 })),
      venue: 'margin',
    };
    await append('after-the-deploy', newer.encode(later));

    const records = await new Topics(broker.endpoint).since(TOPIC, new Map());
    const [first, second] = records.map(({ value }) => newer.decode(value));

    expect(records).toHaveLength(2);
    expect(first).toMatchObject({ pair: PAIR, observedAtMs: at(12, 7), venue: 'spot' });
    expect(first?.minutes).toEqual(wire.minutes.map((minute) => ({ ...minute, trades: null })));
    expect(first?.minutes).toHaveLength(4);
    expect(second).toEqual(later);
    // Functions that read a topic are therefore deployed before those that write it.
    expect(() => older.decode(records[1]?.value ?? Buffer.alloc(0))).toThrow(
      `The schema version ${SECOND_ID.replaceAll('-', '')} is not one of the topic ${TOPIC}`,
    );
  },
  LIMIT_MS,
);

describe.each([TOPICS.observed, TOPICS.rolled] as const)('deployments of %s', (topic) => {
  const forward = deploymentsOf(topic);
  // The newest stands once; then back, one at a time.
  const path = [...forward, ...forward.slice(0, -1).reverse()];
  const codecs = path.map((deployment) => deployedCodec(topic, deployment));
  let values: readonly Buffer[];

  beforeAll(async () => {
    if (topic !== TOPIC) await broker.createTopic(topic);
    const topics = new Topics(broker.endpoint);
    const ends = await topics.ends(topic);
    const newest = deployedCodec(topic, forward.at(-1) ?? { read: 0, written: 0 });
    for (const [step, codec] of codecs.entries()) {
      const wire = { ...newest.decode(NEWEST[topic]), observedAtMs: at(12, step) };
      await append(`deployment-${step}`, codec.encode(wire), topic);
    }
    const records = await topics.since(topic, ends);
    values = records.map(({ value }) => value);
  }, LIMIT_MS);

  test('go forward and back through every version: each reads what it and its neighbours write', () => {
    expect(values).toHaveLength(path.length);
    for (const [step, codec] of codecs.entries()) {
      const neighbours = [step - 1, step, step + 1].filter((one) => one in values);
      const read = neighbours.map(
        (one) => codec.decode(values[one] ?? Buffer.alloc(0)).observedAtMs,
      );
      expect({ step, read }).toEqual({ step, read: neighbours.map((one) => at(12, one)) });
    }
  });

  test('that jump back over one do not read what was written', () => {
    const first = codecs[0];
    const newest = values[forward.length - 1] ?? Buffer.alloc(0);
    expect(() => first?.decode(newest)).toThrow('is not one of the topic');
  });
});
