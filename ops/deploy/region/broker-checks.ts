import * as v from 'valibot';
import { ofType, type StageResource } from '../../stages/stage-resources';
import type { Findings } from '../bootstrap';
import type { RegionCheck } from './check-region';

const CLUSTER = 'AWS::MSK::Cluster';

const Cluster = v.object({
  NumberOfBrokerNodes: v.number(),
  BrokerNodeGroupInfo: v.object({
    InstanceType: v.string(),
    StorageInfo: v.object({ EBSStorageInfo: v.object({ VolumeSize: v.number() }) }),
  }),
});

const NatInstance = v.object({ InstanceType: v.string() });

/**
 * Types of instances that EC2 does not have in the zones of the stage. No list says which brokers
 * MSK has in a zone: without the instances that they run on, it is unlikely to have any.
 */
export async function instanceFindings(check: RegionCheck, zoneCount: number): Promise<Findings> {
  const zones = (await check.lookUp.zones()).slice(0, zoneCount).map(({ name }) => name);
  const [nat, brokers] = await Promise.all([
    natProblems(check, zones.slice(0, 1)),
    brokerNotes(check, zones),
  ]);
  return { problems: nat, notes: brokers };
}

/** The instance stands in the first zone. */
async function natProblems(check: RegionCheck, zones: readonly string[]): Promise<string[]> {
  const types = ofType(check.resources, 'AWS::EC2::Instance').map(
    ({ properties }) => v.parse(NatInstance, properties).InstanceType,
  );
  return perType(check, { types, zones }, (type, without) => {
    return `EC2 has no ${type} in ${without}, where the NAT instance would stand: set network.nat.instanceType in lib/stages/${check.stage}.ts to another type, or choose another region`;
  });
}

async function brokerNotes(check: RegionCheck, zones: readonly string[]): Promise<string[]> {
  const types = clustersOf(check.resources).map(({ BrokerNodeGroupInfo: info }) =>
    info.InstanceType.replace(/^kafka\./, ''),
  );
  return perType(check, { types, zones }, (type, without) => {
    return `EC2 has no ${type} in ${without}, so MSK may have no kafka.${type} there; if the deployment fails for it, set kafka.instanceType in lib/stages/${check.stage}.ts to another type`;
  });
}

async function perType(
  { lookUp }: RegionCheck,
  { types, zones }: { readonly types: readonly string[]; readonly zones: readonly string[] },
  text: (type: string, without: string) => string,
): Promise<string[]> {
  const texts = await Promise.all(
    types.map(async (type) => {
      const offered = await lookUp.instanceZones(type);
      const without = zones.filter((zone) => !offered.includes(zone));
      return without.length === 0 ? [] : [text(type, without.join(', '))];
    }),
  );
  return texts.flat();
}

/** More brokers than the account may have. */
export async function brokerQuotaProblems(check: RegionCheck): Promise<string[]> {
  const { region, resources, deployed, lookUp } = check;
  const more = brokersOf(resources) - brokersOf(deployed);
  if (more <= 0) return [];
  const { used, quota } = await lookUp.brokers();
  if (used + more <= quota) return [];
  return [
    `The stage needs ${more} more brokers of MSK in ${region}, where the account has ${used} of at most ${quota}: delete a cluster, or ask for more in the console of Service Quotas (Amazon Managed Streaming for Apache Kafka, "Number of brokers per account")`,
  ];
}

/** Disks that have grown by themselves, and would have to shrink to the size that is asked for. */
export async function grownDiskProblems(check: RegionCheck): Promise<string[]> {
  const problems = await Promise.all(
    ofType(check.deployed, CLUSTER).map(async (before) => {
      const after = check.resources.find(
        ({ stack, logicalId }) => stack === before.stack && logicalId === before.logicalId,
      );
      return after === undefined ? [] : diskProblem(check, before, after);
    }),
  );
  return problems.flat();
}

async function diskProblem(
  { lookUp }: RegionCheck,
  before: StageResource,
  after: StageResource,
): Promise<string[]> {
  const [had, wanted] = [diskGiB(before), diskGiB(after)];
  // CloudFormation asks MSK for nothing that is the same in both templates.
  if (wanted <= had) return [];
  const grown = await lookUp.brokerDiskGiB(before);
  if (wanted >= grown) return [];
  return [
    `The disks of the brokers have grown to ${grown} GiB each, and storage never shrinks: set kafka.storageGiB to at least ${grown}, or leave it at ${had}, which changes nothing, instead of ${wanted}`,
  ];
}

function diskGiB({ properties }: StageResource): number {
  return v.parse(Cluster, properties).BrokerNodeGroupInfo.StorageInfo.EBSStorageInfo.VolumeSize;
}

function brokersOf(resources: readonly StageResource[]): number {
  return clustersOf(resources).reduce((sum, { NumberOfBrokerNodes: count }) => sum + count, 0);
}

function clustersOf(resources: readonly StageResource[]): v.InferOutput<typeof Cluster>[] {
  return ofType(resources, CLUSTER).map(({ properties }) => v.parse(Cluster, properties));
}
