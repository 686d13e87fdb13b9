import { dev } from '../../../../lib/stages/dev';
import { usualExchange } from '../../../../lib/stages/settings/exchange-settings';
import { prod } from '../../../../lib/stages/prod';
import { stageConfig } from '../../../../lib/stages/stage-config';
import { resourcesOf, type StageResource } from '../../../../ops/stages/stage-resources';
import { LookUpDeniedError } from '../../../../ops/aws/account-look-up';
import { checkRegion, type RegionCheck } from '../../../../ops/deploy/region/check-region';
import type { RegionLookUp } from '../../../../ops/aws/region-look-up';
import { OperationError } from '../../../../ops/operation-error';
import { region } from '../../aws/fake-region';

const STAGES = { dev: resourcesOf(dev), prod: resourcesOf(prod) };
const REQUEST = 'aws service-quotas request-service-quota-increase';

const without = (resources: readonly StageResource[], type: string) =>
  resources.filter((resource) => resource.type !== type);

function checked(lookUp: Partial<RegionLookUp> = {}, changes: Partial<RegionCheck> = {}) {
  return checkRegion({
    stage: 'dev',
    region: 'eu-central-1',
    lookUp: region(lookUp),
    resources: STAGES.dev,
    deployed: [],
    ...changes,
  });
}

async function problemsOf(...args: Parameters<typeof checked>): Promise<readonly string[]> {
  return (await checked(...args)).problems;
}

const US_ZONES = ['us-east-1a', 'us-east-1b', 'us-east-1c', 'us-east-1d'];

const zones = (...ids: readonly string[]) => ({
  zones: () =>
    Promise.resolve(ids.map((id, index) => ({ name: `us-east-1${'abcdef'[index] ?? ''}`, id }))),
  endpointZones: () => Promise.resolve(US_ZONES),
  instanceZones: () => Promise.resolve(US_ZONES),
});

test.each(['dev', 'prod'] as const)('a region with room is fit for %s', async (stage) => {
  expect(await checked({}, { stage, resources: STAGES[stage] })).toEqual({
    problems: [],
    notes: [],
  });
});

describe('the zones', () => {
  test('are at least as many as the stage wants', async () => {
    const two = zones('use1-az1', 'use1-az2');
    expect(await problemsOf(two)).toEqual([]);
    expect(await problemsOf(two, { resources: STAGES.prod })).toEqual([
      'The account has 2 availability zones in eu-central-1 (us-east-1a, us-east-1b), and the stage needs 3: choose another region',
    ]);
  });

  test('that would be used all have brokers of MSK', async () => {
    expect(await problemsOf(zones('use1-az1', 'use1-az3', 'use1-az2'))).toEqual([
      'The stage would use the zone us-east-1b, which is use1-az3 in this account, and MSK has no brokers there: choose another region',
    ]);
    expect(await problemsOf(zones('use1-az1', 'use1-az2', 'use1-az3'))).toEqual([]);
  });

  test('may be any if the brokers stand elsewhere', async () => {
    const resources = without(STAGES.dev, 'AWS::MSK::Cluster');
    expect(await problemsOf(zones('use1-az1', 'use1-az3', 'use1-az2'), { resources })).toEqual([]);
  });
});

describe('the endpoint of Keyspaces', () => {
  test('is in the region', async () => {
    const nowhere = { endpointZones: () => Promise.resolve([]) };
    expect(await problemsOf(nowhere)).toEqual([]);
    expect(await problemsOf(nowhere, { resources: STAGES.prod })).toEqual([
      'Keyspaces has no interface endpoint in eu-central-1: choose another region',
    ]);
  });

  test('is in each zone that the stage wants it in', async () => {
    const lookUp = { endpointZones: () => Promise.resolve(['eu-central-1a', 'eu-central-1c']) };
    expect(await problemsOf(lookUp)).toEqual([]);
    expect(await problemsOf(lookUp, { resources: STAGES.prod })).toEqual([
      'Keyspaces has no endpoint in eu-central-1b, only in eu-central-1a, eu-central-1c: lower network.endpointZones so far that these zones are left out, or choose another region',
    ]);
  });
});

