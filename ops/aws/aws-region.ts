import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import {
  DescribeAddressesCommand,
  DescribeAvailabilityZonesCommand,
  DescribeInstanceTypeOfferingsCommand,
  DescribeVpcEndpointServicesCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import {
  DescribeClusterV2Command,
  KafkaClient,
  paginateListClustersV2,
} from '@aws-sdk/client-kafka';
import { GetAccountSettingsCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  GetAWSDefaultServiceQuotaCommand,
  GetServiceQuotaCommand,
  NoSuchResourceException,
  paginateListServiceQuotas,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas';
import * as v from 'valibot';
import { OperationError } from '../operation-error';
import { LookUpDeniedError } from './account-look-up';
import { asker, type AwsAccountOptions, clientConfig } from './ask-aws';
import { BROKERS_PER_ACCOUNT, ELASTIC_IPS, type Quota, VPCS } from './quotas';
import type {
  Concurrency,
  DeployedStack,
  DeployedTemplate,
  RegionLookUp,
  StackResourceId,
  Zone,
} from './region-look-up';

/** Looks in a region of the AWS account that the SDK's own chain of credentials finds. */
export function awsRegion(options: AwsAccountOptions, region: string): RegionLookUp {
  const config = clientConfig(options, region);
  const askEc2 = asker(options, 'EC2', () => new EC2Client(config));
  const askQuotas = asker(options, 'Service Quotas', () => new ServiceQuotasClient(config));
  const askKafka = asker(options, 'MSK', () => new KafkaClient(config));
  const askLambda = asker(options, 'Lambda', () => new LambdaClient(config));
  const askCloudFormation = asker(
    options,
    'CloudFormation',
    () => new CloudFormationClient(config),
  );
  const quotaOf = (quota: Quota) => askQuotas((client, signal) => readQuota(client, quota, signal));
  return {
    concurrency: () => askLambda(readConcurrency),
    zones: () => askEc2(readZones),
    endpointZones: (service) =>
      askEc2((client, signal) =>
        readEndpointZones(client, `com.amazonaws.${region}.${service}`, signal),
      ),
    instanceZones: (instanceType) =>
      askEc2((client, signal) => readInstanceZones(client, instanceType, signal)),
    brokers: async () => ({
      used: await askKafka(countBrokers),
      quota: await askQuotas(readBrokerQuota),
    }),
    brokerDiskGiB: async (cluster) => {
      const arn = await askCloudFormation((client, signal) =>
        readPhysicalId(client, cluster, signal),
      );
      return askKafka((client, signal) => readDiskGiB(client, arn, signal));
    },
    vpcs: async () => ({ used: await askEc2(countVpcs), quota: await quotaOf(VPCS) }),
    elasticIps: async () => ({
      used: await askEc2(countAddresses),
      quota: await quotaOf(ELASTIC_IPS),
    }),
    stack: (name) => askCloudFormation((client, signal) => readStack(client, name, signal)),
  };
}

async function readConcurrency(
  client: LambdaClient,
  abortSignal: AbortSignal,
): Promise<Concurrency> {
  const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}), { abortSignal });
  const { ConcurrentExecutions: limit, UnreservedConcurrentExecutions: unreserved } =
    AccountLimit ?? {};
  if (limit !== undefined && unreserved !== undefined) return { limit, unreserved };
  throw new OperationError(
    'Lambda did not say how many invocations the account may have: try again',
  );
}

async function readZones(client: EC2Client, abortSignal: AbortSignal): Promise<Zone[]> {
  const command = new DescribeAvailabilityZonesCommand({
    Filters: [
      { Name: 'state', Values: ['available'] },
      { Name: 'zone-type', Values: ['availability-zone'] },
      { Name: 'opt-in-status', Values: ['opt-in-not-required', 'opted-in'] },
    ],
  });
  const { AvailabilityZones = [] } = await client.send(command, { abortSignal });
  return AvailabilityZones.map(({ ZoneName = '', ZoneId = '' }) => ({
    name: ZoneName,
    id: ZoneId,
  })).toSorted((one, other) => one.name.localeCompare(other.name));
}

async function readEndpointZones(
  client: EC2Client,
  service: string,
  abortSignal: AbortSignal,
): Promise<string[]> {
  try {
    const command = new DescribeVpcEndpointServicesCommand({ ServiceNames: [service] });
    const { ServiceDetails = [] } = await client.send(command, { abortSignal });
    return ServiceDetails.flatMap(({ AvailabilityZones = [] }) => AvailabilityZones);
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidServiceName') return [];
    throw error;
  }
}

async function readInstanceZones(
  client: EC2Client,
  instanceType: string,
  abortSignal: AbortSignal,
): Promise<string[]> {
  const command = new DescribeInstanceTypeOfferingsCommand({
    LocationType: 'availability-zone',
    Filters: [{ Name: 'instance-type', Values: [instanceType] }],
  });
  const { InstanceTypeOfferings = [] } = await client.send(command, { abortSignal });
  return InstanceTypeOfferings.flatMap(({ Location }) => Location ?? []);
}

