import {
  CloudFormationClient,
  paginateListStackResources,
  paginateListStacks,
} from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, paginateDescribeLogGroups } from '@aws-sdk/client-cloudwatch-logs';
import { EC2Client, paginateDescribeNetworkInterfaces } from '@aws-sdk/client-ec2';
import { asker, type AwsAccountOptions, clientConfig } from '../aws/ask-aws';
import { readStackStatus, unlessMissing } from '../aws/aws-region';
import type { LeftoverLookUp, LogGroup, NetworkInterface, StackResource } from './leftover-look-up';

/** Looks for leftovers in a region of the AWS account that the SDK's own chain of credentials finds. */
export function awsLeftovers(options: AwsAccountOptions, region: string): LeftoverLookUp {
  const config = clientConfig(options, region);
  const askCloudFormation = asker(
    options,
    'CloudFormation',
    () => new CloudFormationClient(config),
  );
  const askEc2 = asker(options, 'EC2', () => new EC2Client(config));
  const askLogs = asker(options, 'CloudWatch Logs', () => new CloudWatchLogsClient(config));
  return {
    stack: (name) =>
      askCloudFormation((client, signal) =>
        unlessMissing(() => readStackStatus(client, name, signal)),
      ),
    deletedStackId: (name) => askCloudFormation((client) => readDeletedStackId(client, name)),
    stackResources: (stackId) => askCloudFormation((client) => readResources(client, stackId)),
    networkInterfaces: (vpcId) => askEc2((client) => readInterfaces(client, vpcId)),
    logGroups: (namePrefix) => askLogs((client) => readLogGroups(client, namePrefix)),
  };
}

async function readDeletedStackId(
  client: CloudFormationClient,
  name: string,
): Promise<string | undefined> {
  let last: { readonly id: string | undefined; readonly deletedMs: number } | undefined;
  const input = { StackStatusFilter: ['DELETE_COMPLETE' as const] };
  for await (const { StackSummaries = [] } of paginateListStacks({ client }, input)) {
    for (const { StackName, StackId: id, DeletionTime } of StackSummaries) {
      const deletedMs = DeletionTime?.getTime() ?? 0;
      if (StackName === name && deletedMs >= (last?.deletedMs ?? 0)) last = { id, deletedMs };
    }
  }
  return last?.id;
}

async function readResources(
  client: CloudFormationClient,
  stackId: string,
): Promise<StackResource[]> {
  const found: StackResource[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stackId })) {
    for (const summary of page.StackResourceSummaries ?? []) {
      found.push({
        logicalId: summary.LogicalResourceId ?? '',
        physicalId: summary.PhysicalResourceId,
        type: summary.ResourceType ?? '',
        status: summary.ResourceStatus ?? '',
        reason: summary.ResourceStatusReason,
      });
    }
  }
  return found;
}

async function readInterfaces(client: EC2Client, vpcId: string): Promise<NetworkInterface[]> {
  const found: NetworkInterface[] = [];
  const input = { Filters: [{ Name: 'vpc-id', Values: [vpcId] }] };
  for await (const { NetworkInterfaces = [] } of paginateDescribeNetworkInterfaces(
    { client },
    input,
  )) {
    for (const one of NetworkInterfaces) {
      found.push({
        id: one.NetworkInterfaceId ?? '',
        type: one.InterfaceType ?? '',
        description: one.Description ?? '',
      });
    }
  }
  return found;
}

async function readLogGroups(
  client: CloudWatchLogsClient,
  logGroupNamePrefix: string,
): Promise<LogGroup[]> {
  const found: LogGroup[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups(
    { client },
    { logGroupNamePrefix },
  )) {
    found.push(
      ...logGroups.map(({ logGroupName: name = '', storedBytes = 0 }) => ({ name, storedBytes })),
    );
  }
  return found;
}
