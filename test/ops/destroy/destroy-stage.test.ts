import { type Destruction, destroyStage } from '../../../ops/destroy/destroy-stage';
import { OperationError } from '../../../ops/operation-error';
import {
  DATA,
  FakeLeftovers,
  ofBroker,
  ofFunction,
  ofGateway,
  PIPELINE,
  resource,
} from './fake-leftovers';

const DESTRUCTION: Destruction = {
  stage: 'dev',
  region: 'eu-west-1',
  profile: 'ops',
  cdkFlags: [],
};

interface Scene {
  readonly lookUp: FakeLeftovers;
  /** What happened, in order: `cdk <stack> <flags>`, `pause <ms>`, and what was printed. */
  readonly events: string[];
  readonly destroyed: Promise<number>;
}

/** Answers of `cdk` to the calls for a stack, in order. */
interface Kept {
  readonly exitCode: number;
  /** If the deletion began. */
  readonly status?: string;
}

const FAILED: Kept = { exitCode: 1, status: 'DELETE_FAILED' };
const DECLINED: Kept = { exitCode: 1 };

/** Deletes the stacks that `cdk` is told to delete, unless `keeps` has an answer for one. */
function scene(
  prepare: (lookUp: FakeLeftovers) => void = () => undefined,
  { keeps = {}, flags = [] }: { keeps?: Record<string, Kept[]>; flags?: string[] } = {},
): Scene {
  const lookUp = new FakeLeftovers();
  prepare(lookUp);
  const events: string[] = [];
  const destroyed = destroyStage(
    { ...DESTRUCTION, cdkFlags: flags },
    {
      lookUp,
      print: (text) => events.push(text.trimEnd()),
      pause: (ms) => {
        events.push(`pause ${ms}`);
        return Promise.resolve();
      },
      runCdk: ([verb, stack = '', ...args], { environment }) => {
        events.push(
          `${verb ?? ''} ${stack} ${args.join(' ')} in ${environment['AWS_REGION'] ?? ''}`,
        );
        const kept = keeps[stack]?.shift();
        if (kept === undefined) lookUp.stacks.delete(stack);
        if (kept?.status !== undefined) {
          lookUp.stacks.set(stack, { id: 'arn:data', status: kept.status });
        }
        return Promise.resolve(kept?.exitCode ?? 0);
      },
    },
  );
  return { lookUp, events, destroyed };
}

const cdk = (stack: string, flags = '') =>
  `destroy ${stack} --exclusively -c stage=dev --profile ops${flags} in eu-west-1`;
const NOTHING = 'Nothing is left of the stage dev in eu-west-1.';

test('the pipeline goes first, then the data, after one confirmation', async () => {
  const { events, destroyed } = scene(
    (lookUp) => (lookUp.resources = [resource('AWS::EC2::VPC', 'vpc-1', 'DELETE_COMPLETE')]),
  );
  expect(await destroyed).toBe(0);
  expect(events).toEqual([cdk(PIPELINE), cdk(DATA, ' --force'), NOTHING]);
});

test('the network interfaces of functions are waited for in between', async () => {
  const { events, destroyed } = scene((lookUp) => {
    lookUp.interfaces = [[ofGateway, ofBroker, ofFunction], [ofFunction], [ofGateway, ofBroker]];
  });
  expect(await destroyed).toBe(0);
  expect(events.slice(0, 5)).toEqual([
    cdk(PIPELINE),
    'waiting until AWS has removed 1 network interfaces from vpc-1, which takes up to 40 min',
    'pause 30000',
    'pause 30000',
    cdk(DATA, ' --force'),
  ]);
});

test('interfaces that stay are named, with the command that deletes them, and the data stays', async () => {
  const { lookUp, events, destroyed } = scene((fake) => (fake.interfaces = [[ofFunction]]));
  await expect(destroyed).rejects.toThrow(OperationError);
  await expect(destroyed).rejects.toThrow(
    'Network interfaces of functions are still in vpc-1: delete each (aws ec2 delete-network-interface --network-interface-id eni-1 --region eu-west-1), then run destroy again',
  );
  expect(events.filter((event) => event.startsWith('pause'))).toHaveLength(90);
  expect([...lookUp.stacks.keys()]).toEqual([DATA]);
});

test('what brokers leave behind is waited for if the data stack fails, which is then deleted again', async () => {
  const { events, destroyed } = scene(
    (lookUp) => (lookUp.interfaces = [[ofBroker], [ofBroker], []]),
    { keeps: { [DATA]: [FAILED] } },
  );
  expect(await destroyed).toBe(0);
  expect(events.slice(0, 5)).toEqual([
    cdk(PIPELINE),
    cdk(DATA, ' --force'),
    'waiting until AWS has removed 1 network interfaces from vpc-1, which takes up to 40 min',
    'pause 30000',
    cdk(DATA, ' --force'),
  ]);
});

