import {
  type CfnInstance,
  CpuCredits,
  InstanceType,
  type ISubnet,
  NatInstanceProviderV2,
  NatTrafficDirection,
  Peer,
  type Port,
} from 'aws-cdk-lib/aws-ec2';
import { Validations } from 'aws-cdk-lib';
import { acceptFinding } from '../checks/accept-finding';

/** The least that an image of Amazon Linux fits on. */
const DISK_GIB = 8;

const ACCEPTED_FINDINGS = [
  [
    'CKV_AWS_88',
    'What it is for: the other subnets leave by its public address, and nothing may enter by it',
  ],
  [
    'CKV_AWS_126',
    'Metrics by the minute cost as much as the instance; if it fails, the alarms of fetch ring',
  ],
] as const;

const ACKNOWLEDGED = [
  [
    'AwsSolutions-EC28',
    'Metrics by the minute cost as much as the instance; if it fails, the alarms of fetch ring',
  ],
  [
    'AwsSolutions-EC29',
    'It holds nothing, and each deployment may replace it by one of a newer image',
  ],
] as const;

/**
 * Provides the NAT instance of a network: the newest Amazon Linux 2023 of the day of the
 * deployment, which forwards packets.
 */
export function natInstanceProvider(instanceType: string): NatInstanceProviderV2 {
  return new NatInstanceProviderV2({
    instanceType: new InstanceType(instanceType),
    // It boots by downloading its packet filter, so its address must be there from the start.
    associatePublicIpAddress: true,
    // Forwarding takes next to no time of the processor: it never needs more than is included.
    creditSpecification: CpuCredits.STANDARD,
    defaultAllowedTraffic: NatTrafficDirection.NONE,
  });
}

/** Packets that an instance forwards. */
export interface Forwarded {
  readonly subnets: readonly ISubnet[];
  readonly port: Port;
  readonly description: string;
}

/** Lets an instance forward what subnets send to a port of any address. */
export function forward(
  { connections }: NatInstanceProviderV2,
  { subnets, port, description }: Forwarded,
): void {
  for (const { ipv4CidrBlock } of subnets) {
    connections.allowFrom(Peer.ipv4(ipv4CidrBlock), port, description);
  }
  connections.allowTo(Peer.anyIpv4(), port, description);
}

/** Encrypts the disk of an instance, and protects the credentials of its role. */
export function hardenNatInstance({ gatewayInstances }: NatInstanceProviderV2): void {
  for (const { instance } of gatewayInstances) hardenInstance(instance);
}

function hardenInstance(instance: CfnInstance): void {
  instance.ebsOptimized = true;
  instance.metadataOptions = { httpTokens: 'required', httpEndpoint: 'enabled' };
  instance.blockDeviceMappings = [
    {
      deviceName: '/dev/xvda',
      ebs: { encrypted: true, volumeType: 'gp3', volumeSize: DISK_GIB, deleteOnTermination: true },
    },
  ];
  for (const [id, reason] of ACCEPTED_FINDINGS) acceptFinding(instance, id, reason);
  for (const [id, reason] of ACKNOWLEDGED) Validations.of(instance).acknowledge({ id, reason });
}
