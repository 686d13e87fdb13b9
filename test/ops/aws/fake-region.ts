import type { RegionLookUp } from '../../../ops/aws/region-look-up';

const ZONES = ['a', 'b', 'c'].map((letter, index) => ({
  name: `eu-central-1${letter}`,
  id: `euc1-az${index + 1}`,
}));

/** A region with room for a stage, and no stack of it. */
export function region(changes: Partial<RegionLookUp> = {}): RegionLookUp {
  return {
    concurrency: () => Promise.resolve({ limit: 1_000, unreserved: 1_000 }),
    zones: () => Promise.resolve(ZONES),
    endpointZones: (service) => {
      if (service !== 'cassandra') throw new Error(`unexpected service ${service}`);
      return Promise.resolve(ZONES.map(({ name }) => name));
    },
    instanceZones: () => Promise.resolve(ZONES.map(({ name }) => name)),
    brokers: () => Promise.resolve({ used: 0, quota: 90 }),
    brokerDiskGiB: () => Promise.reject(new Error('unexpected question for disks')),
    vpcs: () => Promise.resolve({ used: 1, quota: 5 }),
    elasticIps: () => Promise.resolve({ used: 0, quota: 5 }),
    stack: () => Promise.resolve(undefined),
    ...changes,
  };
}