test('a stack that is not confirmed stays, and so does the other', async () => {
  const { lookUp, events, destroyed } = scene(undefined, {
    keeps: { [PIPELINE]: [{ exitCode: 0 }] },
  });
  expect(await destroyed).toBe(1);
  expect(events.slice(0, 2)).toEqual([
    cdk(PIPELINE),
    `${PIPELINE} is still there: it was not confirmed, or its deletion failed`,
  ]);
  expect([...lookUp.stacks.keys()]).toEqual([DATA, PIPELINE]);
});

test('a stage that is half deleted is deleted to its end, after a confirmation', async () => {
  const { events, destroyed } = scene((lookUp) => lookUp.stacks.delete(PIPELINE));
  expect(await destroyed).toBe(0);
  expect(events.slice(0, 2)).toEqual([`${PIPELINE}: not there`, cdk(DATA)]);
});

test.each(['CREATE_COMPLETE', 'DELETE_FAILED'])(
  'a data stack in %s that is not confirmed stays: cdk is asked once',
  async (status) => {
    const { lookUp, events, destroyed } = scene(
      (fake) => {
        fake.stacks.delete(PIPELINE);
        fake.stacks.set(DATA, { id: 'arn:data', status });
      },
      { keeps: { [DATA]: [DECLINED] } },
    );
    expect(await destroyed).toBe(1);
    expect(events.slice(0, 2)).toEqual([`${PIPELINE}: not there`, cdk(DATA)]);
    expect(events.filter((event) => event.startsWith('destroy'))).toHaveLength(1);
    expect([...lookUp.stacks.keys()]).toEqual([DATA]);
  },
);

test('a half deleted stage whose deletion was confirmed, began and failed is deleted again', async () => {
  const { events, destroyed } = scene((lookUp) => lookUp.stacks.delete(PIPELINE), {
    keeps: { [DATA]: [FAILED] },
  });
  expect(await destroyed).toBe(0);
  expect(events.slice(1, 3)).toEqual([cdk(DATA), cdk(DATA, ' --force')]);
});

test('credentials that expire in between are no reason to wait', async () => {
  const { events, destroyed } = scene((lookUp) => (lookUp.interfaces = [[ofBroker]]), {
    keeps: { [DATA]: [DECLINED] },
  });
  expect(await destroyed).toBe(1);
  expect(events.slice(0, 2)).toEqual([cdk(PIPELINE), cdk(DATA, ' --force')]);
  expect(events.filter((event) => event.startsWith('pause'))).toEqual([]);
});

test('a stage that is not there has its leftovers listed', async () => {
  const { events, destroyed } = scene((lookUp) => {
    lookUp.stacks.clear();
    lookUp.logs = ['Candlestream-dev-Pipeline-FetchLogs-1'];
  });
  expect(await destroyed).toBe(0);
  expect(events).toEqual([
    `${PIPELINE}: not there`,
    `${DATA}: not there`,
    [
      'Left of the stage dev in eu-west-1, with the commands that remove it for good:',
      '- costs money: AWS::Logs::LogGroup Candlestream-dev-Pipeline-FetchLogs-1 (kept by an earlier deletion)',
      '  aws logs delete-log-group --log-group-name Candlestream-dev-Pipeline-FetchLogs-1 --region eu-west-1',
    ].join('\n'),
  ]);
});

test('a stage that is gone has listed what its deletion kept', async () => {
  const { events, destroyed } = scene((lookUp) => {
    lookUp.stacks.clear();
    lookUp.deleted.set(DATA, 'arn:data');
    lookUp.resources = [
      resource('AWS::Cassandra::Table', 'candlestream_dev|candles', 'DELETE_SKIPPED'),
    ];
  });
  expect(await destroyed).toBe(0);
  expect(events.at(-1)).toContain(
    'candlestream_dev|candles (kept by an earlier deletion, unless someone has removed it since)',
  );
});

test('--force is given on as it is', async () => {
  const { events, destroyed } = scene(undefined, { flags: ['--force'] });
  expect(await destroyed).toBe(0);
  expect(events.slice(0, 2)).toEqual([cdk(PIPELINE, ' --force'), cdk(DATA, ' --force')]);
});

test('the exit code is that of cdk', async () => {
  const { destroyed } = scene(undefined, { keeps: { [PIPELINE]: [{ exitCode: 3 }] } });
  expect(await destroyed).toBe(3);
});
