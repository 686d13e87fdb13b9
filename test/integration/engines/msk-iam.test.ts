import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { createDeadline } from '../../../lambdas/shared/adapters/deadline';
import { createKafkaLog } from '../../../lambdas/shared/adapters/kafka/kafka-log';
import { quietIdleConnections } from '../../../lambdas/shared/adapters/kafka/kafkajs-idle';
import { freePort } from '../../../cli/free-port';
import { FakeTelemetry } from '../../fakes/telemetry';
import { AppendingProcess } from './appending-process';
import { KafkaBroker } from './kafka-broker';
import { RefusedLogins } from './refused-logins';
import { TcpProxy } from '../support/tcp-proxy';
import { Topics, total } from '../support/topic-records';
import { unsecuredToken } from './unsecured-token';

// IAM itself is not here: the broker takes unsecured JSON web tokens over the same mechanism,
// SASL OAUTHBEARER, and holds sessions to their end as MSK does.
const TOPIC = 'appended';
const LIMIT_MS = 60_000;
/** kafkajs renews a session in its last 10 s; a broker refuses to within the first second of one. */
const TOKEN_LIFETIME_MS = 12_000;
const HOUR_MS = 3_600_000;

let broker: KafkaBroker;
let proxy: TcpProxy;
let appender: AppendingProcess | undefined;

beforeAll(async () => {
  quietIdleConnections();
  const port = await freePort();
  proxy = await TcpProxy.start(port);
  broker = await KafkaBroker.start({ port, advertisedPort: proxy.port });
  await broker.createTopic(TOPIC);
}, 2 * LIMIT_MS);
afterEach(async () => {
  await appender?.stop();
  appender = undefined;
});
afterAll(async () => {
  await proxy.stop();
  await broker.stop();
}, LIMIT_MS);

async function startAppender(tokenLifetimeMs: number): Promise<AppendingProcess> {
  appender = new AppendingProcess(proxy.port, tokenLifetimeMs);
  expect(await appender.append(TOPIC, 'first')).toMatchObject({ error: null });
  return appender;
}

/** How many records were appended so far. */
async function appendedRecords(): Promise<number> {
  return total(await new Topics(broker.endpoint).ends(TOPIC));
}

