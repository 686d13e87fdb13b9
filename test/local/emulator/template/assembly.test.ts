import { join } from 'node:path';
import { readAssembly } from '../../../../local/emulator/template/assembly';
import { TemplateError } from '../../../../local/emulator/template/stack-template';
import { writeAssembly } from './small-assembly';

const CLUSTER = { Type: 'AWS::MSK::Cluster' };
const SCHEMA = { Type: 'AWS::Glue::Schema' };

/** A property of a function in stack `Pipeline`, beside a stack `Data`, as it is resolved. */
function resolved(value: unknown): unknown {
  const folder = writeAssembly({
    Data: {
      Resources: {
        Cluster: CLUSTER,
        Keyspace: {
          Type: 'AWS::Cassandra::Keyspace',
          Properties: { KeyspaceName: 'candlestream' },
        },
        Stored: {
          Type: 'AWS::SSM::Parameter',
          Properties: { Name: '/stored', Value: { 'Fn::Sub': 'in ${AWS::Region}' } },
        },
      },
      Outputs: {
        Exported: {
          Value: { Ref: 'Cluster' },
          Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Cluster' } },
        },
        Plain: { Value: { Ref: 'Keyspace' } },
      },
    },
    Pipeline: {
      Parameters: {
        Size: { Type: 'Number', Default: 3 },
        Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/stored' },
        BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk/version' },
      },
      Resources: {
        Schema: SCHEMA,
        Table: { Type: 'AWS::Cassandra::Table', Properties: { KeyspaceName: 'k', TableName: 't' } },
        Custom: { Type: 'Custom::Thing' },
        Function: { Type: 'AWS::Lambda::Function', Properties: { Value: value } },
      },
    },
  });
  return readAssembly(folder).ofType('AWS::Lambda::Function')[0]?.property('Value');
}

const CLUSTER_ARN = expect.stringMatching(
  /^arn:aws:kafka:us-east-1:000000000000:cluster\/Data-Cluster\/[-0-9a-f]{36}-1$/,
) as unknown;

test.each<[string, unknown, unknown]>([
  ['plain values', { a: [1, 'x', true, null] }, { a: [1, 'x', true, null] }],
  [
    'pseudo parameters',
    { 'Fn::Sub': '${AWS::Partition}:${AWS::Region}:${AWS::AccountId}:${AWS::URLSuffix}' },
    'aws:us-east-1:000000000000:amazonaws.com',
  ],
  ['a parameter that a stack stores', { Ref: 'Stored' }, 'in us-east-1'],
  [
    'a literal in Sub',
    { 'Fn::Sub': ['${!Kept}-${X}-${Size}', { X: { Ref: 'AWS::Region' } }] },
    '${Kept}-us-east-1-3',
  ],
  [
    'GetAtt in Sub',
    { 'Fn::Sub': '${Function.Arn}' },
    'arn:aws:lambda:us-east-1:000000000000:function:Pipeline-Function',
  ],
  ['a parameter', { Ref: 'Size' }, '3'],
  ['no value', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, 2]] }, 'a-us-east-1-2'],
  ['Join of a Split', { 'Fn::Join': ['/', { 'Fn::Split': ['|', { Ref: 'Table' }] }] }, 'k/t'],
  ['Select of a Split', { 'Fn::Select': [1, { 'Fn::Split': ['|', { Ref: 'Table' }] }] }, 't'],
  ['Select by a text', { 'Fn::Select': ['0', ['a', 'b']] }, 'a'],
  ['an import', { 'Fn::ImportValue': 'Data:Cluster' }, CLUSTER_ARN],
  [
    'a stack output',
    { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Plain' } },
    'candlestream',
  ],
  ['Base64', { 'Fn::Base64': 'a=b' }, 'YT1i'],
])('%s', (_, value, expected) => {
  expect(resolved(value)).toEqual(expected);
});

test('a schema version id is a UUID and the same in each run', () => {
  const version = { 'Fn::GetAtt': ['Schema', 'InitialSchemaVersionId'] };
  expect(resolved(version)).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
  expect(resolved(version)).toEqual(resolved(version));
  expect(resolved(version)).not.toEqual(resolved({ 'Fn::GetAtt': ['Custom', 'Arn'] }));
});

test.each<[string, unknown, string]>([
  [
    'an unknown intrinsic',
    { 'Fn::Cidr': ['10.0.0.0/16', 2] },
    'property Value: cannot resolve Fn::Cidr',
  ],
  [
    'an unknown attribute',
    { 'Fn::GetAtt': ['Custom', 'Answer'] },
    'Fn::GetAtt Custom.Answer locally: unknown of a Custom::Thing',
  ],
  ['an absent resource', { Ref: 'Absent' }, 'Ref Absent'],
  ['a deployed parameter', { Ref: 'BootstrapVersion' }, 'Ref BootstrapVersion'],
  ['an absent export', { 'Fn::ImportValue': 'Data:Nothing' }, 'Fn::ImportValue Data:Nothing'],
  ['a missing member', { 'Fn::Select': [5, ['a']] }, 'there is no member 5'],
  [
    'a nested one',
    { a: { b: [{ 'Fn::Transform': {} }] } },
    'property Value.a.b.0: cannot resolve Fn::Transform',
  ],
])('%s is refused with stack, resource and property', (_, value, message) => {
  expect(() => resolved(value)).toThrow(TemplateError);
  expect(() => resolved(value)).toThrow('stack Pipeline, resource Function, property Value');
  expect(() => resolved(value)).toThrow(message);
});

test('an asset is found by the key that the template names', () => {
  const folder = writeAssembly(
    { Pipeline: { Resources: { S: SCHEMA } } },
    { 'abc.zip': 'asset.abc' },
  );
  expect(readAssembly(folder).assetPath('abc.zip')).toBe(join(folder, 'asset.abc'));
  expect(() => readAssembly(folder).assetPath('other.zip')).toThrow('other.zip');
});

test('stacks can be chosen', () => {
  const folder = writeAssembly({
    A: { Resources: { S: SCHEMA } },
    B: { Resources: { C: CLUSTER } },
  });
  const chosen = readAssembly(folder, { includeStack: ({ stackName }) => stackName === 'B' });
  expect(chosen.resources.map(({ logicalId }) => logicalId)).toEqual(['C']);
  expect(() => readAssembly(folder, { includeStack: () => false })).toThrow('holds no stack');
});

test('a folder that holds no assembly is reported with the remedy', () => {
  expect(() => readAssembly('/nowhere/cdk.out')).toThrow('run "npm run synth" first');
});
