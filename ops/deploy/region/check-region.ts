import type { StageResource } from '../../stages/stage-resources';
import { LookUpDeniedError } from '../../aws/account-look-up';
import type { Findings } from '../bootstrap';
import { brokerQuotaProblems, grownDiskProblems, instanceFindings } from './broker-checks';
import {
  CONCURRENT_EXECUTIONS,
  ELASTIC_IPS,
  increaseCommand,
  type Quota,
  VPCS,
} from '../../aws/quotas';
import type { RegionLookUp, Usage } from '../../aws/region-look-up';

/** A deployment, and the region that it goes to. */
export interface RegionCheck {
  readonly stage: string;
  readonly region: string;
  readonly lookUp: RegionLookUp;
  /** Resources of the stage's templates. */
  readonly resources: readonly StageResource[];
  /** Resources of its stacks that are deployed already; none for a new stage. */
  readonly deployed: readonly StageResource[];
}

/** Problems that a check finds, or notes too. @throws OperationError, LookUpDeniedError */
type Check = (check: RegionCheck) => Promise<readonly string[] | Findings>;

/** Checks by what they are about. */
const CHECKS: Readonly<Record<string, Check>> = {
  'the zones': zoneProblems,
  'the endpoint of Keyspaces': endpointProblems,
  'concurrent executions': concurrencyProblems,
  'the quota of VPCs': vpcProblems,
  'the quota of elastic IP addresses': addressProblems,
  'function URLs': urlProblems,
  'types of instances': (check) => instanceFindings(check, zonesOf(check.resources)),
  'the quota of brokers': brokerQuotaProblems,
  'the disks of the brokers': grownDiskProblems,
};

/**
 * Checks that a region has what a stage needs: zones, endpoints, quotas. A check that the caller
 * may not make is noted.
 *
 * @throws OperationError if AWS does not answer
 */
export async function checkRegion(check: RegionCheck): Promise<Findings> {
  const findings = await Promise.all(
    Object.entries(CHECKS).map(([about, problems]) => madeOrNoted(about, problems(check))),
  );
  return {
    problems: findings.flatMap((found) => found.problems),
    notes: findings.flatMap((found) => found.notes),
  };
}

async function madeOrNoted(about: string, made: ReturnType<Check>): Promise<Findings> {
  try {
    const found = await made;
    return 'notes' in found ? found : { problems: found, notes: [] };
  } catch (error) {
    if (!(error instanceof LookUpDeniedError)) throw error;
    return { problems: [], notes: [`not checked: ${about} (${error.message})`] };
  }
}

/**
 * A zone in which MSK has no brokers.
 * Source: the Amazon MSK API reference, `BrokerNodeGroupInfo.clientSubnets`.
 */
const ZONE_WITHOUT_MSK = 'use1-az3';

/** The subnets of a stage lie in the first zones of the account. */
async function zoneProblems({ region, lookUp, resources }: RegionCheck): Promise<string[]> {
  const needed = zonesOf(resources);
  const zones = await lookUp.zones();
  if (zones.length < needed) {
    return [
      `The account has ${zones.length} availability zones in ${region} (${zones.map(({ name }) => name).join(', ')}), and the stage needs ${needed}: choose another region`,
    ];
  }
  const without = zones.slice(0, needed).find(({ id }) => id === ZONE_WITHOUT_MSK);
  if (without === undefined || countOf(resources, 'AWS::MSK::Cluster') === 0) return [];
  return [
    `The stage would use the zone ${without.name}, which is ${without.id} in this account, and MSK has no brokers there: choose another region`,
  ];
}

/** Each zone has one of the subnets that the brokers and functions are in. */
function zonesOf(resources: readonly StageResource[]): number {
  const zones = resources
    .filter(({ type }) => type === 'AWS::EC2::Subnet')
    .map(({ properties }) => JSON.stringify(propertyOf(properties, 'AvailabilityZone')));
  return new Set(zones).size;
}

async function endpointProblems({ region, lookUp, resources }: RegionCheck): Promise<string[]> {
  const endpoint = resources.find(({ type }) => type === 'AWS::EC2::VPCEndpoint');
  if (endpoint === undefined) return [];
  const [offered, zones] = await Promise.all([lookUp.endpointZones('cassandra'), lookUp.zones()]);
  if (offered.length === 0) {
    return [`Keyspaces has no interface endpoint in ${region}: choose another region`];
  }
  const subnets = propertyOf(endpoint.properties, 'SubnetIds');
  const used = zones.slice(0, Array.isArray(subnets) ? subnets.length : 0);
  const without = used.filter(({ name }) => !offered.includes(name)).map(({ name }) => name);
  if (without.length === 0) return [];
  return [
    `Keyspaces has no endpoint in ${without.join(', ')}, only in ${offered.join(', ')}: lower network.endpointZones so far that these zones are left out, or choose another region`,
  ];
}