test(
  'a connection that outlives its token is given new ones and goes on',
  async () => {
    const running = await startAppender(TOKEN_LIFETIME_MS);
    const opened = proxy.opened;
    const { tokens: before } = await running.append(TOPIC, 'again');
    const endMs = performance.now() + TOKEN_LIFETIME_MS + 1_000;

    const answers = [];
    while (performance.now() < endMs) {
      answers.push(await running.append(TOPIC, 'on and on'));
      await sleep(500);
    }

    expect(answers.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(proxy.opened).toBe(opened);
    expect(answers.at(-1)?.tokens).toBeGreaterThan(before);
  },
  LIMIT_MS,
);

test(
  'the broker does end a connection whose session is not renewed in time',
  async () => {
    const kafka = new Kafka({
      clientId: 'not-renewing',
      brokers: [`127.0.0.1:${proxy.port}`],
      sasl: {
        mechanism: 'oauthbearer',
        oauthBearerProvider: () => Promise.resolve({ value: unsecuredToken(2_000) }),
      },
      reauthenticationThreshold: -HOUR_MS,
      logLevel: logLevel.NOTHING,
    });
    const createPartitioner = Partitioners.DefaultPartitioner;
    const producer = kafka.producer({ createPartitioner, retry: { retries: 0 } });
    await producer.connect();
    const send = () => producer.send({ topic: TOPIC, messages: [{ value: 'unrenewed' }] });
    await send();

    await sleep(3_000);

    await expect(send()).rejects.toThrow('Closed connection');
    await producer.disconnect();
  },
  LIMIT_MS,
);

test(
  'a function that was frozen for longer than its token lasts appends again',
  async () => {
    const running = await startAppender(TOKEN_LIFETIME_MS);
    const before = await appendedRecords();

    running.freeze();
    const appended = running.append(TOPIC, 'after its token ended');
    await sleep(TOKEN_LIFETIME_MS + 1_000);
    running.thaw();

    expect(await appended).toMatchObject({ error: null });
    expect(await appendedRecords()).toBe(before + 1);
  },
  LIMIT_MS,
);

test.each([
  ['were closed', () => proxy.closeAll()],
  ['were reset', () => proxy.resetAll()],
])(
  'a function whose connections %s while it was frozen connects anew and appends',
  async (how, endConnections) => {
    const running = await startAppender(HOUR_MS);
    const opened = proxy.opened;
    const before = await appendedRecords();

    running.freeze();
    endConnections();
    const appended = running.append(TOPIC, how);
    await sleep(200);
    running.thaw();

    expect(await appended).toMatchObject({ error: null });
    expect(proxy.opened).toBeGreaterThan(opened);
    expect(await appendedRecords()).toBe(before + 1);
  },
  LIMIT_MS,
);

test(
  'a function whose connections went silent while it was frozen fails once, then appends anew',
  async () => {
    const running = await startAppender(HOUR_MS);
    const before = await appendedRecords();

    running.freeze();
    proxy.forgetAll();
    running.thaw();
    const failed = await running.append(TOPIC, 'into silence');
    const { error } = await running.append(TOPIC, 'after silence');

    expect(failed.error).toContain('Could not append 1 records to the topic appended');
    expect(error).toBeNull();
    expect(await appendedRecords()).toBe(before + 1);
  },
  LIMIT_MS,
);

test(
  'two dozen functions that connect at once to a broker that takes four connections a second all append',
  async () => {
    const before = await appendedRecords();
    const telemetry = new FakeTelemetry();
    const deadline = createDeadline();
    deadline.begin({ getRemainingTimeInMillis: () => 2 * LIMIT_MS });
    const logs = Array.from({ length: 24 }, (_, index) =>
      createKafkaLog({
        clientId: `function-${index}`,
        brokers: () => Promise.resolve(access()),
        telemetry,
        deadline,
      }),
    );

    proxy.limitOpenings(4);
    try {
      await Promise.all(
        logs.map((log, index) =>
          log.append(TOPIC, [{ key: `${index}`, value: Buffer.from('at once') }]),
        ),
      );
    } finally {
      proxy.limitOpenings(Infinity);
      proxy.closeAll();
    }

    expect(proxy.refused).toBeGreaterThan(0);
    expect(telemetry.counted('KafkaErrors')).toBeGreaterThan(0);
    expect(await appendedRecords()).toBeGreaterThanOrEqual(before + logs.length);
  },
  3 * LIMIT_MS,
);

test(
  'a function whose logins are refused with "Too many connects" waits, and appends all the same',
  async () => {
    const before = await appendedRecords();
    const telemetry = new FakeTelemetry();
    const deadline = createDeadline();
    deadline.begin({ getRemainingTimeInMillis: () => 2 * LIMIT_MS });
    const log = createKafkaLog({
      clientId: 'refused',
      brokers: () => Promise.resolve(access()),
      telemetry,
      deadline,
    });
    const logins = new RefusedLogins(3);

    proxy.answerInstead(logins.answerInstead);
    try {
      await log.append(TOPIC, [{ key: 'k', value: Buffer.from('after refusals') }]);
    } finally {
      proxy.answerInstead(() => undefined);
      proxy.closeAll();
    }

    expect(logins.refused).toBe(3);
    expect(telemetry.counted('KafkaErrors')).toBeGreaterThan(0);
    expect(await appendedRecords()).toBe(before + 1);
  },
  2 * LIMIT_MS,
);

test(
  'without time left, refused logins fail with what the broker said',
  async () => {
    const log = createKafkaLog({
      clientId: 'refused',
      brokers: () => Promise.resolve(access()),
    });

    proxy.answerInstead(new RefusedLogins(Infinity).answerInstead);
    try {
      await expect(log.append(TOPIC, [{ key: 'k', value: Buffer.from('never') }])).rejects.toThrow(
        /Too many connects/,
      );
    } finally {
      proxy.answerInstead(() => undefined);
    }
  },
  LIMIT_MS,
);

function access() {
  return {
    brokers: [`127.0.0.1:${proxy.port}`],
    sasl: {
      mechanism: 'oauthbearer' as const,
      oauthBearerProvider: () => Promise.resolve({ value: unsecuredToken(HOUR_MS) }),
    },
  };
}
