import { type Stack, Validations } from 'aws-cdk-lib';
import { Peer, Port } from 'aws-cdk-lib/aws-ec2';
import { AwsSolutionsChecks } from 'cdk-nag';
import { addStage } from '../../lib/candlestream';
import { dev } from '../../lib/stages/dev';
import { prod } from '../../lib/stages/prod';
import { unbundledApp } from '../../lib/unbundled-app';

const SYSTEM_TABLES =
  'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cassandra:<AWS::Region>:<AWS::AccountId>:/keyspace/system*]';

/** What is acknowledged, and where: each with its reason, beside the resource that it is about. */
const OF_ALL_STAGES = ['Fetch', 'Reconcile', 'Transform', 'Persist', 'Query'].flatMap((name) => [
  `Pipeline/${name} AwsSolutions-L1`,
  `Pipeline/${name}Role ${SYSTEM_TABLES}`,
  `Pipeline/${name}Role AwsSolutions-IAM5[Resource::*]`,
]);

const ACKNOWLEDGED: Readonly<Record<string, readonly string[]>> = {
  dev: [
    ...OF_ALL_STAGES,
    'Data/Network/Vpc/EgressSubnet1/NatInstance/Resource AwsSolutions-EC28',
    'Data/Network/Vpc/EgressSubnet1/NatInstance/Resource AwsSolutions-EC29',
  ],
  prod: OF_ALL_STAGES,
};

describe.each([dev, prod])('the stacks of the stage $name', (stage) => {
  const app = unbundledApp();
  const { data, pipeline } = addStage(app, stage);

  it.each([
    ['data', data],
    ['pipeline', pipeline],
  ])('pass the checks of AWS Solutions: %s', (_name, stack) => {
    expect(violationsIn(stack)).toEqual([]);
  });

  it('acknowledge what is listed, and no more', () => {
    const paths = [...acknowledgedIn(data), ...acknowledgedIn(pipeline)];
    const within = paths.map((path) => path.replace(`Candlestream-${stage.name}-`, ''));
    expect([...new Set(within)].sort()).toEqual([...(ACKNOWLEDGED[stage.name] ?? [])].sort());
  });
});

describe('the checks', () => {
  const { data } = addStage(unbundledApp(), dev);
  data.network.functions.addIngressRule(Peer.anyIpv4(), Port.allTraffic());

  it('find a security group that is open to all', () => {
    expect(violationsIn(data)).toEqual([
      'AwsSolutions-EC23 Candlestream-dev-Data/Network/Functions/Resource',
    ]);
  });
});

const ACKNOWLEDGEMENT = Validations.ACKNOWLEDGED_RULES_METADATA_KEY;

/** Every `rule path` that is violated in a stack. */
function violationsIn(stack: Stack): string[] {
  const { violations } = new AwsSolutionsChecks().validateScope(stack);
  return violations.flatMap(({ ruleName, violatingResources }) =>
    violatingResources.map(({ constructPath }) => `${ruleName} ${String(constructPath)}`),
  );
}

/** Every `path rule` that is acknowledged in a stack. */
function acknowledgedIn(stack: Stack): string[] {
  return stack.node.findAll().flatMap(({ node }) =>
    node.metadata
      .filter(({ type }) => type === ACKNOWLEDGEMENT)
      .flatMap(({ data }) => Object.keys(data as object))
      .map((id) => id.replace(/^Annotation::/, ''))
      // The CDK acknowledges some of its own rules.
      .filter((id) => id.startsWith('AwsSolutions-'))
      .map((id) => `${node.path} ${id}`),
  );
}
