import { EXCHANGE_NAMES } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { Template } from 'aws-cdk-lib/assertions';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';
import { usualExchange } from '../../lib/stages/settings/exchange-settings';
import { type StageConfig, stageConfig } from '../../lib/stages/stage-config';
import { type Properties, propertiesOf, templatesOf } from './candlestream-templates';

// Limits that AWS enforces only when a stack is deployed, and that no one can have raised.
// Bundles have a budget of their own, far below AWS's (test/lib/bundling).

/** Source: the AWS Lambda developer guide, "Lambda quotas". */
const ENVIRONMENT_BYTES = 4_096;
/** Source: the IAM user guide, "IAM and AWS STS quotas": all inline policies of a role, without white space. */
const INLINE_POLICY_CHARACTERS = 10_240;
/** Source: the Amazon VPC user guide, "Amazon VPC quotas". */
const ENDPOINT_POLICY_CHARACTERS = 20_480;
/** Source: the AWS CloudFormation user guide, "Understand CloudFormation quotas". */
const TEMPLATE = { bytes: 1_000_000, resources: 500, outputs: 200 };

/** A name as long as exchanges have them. */
const LONG_PAIR = 25;
const MANY_PAIRS = Array.from(
  { length: 2_000 },
  (_, index) => `${'C'.repeat(LONG_PAIR - 9)}${String(index).padStart(4, '0')}_USDT`,
);

const STAGES: readonly [string, StageConfig][] = [
  ['dev', dev],
  ['prod', prod],
  [
    'with two thousand pairs of each exchange',
    stageConfig({
      ...prod,
      name: 'a-rather-longish-one',
      scheduleMinutes: 10,
      exchanges: EXCHANGE_NAMES.map((name) => usualExchange(name, MANY_PAIRS)),
    }),
  ],
];

/** A text as long as the longest that a reference can become. */
const LENGTHS: Readonly<Record<string, number>> = {
  'AWS::Region': 'ap-southeast-1'.length,
  'AWS::AccountId': 12,
  'AWS::Partition': 'aws-us-gov'.length,
  'AWS::URLSuffix': 'amazonaws.com.cn'.length,
};
/** JSON of the ids of schema versions, with room for one more of each topic. */
const VERSION_IDS = 510;
const LONGEST_ARN = 170;

describe.each(STAGES)('the stage %s', (_, stage) => {
  let templates: readonly Template[];
  let all: (type: string) => [id: string, properties: Properties][];
  beforeAll(() => {
    const { data, pipeline } = templatesOf(stage);
    templates = [data, pipeline];
    all = (type) => templates.flatMap((template) => Object.entries(propertiesOf(template, type)));
  });

  it('has environments of functions that Lambda accepts', () => {
    const functions = all('AWS::Lambda::Function');
    expect(functions).toHaveLength(5);
    for (const [id, { Environment }] of functions) {
      const { Variables } = expanded(Environment) as { Variables: Record<string, string> };
      const bytes = Object.entries(Variables).map(([name, value]) => `${name}${value}`.length);
      expect({ id, bytes: sum(bytes) }).toEqual({ id, bytes: atMost(ENVIRONMENT_BYTES) });
    }
  });

  it('has inline policies that IAM accepts', () => {
    const roles = all('AWS::IAM::Role').map(([id]) => id);
    const policies = all('AWS::IAM::Policy');
    expect(roles.length).toBeGreaterThanOrEqual(6);
    for (const role of roles) {
      const documents = policies
        .filter(([, { Roles }]) => JSON.stringify(Roles).includes(`"${role}"`))
        .map(([, { PolicyDocument }]) => JSON.stringify(expanded(PolicyDocument)).length);
      expect({ role, characters: sum(documents) }).toEqual({
        role,
        characters: atMost(INLINE_POLICY_CHARACTERS),
      });
    }
  });

  it('has policies of endpoints that EC2 accepts', () => {
    for (const [, { PolicyDocument }] of all('AWS::EC2::VPCEndpoint')) {
      const { length } = JSON.stringify(expanded(PolicyDocument));
      expect(length).toBeLessThanOrEqual(ENDPOINT_POLICY_CHARACTERS);
    }
  });

  it('has templates that CloudFormation accepts', () => {
    for (const template of templates) {
      const { Resources, Outputs = {} } = template.toJSON() as Record<string, object>;
      expect(JSON.stringify(template.toJSON()).length).toBeLessThanOrEqual(TEMPLATE.bytes);
      expect(Object.keys(Resources ?? {}).length).toBeLessThanOrEqual(TEMPLATE.resources);
      expect(Object.keys(Outputs).length).toBeLessThanOrEqual(TEMPLATE.outputs);
    }
  });
});

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** Matches a number within a limit, and shows it otherwise. */
function atMost(limit: number): unknown {
  return {
    asymmetricMatch: (actual: unknown) => typeof actual === 'number' && actual <= limit,
    toString: () => `at most ${limit}`,
  };
}

/** A value with a text in the place of each reference, as long as what it can become. */
function expanded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expanded);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[name, operand] = ['', undefined]] = entries;
  if (name === 'Fn::Join') {
    const [separator, parts] = operand as [string, unknown[]];
    return parts.map(expanded).join(separator);
  }
  if (String(operand).includes('schemaversionids')) return 'x'.repeat(VERSION_IDS);
  if (name === 'Ref') return 'x'.repeat(LENGTHS[String(operand)] ?? LONGEST_ARN);
  if (name.startsWith('Fn::')) return 'x'.repeat(LONGEST_ARN);
  return Object.fromEntries(entries.map(([key, inner]) => [key, expanded(inner)]));
}
