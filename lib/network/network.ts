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
import { Construct } from 'constructs';
import { createLogGroup } from '../checks/create-log-group';
import type { StageConfig } from '../stages/stage-config';

/** Properties of a network. */
export interface NetworkProps {
  readonly stage: StageConfig;
}

/** The private network of the brokers and the functions. */
export class Network extends Construct {
  readonly vpc: Vpc;
  /** Subnets of the whole pipeline. */
  readonly subnets: SubnetSelection = { subnetType: SubnetType.PRIVATE_WITH_EGRESS };
  /** Its members may reach the exchange and AWS APIs; brokers and the database add themselves. */
  readonly functions: SecurityGroup;

  constructor(scope: Construct, id: string, { stage }: NetworkProps) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      // Selected by their order, so that no look-up in the account is needed.
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
