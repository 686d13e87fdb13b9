/** A resource that is left, and how it is removed. */
export interface Removal {
  /** If true, it is paid for until it is removed. */
  readonly costs: boolean;
  /** The command that removes it. */
  readonly command: string;
}

/** A command without its region. */
type RemovalOf = (physicalId: string, region: string) => Removal;

const paid = (command: string): Removal => ({ costs: true, command });
const free = (command: string): Removal => ({ costs: false, command });

/** A table is named `keyspace|table`. */
const table: RemovalOf = (physicalId) => {
  const [keyspace = '', name = ''] = physicalId.split('|');
  return paid(`aws keyspaces delete-table --keyspace-name ${keyspace} --table-name ${name}`);
};

/** An address is named by itself, and released by the id of its allocation. */
const address: RemovalOf = (publicIp, region) => {
  const allocation = `aws ec2 describe-addresses --public-ips ${publicIp} --query 'Addresses[0].AllocationId' --output text --region ${region}`;
  return paid(`aws ec2 release-address --allocation-id "$(${allocation})"`);
};

const REMOVALS: Readonly<Record<string, RemovalOf>> = {
  'AWS::Cassandra::Keyspace': (id) => free(`aws keyspaces delete-keyspace --keyspace-name ${id}`),
  'AWS::Cassandra::Table': table,
  'AWS::EC2::EIP': address,
  'AWS::EC2::Instance': (id) => paid(`aws ec2 terminate-instances --instance-ids ${id}`),
  'AWS::EC2::NatGateway': (id) => paid(`aws ec2 delete-nat-gateway --nat-gateway-id ${id}`),
  'AWS::EC2::SecurityGroup': (id) => free(`aws ec2 delete-security-group --group-id ${id}`),
  'AWS::EC2::Subnet': (id) => free(`aws ec2 delete-subnet --subnet-id ${id}`),
  'AWS::EC2::VPC': (id) => free(`aws ec2 delete-vpc --vpc-id ${id}`),
  'AWS::EC2::VPCEndpoint': (id) => paid(`aws ec2 delete-vpc-endpoints --vpc-endpoint-ids ${id}`),
  'AWS::Glue::Registry': (id) => free(`aws glue delete-registry --registry-id RegistryArn=${id}`),
  'AWS::Glue::Schema': (id) => free(`aws glue delete-schema --schema-id SchemaArn=${id}`),
  'AWS::Logs::LogGroup': (id) => paid(`aws logs delete-log-group --log-group-name ${id}`),
  'AWS::MSK::Cluster': (id) => paid(`aws kafka delete-cluster --cluster-arn ${id}`),
};

/** The command that removes a resource; undefined for a type that nothing is paid for, and that goes with another. */
export function removalOf(type: string, physicalId: string, region: string): Removal | undefined {
  const removal = REMOVALS[type]?.(physicalId, region);
  return removal && { ...removal, command: `${removal.command} --region ${region}` };
}
