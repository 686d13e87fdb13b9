import { dev } from '../../../../lib/stages/dev';
import { prod } from '../../../../lib/stages/prod';
import { resourcesOf, type StageResource } from '../../../../ops/stages/stage-resources';
import { LookUpDeniedError } from '../../../../ops/aws/account-look-up';
import { checkRegion, type RegionCheck } from '../../../../ops/deploy/region/check-region';
import type { RegionLookUp } from '../../../../ops/aws/region-look-up';
import { region } from '../../aws/fake-region';

const DEV = resourcesOf(dev);
const PROD = resourcesOf(prod);

function checked(lookUp: Partial<RegionLookUp>, changes: Partial<RegionCheck> = {}) {
  return checkRegion({
    stage: 'dev',
    region: 'eu-central-1',
    lookUp: region(lookUp),
    resources: DEV,
    deployed: [],
    ...changes,
  });
}

const instancesIn = (zonesByType: Readonly<Record<string, readonly string[]>>) => ({
  instanceZones: (type: string) => {
    const zones = zonesByType[type];
    if (zones === undefined) throw new Error(`unexpected type ${type}`);
    return Promise.resolve(zones.map((letter) => `eu-central-1${letter}`));
  },
});

describe('types of instances', () => {
  test('are all there where each zone of the stage has them', async () => {
    const enough = instancesIn({ 't4g.nano': ['a'], 't3.small': ['a', 'b'] });
    expect(await checked(enough)).toEqual({ problems: [], notes: [] });
  });

  test('without one for the NAT instance, the deployment would fail', async () => {
    const lacking = instancesIn({ 't4g.nano': ['b', 'c'], 't3.small': ['a', 'b', 'c'] });
    expect(await checked(lacking)).toEqual({
      problems: [
        'EC2 has no t4g.nano in eu-central-1a, where the NAT instance would stand: set network.nat.instanceType in lib/stages/dev.ts to another type, or choose another region',
      ],
      notes: [],
    });
  });

  test('without those that brokers run on, the deployment may fail', async () => {
    const lacking = instancesIn({ 'm7g.large': ['a'] });
    expect(await checked(lacking, { stage: 'prod', resources: PROD })).toEqual({
      problems: [],
      notes: [
        'EC2 has no m7g.large in eu-central-1b, eu-central-1c, so MSK may have no kafka.m7g.large there; if the deployment fails for it, set kafka.instanceType in lib/stages/prod.ts to another type',
      ],
    });
  });
});

describe('the quota of brokers', () => {
  const full = { brokers: () => Promise.resolve({ used: 89, quota: 90 }) };

  test('has room for those of the stage', async () => {
    expect((await checked(full)).problems).toEqual([
      'The stage needs 2 more brokers of MSK in eu-central-1, where the account has 89 of at most 90: delete a cluster, or ask for more in the console of Service Quotas (Amazon Managed Streaming for Apache Kafka, "Number of brokers per account")',
    ]);
    const room = { brokers: () => Promise.resolve({ used: 88, quota: 90 }) };
    expect((await checked(room)).problems).toEqual([]);
  });

  test('is not asked for where they are deployed', async () => {
    const brokers = () => Promise.reject(new Error('the quota was asked for'));
    expect(await checked({ brokers }, { deployed: DEV })).toEqual({ problems: [], notes: [] });
  });

  test('that the caller may not see is noted', async () => {
    const brokers = () => Promise.reject(new LookUpDeniedError('MSK says no'));
    expect(await checked({ brokers })).toEqual({
      problems: [],
      notes: ['not checked: the quota of brokers (MSK says no)'],
    });
  });
});

describe('disks that grow by themselves', () => {
  const wider = resourcesOf({ ...dev, kafka: { ...dev.kafka, storageGiB: 20 } as never });
  const grownTo = (giB: number) => ({
    brokerDiskGiB: ({ stack, logicalId }: { stack: string; logicalId: string }) => {
      if (stack !== 'Candlestream-dev-Data' || !isCluster(logicalId)) {
        throw new Error(`unexpected resource ${logicalId} of ${stack}`);
      }
      return Promise.resolve(giB);
    },
  });
  const isCluster = (logicalId: string) =>
    DEV.some((one: StageResource) => one.logicalId === logicalId && /Cluster$/.test(one.type));

  test('are compared with the size that is asked for', async () => {
    const deployment = { resources: wider, deployed: DEV };
    expect((await checked(grownTo(40), deployment)).problems).toEqual([
      'The disks of the brokers have grown to 40 GiB each, and storage never shrinks: set kafka.storageGiB to at least 40, or leave it at 10, which changes nothing, instead of 20',
    ]);
    expect((await checked(grownTo(20), deployment)).problems).toEqual([]);
  });

  test('are not asked for where the template does not change them', async () => {
    expect(await checked({}, { deployed: DEV })).toEqual({ problems: [], notes: [] });
  });
});
