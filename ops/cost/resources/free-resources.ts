/** Resources that AWS does not charge for themselves; what they use is charged elsewhere. */
export const FREE_RESOURCES: ReadonlySet<string> = new Set([
  // Requests to a function's address are those to the function.
  'AWS::Lambda::Url',
  // Networks are free; their gateways, addresses and endpoints are not.
  'AWS::EC2::VPC',
  'AWS::EC2::InternetGateway',
  'AWS::EC2::Route',
  'AWS::EC2::RouteTable',
  'AWS::EC2::SecurityGroup',
  'AWS::EC2::SecurityGroupEgress',
  'AWS::EC2::SecurityGroupIngress',
  'AWS::EC2::Subnet',
  'AWS::EC2::SubnetRouteTableAssociation',
  'AWS::EC2::VPCGatewayAttachment',
  'AWS::IAM::InstanceProfile',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  // Topics, keyspaces and schemas are included in the price of servers and rows.
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::Cassandra::Keyspace',
  'AWS::Glue::Registry',
  'AWS::Glue::Schema',
  'AWS::Glue::SchemaVersion',
  'AWS::MSK::Topic',
  // A standard parameter is free.
  'AWS::SSM::Parameter',
  // Scheduled rules are free, as are settings of how a function is invoked.
  'AWS::Events::Rule',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  // Messages are charged with their subscription.
  'AWS::SNS::Topic',
  'AWS::SNS::TopicInlinePolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::CDK::Metadata',
]);
