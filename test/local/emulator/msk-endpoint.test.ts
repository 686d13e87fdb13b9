import { GetBootstrapBrokersCommand, KafkaClient } from '@aws-sdk/client-kafka';
import { type MskEndpoint, startMskEndpoint } from '../../../local/emulator/msk-endpoint';

const ARN = 'arn:aws:kafka:us-east-1:000000000000:cluster/Data-Cluster/0-1';
let endpoint: MskEndpoint;
let client: KafkaClient;

beforeAll(async () => {
  endpoint = await startMskEndpoint({ clusterArns: [ARN], bootstrapServers: '127.0.0.1:9092' });
  client = new KafkaClient({
    endpoint: endpoint.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await endpoint.stop();
});

test('the SDK gets the brokers of the cluster', async () => {
  const answer = await client.send(new GetBootstrapBrokersCommand({ ClusterArn: ARN }));
  expect(answer.BootstrapBrokerString).toBe('127.0.0.1:9092');
});

test('another cluster is not found', async () => {
  const asked = client.send(new GetBootstrapBrokersCommand({ ClusterArn: `${ARN}0` }));
  await expect(asked).rejects.toMatchObject({
    name: 'NotFoundException',
    $metadata: { httpStatusCode: 404 },
  });
});