/** Lambda leaves so many invocations to functions that reserve none; an account that has fewer may reserve none. */
const LEFT_UNRESERVED = 100;

async function concurrencyProblems(check: RegionCheck): Promise<string[]> {
  const { region, stage, lookUp, resources, deployed } = check;
  const { limit, unreserved } = await lookUp.concurrency();
  const reserved = reservedBy(resources);
  const left = unreserved + reservedBy(deployed) - reserved;
  if (reserved === 0 || left >= LEFT_UNRESERVED) return smallLimit(check, limit);
  const desired = Math.max(1_000, limit + LEFT_UNRESERVED + reserved);
  return [
    `The functions reserve ${reserved} concurrent executions, and Lambda wants ${LEFT_UNRESERVED} left to the others, but the account has ${limit} in ${region}, of which ${left} would be left: set queryApi to { kind: 'none' } in lib/stages/${stage}.ts for now, or ask for more (minutes to days): ${increaseCommand(CONCURRENT_EXECUTIONS, desired, region)}`,
  ];
}

function smallLimit({ resources, region }: RegionCheck, limit: number): string[] {
  const needed = leastConcurrency(resources);
  if (limit >= needed) return [];
  return [
    `The account has ${limit} concurrent executions in ${region}, and the stage needs at least ${needed} (one for each function, of fetch and reconcile one for each exchange, of fetch one for each thousand markets): ask for more: ${increaseCommand(CONCURRENT_EXECUTIONS, 1_000, region)}`,
  ];
}

/** Each function runs at least once at a time, and once for each target of the rules that fire it. */
function leastConcurrency(resources: readonly StageResource[]): number {
  const fired = resources
    .filter(({ type }) => type === 'AWS::Events::Rule')
    .flatMap(({ properties }) => propertyOf(properties, 'Targets') ?? [])
    .map((target) => JSON.stringify(propertyOf(target, 'Arn')));
  return countOf(resources, 'AWS::Lambda::Function') - new Set(fired).size + fired.length;
}

function reservedBy(resources: readonly StageResource[]): number {
  return resources
    .map(({ properties }) => Number(propertyOf(properties, 'ReservedConcurrentExecutions') ?? 0))
    .reduce((sum, reserved) => sum + reserved, 0);
}

async function vpcProblems(check: RegionCheck): Promise<string[]> {
  return quotaProblems(check, {
    quota: VPCS,
    type: 'AWS::EC2::VPC',
    usage: () => check.lookUp.vpcs(),
  });
}

async function addressProblems(check: RegionCheck): Promise<string[]> {
  return quotaProblems(check, {
    quota: ELASTIC_IPS,
    type: 'AWS::EC2::EIP',
    usage: () => check.lookUp.elasticIps(),
  });
}

interface Counted {
  readonly quota: Quota;
  /** Each resource of this type counts. */
  readonly type: string;
  readonly usage: () => Promise<Usage>;
}

async function quotaProblems(
  { region, resources, deployed }: RegionCheck,
  { quota, type, usage }: Counted,
): Promise<string[]> {
  const more = countOf(resources, type) - countOf(deployed, type);
  if (more <= 0) return [];
  const { used, quota: most } = await usage();
  if (used + more <= most) return [];
  return [
    `The stage needs ${more} more ${quota.name} in ${region}, where the account has ${used} of at most ${most}: release some, or ask for more: ${increaseCommand(quota, used + more, region)}`,
  ];
}

/** Source: the AWS Lambda developer guide, "Creating and managing Lambda function URLs". */
const WITHOUT_FUNCTION_URLS = new Set([
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
]);

function urlProblems({ stage, region, resources }: RegionCheck): Promise<string[]> {
  const isMissing = countOf(resources, 'AWS::Lambda::Url') > 0 && WITHOUT_FUNCTION_URLS.has(region);
  return Promise.resolve(
    isMissing
      ? [
          `Lambda has no function URLs in ${region}: set queryApi to { kind: 'none' } in lib/stages/${stage}.ts, or choose another region`,
        ]
      : [],
  );
}

function countOf(resources: readonly StageResource[], type: string): number {
  return resources.filter((resource) => resource.type === type).length;
}

function propertyOf(properties: unknown, name: string): unknown {
  return (properties as Readonly<Record<string, unknown>>)[name];
}
