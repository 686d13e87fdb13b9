import { createHash } from 'node:crypto';
import type { Stack } from '../stack-template';

/** The region that the local run emulates. */
export const LOCAL_REGION = 'us-east-1';
/** The account that the local run emulates. */
export const LOCAL_ACCOUNT = '000000000000';

/** A resource by its stack, its logical id and its CloudFormation type. */
export interface TypedResource {
  readonly stack: Stack;
  readonly logicalId: string;
  readonly type: string;
}

/** A UUID that is the same for the same text, in every run. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** A name such as CloudFormation makes up for a resource without one. */
function physicalName({ stack, logicalId }: TypedResource): string {
  return `${stack.name}-${logicalId}`;
}

/** An ARN that is the same in every run. */
export function arnOf(resource: TypedResource): string {
  const { type } = resource;
  const [, service = 'unknown', kind = 'resource'] = type.split('::');
  const prefix = `arn:aws:${ARN_SERVICES[service] ?? service.toLowerCase()}:${LOCAL_REGION}:${LOCAL_ACCOUNT}`;
  const name = physicalName(resource);
  if (type === 'AWS::Lambda::Function') return `${prefix}:function:${name}`;
  if (type === 'AWS::MSK::Cluster' || type === 'AWS::MSK::ServerlessCluster') {
    return `${prefix}:cluster/${name}/${uuidOf(name)}-1`;
  }
  if (type === 'AWS::SQS::Queue' || type === 'AWS::SNS::Topic') return `${prefix}:${name}`;
  return `${prefix}:${kind.toLowerCase()}/${name}`;
}

const ARN_SERVICES: Readonly<Record<string, string>> = { MSK: 'kafka', EC2: 'ec2' };

/** Resources whose `Ref` is their ARN, after the CloudFormation reference of each type. */
const REF_IS_ARN = new Set([
  'AWS::MSK::Cluster',
  'AWS::MSK::ServerlessCluster',
  'AWS::MSK::Configuration',
  'AWS::MSK::Topic',
  'AWS::Glue::Schema',
  'AWS::SNS::Topic',
]);

/** Resources whose `Ref` is an id that AWS makes up. */
const REF_IS_UUID = new Set(['AWS::Lambda::EventSourceMapping', 'AWS::Glue::SchemaVersion']);

/** The property that is the `Ref` of a resource, if it is set. */
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Events::Rule': 'Name',
  'AWS::Cassandra::Keyspace': 'KeyspaceName',
  'AWS::Glue::Registry': 'Name',
  'AWS::Logs::LogGroup': 'LogGroupName',
};

/** The value of `Ref` of a resource; `nameOf` reads its properties. */
export function refOf(
  resource: TypedResource,
  nameOf: (property: string) => string | undefined,
): string {
  const { stack, logicalId, type } = resource;
  if (REF_IS_ARN.has(type)) return arnOf(resource);
  if (REF_IS_UUID.has(type)) return uuidOf(`${stack.name}/${logicalId}`);
  if (type === 'AWS::Cassandra::Table') {
    return `${nameOf('KeyspaceName') ?? ''}|${nameOf('TableName') ?? generatedName(resource)}`;
  }
  const property = NAME_PROPERTIES[type];
  const name = property === undefined ? undefined : nameOf(property);
  if (name !== undefined) return name;
  if (type === 'AWS::Cassandra::Keyspace') return generatedName(resource);
  return physicalName(resource);
}

/** Keyspaces takes letters, digits and underscores only, up to 48 of them. */
function generatedName(resource: TypedResource): string {
  return physicalName(resource).replace(/\W/g, '_').toLowerCase().slice(-48);
}

/** The value of `Fn::GetAtt`; undefined if it is not known. */
export function attributeOf(resource: TypedResource, attribute: string): string | undefined {
  const { stack, logicalId, type } = resource;
  const uuid = uuidOf(`${stack.name}/${logicalId}`);
  if (attribute === 'Arn' || attribute === 'TopicArn' || attribute === 'SchemaArn') {
    return arnOf(resource);
  }
  if (type === 'AWS::Glue::Schema' && attribute === 'InitialSchemaVersionId') return uuid;
  if (type === 'AWS::Glue::SchemaVersion' && attribute === 'VersionId') return uuid;
  if (attribute === 'Id' || attribute.endsWith('Id')) return `${logicalId}-${uuid.slice(0, 8)}`;
  if (attribute === 'Name' || attribute.endsWith('Name')) return physicalName(resource);
  return undefined;
}
