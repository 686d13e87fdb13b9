import { Fn, Stack } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  type NatInstanceProviderV2,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import { createLogGroup } from '../checks/create-log-group';
import type { StageConfig } from '../stages/stage-config';
import { forward, hardenNatInstance, natInstanceProvider } from './nat-instance';

/** Properties of a network. */
export interface NetworkProps {
  readonly stage: StageConfig;
}

/** The private network of the brokers and the functions. */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Subnets of the whole pipeline. */
  readonly subnets: SubnetSelection = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  /** Those of them that the functions are in. */
  readonly functionSubnets: SubnetSelection;
  /** Its members may reach the exchange and AWS APIs; brokers and the database add themselves. */
  readonly functions: SecurityGroup;
  private readonly natInstance: NatInstanceProviderV2 | undefined;

  constructor(scope: Construct, id: string, { stage }: NetworkProps) {
    super(scope, id);
    const { zones, nat } = stage.network;
    const natInstance = nat.kind === 'instance' ? natInstanceProvider(nat.instanceType) : undefined;
    this.vpc = new Vpc(this, 'Vpc', {
      // Selected by their order, so that no look-up in the account is needed.
      availabilityZones: Array.from({ length: zones }, (_, index) => Fn.select(index, Fn.getAzs())),
      ...(natInstance === undefined ? {} : { natGatewayProvider: natInstance }),
      natGateways: natCount(nat),
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Egress', subnetType: SubnetType.PUBLIC, cidrMask: 28, mapPublicIpOnLaunch: false },
        { name: 'Pipeline', subnetType: SubnetType.PRIVATE_WITH_EGRESS, cidrMask: 24 },
      ],
    });
    this.logRefusals(stage);
    this.functions = new SecurityGroup(this, 'Functions', {
      vpc: this.vpc,
      description: 'The functions',
      allowAllOutbound: false,
    });
    this.natInstance = natInstance;
    if (natInstance !== undefined) hardenNatInstance(natInstance);
    // Beside the instance: without it they reach nothing in any zone, and their traffic stays in one.
    this.functionSubnets =
      natInstance === undefined
        ? this.subnets
        : { subnets: this.vpc.selectSubnets(this.subnets).subnets.slice(0, 1) };
    this.allowOut(Port.HTTPS, 'The exchange and AWS APIs');
    this.exportSubnets();
  }

  /**
   * All of them are exported, whichever the functions are in: an export that another setting of
   * `nat` takes away could not be removed while the pipeline stack still imports it.
   */
  private exportSubnets(): void {
    for (const { subnetId } of this.vpc.selectSubnets(this.subnets).subnets) {
      Stack.of(this).exportValue(subnetId);
    }
  }

  /** Lets the functions out of the network to a port of any address. */
  allowOut(port: Port, description: string): void {
    this.functions.addEgressRule(Peer.anyIpv4(), port, description);
    if (this.natInstance === undefined) return;
    forward(this.natInstance, {
      subnets: this.vpc.selectSubnets(this.subnets).subnets,
      port,
      description,
    });
  }

  /** Creates a security group without any rules. */
  securityGroup(scope: Construct, id: string, description: string): SecurityGroup {
    return new SecurityGroup(scope, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  /** Rejected traffic is rare, and reveals a wrong security group; a log of all traffic costs more than it is worth. */
  private logRefusals({ logRetention: retention, removalPolicy }: StageConfig): void {
    const logs = createLogGroup(this, 'Refusals', { retention, removalPolicy });
    this.vpc.addFlowLog('Refusals', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(logs),
    });
  }
}

function natCount(nat: StageConfig['network']['nat']): number {
  if (nat.kind === 'gateways') return nat.count;
  return nat.kind === 'instance' ? 1 : 0;
}