describe('concurrent executions', () => {
  const concurrency = (limit: number, unreserved = limit) => ({
    concurrency: () => Promise.resolve({ limit, unreserved }),
  });

  test('of a new account are too few to reserve any', async () => {
    expect(await problemsOf(concurrency(10))).toEqual([
      `The functions reserve 10 concurrent executions, and Lambda wants 100 left to the others, but the account has 10 in eu-central-1, of which 0 would be left: set queryApi to { kind: 'none' } in lib/stages/dev.ts for now, or ask for more (minutes to days): ${REQUEST} --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region eu-central-1`,
    ]);
  });

  test.each([
    [109, 1],
    [110, 0],
  ])('of which %d are unreserved: %d problem', async (unreserved, count) => {
    expect(await problemsOf(concurrency(1_000, unreserved))).toHaveLength(count);
  });

  test('that the deployed stage reserves already are not counted twice', async () => {
    const deployed = STAGES.dev;
    expect(await problemsOf(concurrency(110, 100), { deployed })).toEqual([]);
  });

  test('without a query API suffice if each function has one', async () => {
    const resources = STAGES.dev.filter(({ logicalId }) => !logicalId.startsWith('Query'));
    expect(await problemsOf(concurrency(10), { resources })).toEqual([]);
    expect(await problemsOf(concurrency(3), { resources })).toEqual([
      `The account has 3 concurrent executions in eu-central-1, and the stage needs at least 4 (one for each function, of fetch and reconcile one for each exchange, of fetch one for each thousand markets): ask for more: ${REQUEST} --service-code lambda --quota-code L-B99A9384 --desired-value 1000 --region eu-central-1`,
    ]);
  });
});

describe('concurrent executions of several exchanges', () => {
  const exchanges = [
    ...dev.exchanges,
    usualExchange('okx', ['BTC_USDT']),
    { ...usualExchange('binance', ['*']), requestsPer10Seconds: 490, expectedMarkets: 6_500 },
  ];
  const several = stageConfig({ ...dev, scheduleMinutes: 10, exchanges });
  const resources = without(resourcesOf(several), 'AWS::Lambda::Url').map((resource) => ({
    ...resource,
    properties: { ...(resource.properties as object), ReservedConcurrentExecutions: undefined },
  }));

  // Query, transform, persist; three times reconcile; fetch twice, and seven times for Binance.
  test.each([
    [15, 0],
    [14, 1],
  ])('%d: %d problem', async (limit, count) => {
    const concurrency = () => Promise.resolve({ limit, unreserved: limit });
    expect(await problemsOf({ concurrency }, { resources })).toHaveLength(count);
  });
});

describe('quotas', () => {
  const full = {
    vpcs: () => Promise.resolve({ used: 5, quota: 5 }),
    elasticIps: () => Promise.resolve({ used: 3, quota: 5 }),
  };

  test('have room for what the stage adds', async () => {
    expect(await problemsOf(full, { resources: STAGES.prod })).toEqual([
      `The stage needs 1 more VPCs in eu-central-1, where the account has 5 of at most 5: release some, or ask for more: ${REQUEST} --service-code vpc --quota-code L-F678F1CE --desired-value 6 --region eu-central-1`,
      `The stage needs 3 more elastic IP addresses in eu-central-1, where the account has 3 of at most 5: release some, or ask for more: ${REQUEST} --service-code ec2 --quota-code L-0263D0A3 --desired-value 6 --region eu-central-1`,
    ]);
  });

  test('are not asked for if the stage adds nothing', async () => {
    const unasked = () => Promise.reject(new Error('asked for nothing'));
    const lookUp = { vpcs: unasked, elasticIps: unasked };
    expect(await problemsOf(lookUp, { deployed: STAGES.dev })).toEqual([]);
  });
});

test('a region without function URLs is refused, unless the stage has none', async () => {
  expect(await problemsOf({}, { region: 'eu-south-2' })).toEqual([
    "Lambda has no function URLs in eu-south-2: set queryApi to { kind: 'none' } in lib/stages/dev.ts, or choose another region",
  ]);
  const resources = without(STAGES.dev, 'AWS::Lambda::Url');
  expect(await problemsOf({}, { region: 'eu-south-2', resources })).toEqual([]);
});

test('what may not be looked at is noted, and the rest is checked', async () => {
  const denied = () => Promise.reject(new LookUpDeniedError('EC2 says no'));
  expect(
    await checked({
      vpcs: denied,
      concurrency: () => Promise.resolve({ limit: 3, unreserved: 3 }),
    }),
  ).toMatchObject({
    problems: [expect.stringContaining('concurrent executions')],
    notes: ['not checked: the quota of VPCs (EC2 says no)'],
  });
});

test('a service that does not answer is a problem', async () => {
  const lookUp = { zones: () => Promise.reject(new OperationError('The request to EC2 failed')) };
  await expect(checked(lookUp)).rejects.toThrow('The request to EC2 failed');
});
