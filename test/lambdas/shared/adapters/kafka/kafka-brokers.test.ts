import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDeadline, type Deadline } from '../../../../../lambdas/shared/adapters/deadline';
import {
  BrokersNotFoundError,
  createBrokerLookUp,
} from '../../../../../lambdas/shared/adapters/kafka/kafka-brokers';

const ARN = 'arn:aws:kafka:us-east-1:000000000000:cluster/Data-Cluster/0-1';
const REGION = 'us-east-1';

interface Answer {
  readonly status?: number;
  /** The name of the error. */
  readonly error?: string;
  readonly body: object;
}

let server: Server;
let answers: Answer[];
let asked: string[];
const environment = process.env;

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(decodeURIComponent(request.url ?? ''));
    const { status, error, body } = answers.shift() ?? {
      status: 400,
      error: undefined,
      body: { message: 'unexpected' },
    };
    response.writeHead(status ?? 200, {
      'content-type': 'application/json',
      ...(error === undefined ? {} : { 'x-amzn-errortype': error }),
    });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  const { port } = server.address() as AddressInfo;
  process.env = {
    ...environment,
    AWS_ENDPOINT_URL_KAFKA: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
  };
  answers = [];
  asked = [];
});
afterAll(async () => {
  process.env = environment;
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('takes brokers that are given as they are, in plain text', async () => {
  const lookUp = createBrokerLookUp({ KAFKA_BOOTSTRAP_SERVERS: ['a:9092', 'b:9092'] }, REGION);

  expect(await lookUp()).toEqual({ brokers: ['a:9092', 'b:9092'] });
  expect(asked).toEqual([]);
});

it('refuses to be given neither brokers nor a cluster', () => {
  expect(() => createBrokerLookUp({}, REGION)).toThrow(BrokersNotFoundError);
});

it('speaks to brokers that offer IAM with TLS and signed tokens, also where plain text is offered', async () => {
  answers = [
    {
      body: {
        bootstrapBrokerStringSaslIam: 'a:9098,b:9098',
        bootstrapBrokerString: 'a:9092,b:9092',
      },
    },
  ];

  const access = await createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION)();

  expect(access).toMatchObject({ brokers: ['a:9098', 'b:9098'], ssl: true });
  const { sasl } = access;
  if (sasl === undefined || !('oauthBearerProvider' in sasl)) throw new Error('expected tokens');
  const { value } = await sasl.oauthBearerProvider();
  const url = new URL(Buffer.from(value, 'base64url').toString());
  expect(url.host).toBe('kafka.us-east-1.amazonaws.com');
  expect(url.searchParams.get('X-Amz-Credential')).toMatch(/^AKIDEXAMPLE\//);
});

it('speaks to a cluster without IAM in plain text', async () => {
  answers = [{ body: { bootstrapBrokerString: 'a:9092,b:9092' } }];

  const access = await createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION)();

  expect(access).toEqual({ brokers: ['a:9092', 'b:9092'] });
});

it('names a cluster that offers neither, with what is expected', async () => {
  answers = [{ body: { bootstrapBrokerStringTls: 'a:9094' } }];

  const access = createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION)();

  await expect(access).rejects.toThrow(BrokersNotFoundError);
  await expect(access).rejects.toThrow(`${ARN} offers neither IAM nor plain-text brokers`);
});

it('looks a cluster up once, for all that ask', async () => {
  answers = [{ body: { bootstrapBrokerString: 'a:9092' } }];
  const lookUp = createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION);

  const [first, second] = await Promise.all([lookUp(), lookUp()]);

  expect([first, second, await lookUp()]).toEqual(Array(3).fill({ brokers: ['a:9092'] }));
  expect(asked).toEqual([`/v1/clusters/${ARN}/bootstrap-brokers`]);
});

it('looks it up again after a look-up that failed', async () => {
  answers = [
    { status: 403, error: 'ForbiddenException', body: { message: 'no permission' } },
    { body: { bootstrapBrokerString: 'a:9092' } },
  ];
  const lookUp = createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION);

  const failed = lookUp();
  await expect(failed).rejects.toThrow(BrokersNotFoundError);
  await expect(failed).rejects.toThrow(/no permission.*kafka:GetBootstrapBrokers/);
  expect(await lookUp()).toEqual({ brokers: ['a:9092'] });
  expect(asked).toHaveLength(2);
});

it.each([
  ['NotFoundException', 404, 'there is no such cluster: deploy the data stack'],
  ['AccessDeniedException', 403, 'needs kafka:GetBootstrapBrokers on that cluster'],
  ['UnauthorizedException', 401, 'needs kafka:GetBootstrapBrokers on that cluster'],
  ['BadRequestException', 400, 'wait until its state is ACTIVE'],
  ['SomethingElseException', 400, 'check that the subnet of this function reaches the API of MSK'],
])('says of a %s what to do', async (error, status, remedy) => {
  answers = [{ status, error, body: { message: 'it is as it is' } }];

  const access = createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION)();

  await expect(access).rejects.toThrow(BrokersNotFoundError);
  await expect(access).rejects.toThrow(ARN);
  await expect(access).rejects.toThrow('it is as it is');
  await expect(access).rejects.toThrow(remedy);
});

function deadlineIn(remainingMs: number): Deadline {
  const deadline = createDeadline();
  deadline.begin({ getRemainingTimeInMillis: () => remainingMs });
  return deadline;
}

describe('an API of MSK that throttles', () => {
  const throttled = {
    status: 429,
    error: 'TooManyRequestsException',
    body: { message: 'too many requests' },
  };
  /** More than are waited out without time. */
  const THROTTLES = 5;

  it('is asked again while the invocation has time', async () => {
    answers = [
      ...Array<Answer>(THROTTLES).fill(throttled),
      { body: { bootstrapBrokerString: 'a:9092' } },
    ];
    const deadline = deadlineIn(60_000);

    const access = await createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION, deadline)();

    expect(access).toEqual({ brokers: ['a:9092'] });
    expect(asked).toHaveLength(THROTTLES + 1);
  });

  it('is given up when the invocation ends', async () => {
    answers = Array<Answer>(THROTTLES).fill(throttled);
    const deadline = deadlineIn(10_000);

    const access = createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION, deadline)();

    await expect(access).rejects.toThrow(BrokersNotFoundError);
    await expect(access).rejects.toThrow('too many requests');
    expect(asked).toHaveLength(4);
  });

  it('is not asked again if it refuses for another reason', async () => {
    answers = [{ status: 404, error: 'NotFoundException', body: { message: 'none' } }];
    const deadline = deadlineIn(60_000);

    const access = createBrokerLookUp({ KAFKA_CLUSTER_ARN: ARN }, REGION, deadline)();

    await expect(access).rejects.toThrow('there is no such cluster');
    expect(asked).toHaveLength(1);
  });
});
