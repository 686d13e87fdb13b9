import type {
  LeftoverLookUp,
  NetworkInterface,
  Stack,
  StackResource,
} from '../../../ops/destroy/leftover-look-up';

export const DATA = 'Candlestream-dev-Data';
export const PIPELINE = 'Candlestream-dev-Pipeline';
const VPC = 'vpc-1';

export const ofFunction: NetworkInterface = {
  id: 'eni-1',
  type: 'lambda',
  description: 'AWS Lambda VPC ENI-Fetch',
};
export const ofBroker: NetworkInterface = {
  id: 'eni-2',
  type: 'interface',
  description: 'DO NOT DELETE - Amazon MSK network interface for cluster Candlestream-dev-Data',
};
export const ofGateway: NetworkInterface = {
  id: 'eni-3',
  type: 'nat_gateway',
  description: 'Interface for NAT Gateway',
};

export const resource = (
  type: string,
  physicalId: string,
  status: string,
  reason?: string,
): StackResource => ({ logicalId: 'Any', type, physicalId, status, reason });

/** A region with the stacks of a stage, whose resources are those of its data stack. */
export class FakeLeftovers implements LeftoverLookUp {
  readonly stacks = new Map<string, Stack>([
    [DATA, { id: 'arn:data', status: 'CREATE_COMPLETE' }],
    [PIPELINE, { id: 'arn:pipeline', status: 'CREATE_COMPLETE' }],
  ]);
  /** Stacks that were deleted before, by name. */
  readonly deleted = new Map<string, string>();
  resources: readonly StackResource[] = [resource('AWS::EC2::VPC', VPC, 'CREATE_COMPLETE')];
  /** Of the network, answer by answer; the last one stays. */
  interfaces: (readonly NetworkInterface[])[] = [[]];
  logs: readonly string[] = [];

  stack(name: string): Promise<Stack | undefined> {
    return Promise.resolve(this.stacks.get(name));
  }

  deletedStackId(name: string): Promise<string | undefined> {
    return Promise.resolve(this.deleted.get(name));
  }

  stackResources(stackId: string): Promise<readonly StackResource[]> {
    if (stackId === 'arn:pipeline') return Promise.resolve([]);
    if (stackId === 'arn:data') return Promise.resolve(this.resources);
    return Promise.reject(new Error(`unexpected stack ${stackId}`));
  }

  networkInterfaces(vpcId: string): Promise<readonly NetworkInterface[]> {
    if (vpcId !== VPC) throw new Error(`unexpected VPC ${vpcId}`);
    const [next = [], ...later] = this.interfaces;
    if (later.length > 0) this.interfaces = later;
    return Promise.resolve(next);
  }

  logGroups(prefix: string) {
    if (prefix !== 'Candlestream-dev-') throw new Error(`unexpected prefix ${prefix}`);
    return Promise.resolve(this.logs.map((name) => ({ name, storedBytes: 1 })));
  }
}
