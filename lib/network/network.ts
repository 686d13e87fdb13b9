import { Fn } from 'aws-cdk-lib';
import {
  FlowLogDestination,
  FlowLogTrafficType,
  Peer,
  Port,
  SecurityGroup,
  type SubnetSelection,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages/stage-config';

/** What a network is made of. */
export interface NetworkProps {
  readonly stage: StageConfig;
}

/** The private network that the brokers and the functions are in. */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Where everything of the pipeline is. */
  readonly subnets: SubnetSelection = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  /** What is in it may reach the exchange and AWS APIs; brokers and the database add themselves. */
  readonly functions: SecurityGroup;

  constructor(scope: Construct, id: string, { stage }: NetworkProps) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      // Named by their order, so that no look-up of the account is needed.
      availabilityZones: [0, 1, 2].map((index) => Fn.select(index, Fn.getAzs())),
      natGateways: stage.network.natGateways,
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
    this.functions.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'The exchange and AWS APIs');
  }

  /** A security group that lets in who is named afterwards. */
  securityGroup(scope: Construct, id: string, description: string): SecurityGroup {
    return new SecurityGroup(scope, id, { vpc: this.vpc, description, allowAllOutbound: false });
  }

  /** What was refused is little, and tells of a security group that is wrong; what passes costs more than it tells. */
  private logRefusals({ logRetention: retention, removalPolicy }: StageConfig): void {
    const logs = new LogGroup(this, 'Refusals', { retention, removalPolicy });
    this.vpc.addFlowLog('Refusals', {
      trafficType: FlowLogTrafficType.REJECT,
      destination: FlowLogDestination.toCloudWatchLogs(logs),
    });
  }
}