async function countBrokers(client: KafkaClient, abortSignal: AbortSignal): Promise<number> {
  let brokers = 0;
  for await (const { ClusterInfoList = [] } of paginateListClustersV2({ client }, {})) {
    abortSignal.throwIfAborted();
    for (const { Provisioned } of ClusterInfoList) brokers += Provisioned?.NumberOfBrokerNodes ?? 0;
  }
  return brokers;
}

async function readBrokerQuota(
  client: ServiceQuotasClient,
  abortSignal: AbortSignal,
): Promise<number> {
  const { serviceCode: ServiceCode, name } = BROKERS_PER_ACCOUNT;
  for await (const { Quotas = [] } of paginateListServiceQuotas({ client }, { ServiceCode })) {
    abortSignal.throwIfAborted();
    const value = Quotas.find(({ QuotaName }) => QuotaName === name)?.Value;
    if (value !== undefined) return value;
  }
  throw new LookUpDeniedError(`Service Quotas lists no "${name}"`);
}

async function readPhysicalId(
  client: CloudFormationClient,
  { stack, logicalId }: StackResourceId,
  abortSignal: AbortSignal,
): Promise<string> {
  const command = new DescribeStackResourceCommand({
    StackName: stack,
    LogicalResourceId: logicalId,
  });
  const { StackResourceDetail: detail } = await client.send(command, { abortSignal });
  if (detail?.PhysicalResourceId !== undefined) return detail.PhysicalResourceId;
  throw new OperationError(
    `CloudFormation did not say what ${logicalId} of ${stack} is: try again`,
  );
}

async function readDiskGiB(
  client: KafkaClient,
  clusterArn: string,
  abortSignal: AbortSignal,
): Promise<number> {
  const command = new DescribeClusterV2Command({ ClusterArn: clusterArn });
  const { ClusterInfo: info } = await client.send(command, { abortSignal });
  const disk = info?.Provisioned?.BrokerNodeGroupInfo?.StorageInfo?.EbsStorageInfo?.VolumeSize;
  if (disk !== undefined) return disk;
  throw new OperationError(`MSK did not say how large the disks of ${clusterArn} are: try again`);
}

async function countVpcs(client: EC2Client, abortSignal: AbortSignal): Promise<number> {
  const { Vpcs = [] } = await client.send(new DescribeVpcsCommand({ MaxResults: 1_000 }), {
    abortSignal,
  });
  return Vpcs.length;
}

async function countAddresses(client: EC2Client, abortSignal: AbortSignal): Promise<number> {
  const { Addresses = [] } = await client.send(new DescribeAddressesCommand({}), { abortSignal });
  return Addresses.length;
}

/** A quota that was never raised has a default alone. */
async function readQuota(
  client: ServiceQuotasClient,
  { serviceCode, quotaCode, name }: Quota,
  abortSignal: AbortSignal,
): Promise<number> {
  const input = { ServiceCode: serviceCode, QuotaCode: quotaCode };
  const { Quota: quota } = await client
    .send(new GetServiceQuotaCommand(input), { abortSignal })
    .catch((error: unknown) => {
      if (!(error instanceof NoSuchResourceException)) throw error;
      return client.send(new GetAWSDefaultServiceQuotaCommand(input), { abortSignal });
    });
  if (quota?.Value !== undefined) return quota.Value;
  throw new OperationError(`Service Quotas did not say how many ${name} there may be: try again`);
}

const Template = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    Metadata: v.optional(v.record(v.string(), v.unknown())),
    Outputs: v.optional(v.record(v.string(), v.unknown())),
    Resources: v.record(
      v.string(),
      v.object({
        Type: v.string(),
        Properties: v.optional(v.record(v.string(), v.unknown())),
        Metadata: v.optional(v.record(v.string(), v.unknown())),
      }),
    ),
  }),
);

/** The id and the status of a stack. @throws the service's error if there is none of the name */
export async function readStackStatus(
  client: CloudFormationClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<{ readonly id: string; readonly status: string }> {
  const command = new DescribeStacksCommand({ StackName: name });
  const { Stacks = [] } = await client.send(command, { abortSignal });
  const { StackId: id = name, StackStatus: status = 'unknown' } = Stacks[0] ?? {};
  return { id, status };
}

async function readStack(
  client: CloudFormationClient,
  name: string,
  abortSignal: AbortSignal,
): Promise<DeployedStack | undefined> {
  return unlessMissing(async () => {
    const { id, status } = await readStackStatus(client, name, abortSignal);
    const { TemplateBody } = await client.send(
      new GetTemplateCommand({ StackName: name, TemplateStage: 'Original' }),
      { abortSignal },
    );
    return { id, status, template: templateIn(TemplateBody) };
  });
}

/** A stack whose first change set was never executed (`REVIEW_IN_PROGRESS`) has no text. */
function templateIn(body: string | undefined): DeployedTemplate {
  return body === undefined || body === '' ? { Resources: {} } : v.parse(Template, body);
}

/** Reads of a stack; undefined if there is none: CloudFormation has no error of its own for that. */
export async function unlessMissing<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isMissing =
      error instanceof Error &&
      error.name === 'ValidationError' &&
      error.message.includes('does not exist');
    if (isMissing) return undefined;
    throw error;
  }
}
