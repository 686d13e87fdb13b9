import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../../../../cli/free-port';
import { localKafka } from '../../../../local/emulator/kafka/kafka-client';
import { KafkaOutage } from '../../../../local/emulator/kafka/kafka-outage';

const AT = { timestamp: '2018-01-20T00:00:00.000Z', logger: 'kafkajs' };

class Scene {
  readonly lines: string[] = [];
  readonly outage = new KafkaOutage('127.0.0.1:9092', (line) => this.lines.push(line));

  log(namespace: string, message: string, error?: string): void {
    const details = error === undefined ? {} : { error };
    this.outage.logged({ namespace, log: { ...AT, message, ...details } });
  }

  logOutage(): void {
    this.log('Connection', 'Connection error: connect ECONNREFUSED 127.0.0.1:9092');
    this.log('BrokerPool', 'Failed to connect to seed broker, trying another broker from the list');
    this.log('Consumer', 'Crash: KafkaJSNumberOfRetriesExceeded: Connection error');
    this.log('Consumer', 'Restarting the consumer in 100ms');
  }
}

const BEGINS =
  'Kafka at 127.0.0.1:9092 does not answer (Connection error: connect ECONNREFUSED 127.0.0.1:9092); requests are repeated until it does';
const ENDS = 'Kafka at 127.0.0.1:9092 answers again';

test('an outage is one line as it begins and one as it ends', () => {
  const scene = new Scene();
  scene.outage.answered();
  scene.logOutage();
  scene.logOutage();
  expect(scene.lines).toEqual([BEGINS]);
  scene.outage.answered();
  scene.outage.answered();
  expect(scene.lines).toEqual([BEGINS, ENDS]);
});

test('the next outage is reported too', () => {
  const scene = new Scene();
  scene.logOutage();
  scene.outage.answered();
  scene.logOutage();
  expect(scene.lines).toEqual([BEGINS, ENDS, BEGINS]);
});

test('what passes by itself is no line, anything else is one', () => {
  const scene = new Scene();
  scene.log('Connection', 'Response ListOffsets', 'This server is not the leader for that topic');
  scene.log('ConsumerGroup', 'The group is rebalancing, so a rejoin is needed');
  scene.log('Runner', 'Error when calling eachBatch', 'no room');
  expect(scene.lines).toEqual(['Runner: Error when calling eachBatch (no room)']);
});

test('a client reports a broker that does not listen, and the first answer after that', async () => {
  const port = await freePort();
  const lines: string[] = [];
  const broker = createServer(answerVersions);
  const answered = new Promise<void>((resolve) => {
    const admin = localKafka(`127.0.0.1:${port}`, 'test', (line) => {
      lines.push(line);
      if (lines.length === 1) broker.listen(port, '127.0.0.1');
      else void admin.disconnect().then(resolve);
    }).admin();
    // No request but the first is answered in order: it is connected or not.
    void admin.connect().catch(() => undefined);
  });
  await answered;
  await closed(broker);
  expect(lines).toEqual([
    expect.stringContaining(`Kafka at 127.0.0.1:${port} does not answer`),
    `Kafka at 127.0.0.1:${port} answers again`,
  ]);
});

/** Answers a request with the id that it carries and no versions of any API. */
function answerVersions(client: Socket): void {
  client.on('data', (request) => {
    const answer = Buffer.alloc(18);
    answer.writeInt32BE(answer.length - 4, 0);
    request.copy(answer, 4, 8, 12);
    client.write(answer);
  });
}

async function closed(server: Server): Promise<void> {
  const closing = once(server, 'close');
  server.close();
  await closing;
}
