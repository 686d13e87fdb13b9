import type { Template } from 'aws-cdk-lib/assertions';
import { keyspaceName } from '../../lib/naming/stage-names';
import { dev } from '../../lib/stages/dev';
import { localstack } from '../../lib/stages/localstack';
import { prod } from '../../lib/stages/prod';
import type { StageConfig } from '../../lib/stages/stage-config';
import { propertiesOf, templatesOf } from './candlestream-templates';

// dev and prod stand side by side in one account and region. CloudFormation names most
// resources after their stack; a name that a template gives itself has the stage in it.

/** Stands inside something that has the stage in its name, or names nothing that stands in the account. */
const WITHIN_ANOTHER = new Set([
  'AWS::MSK::Topic TopicName',
  'AWS::Glue::Schema Name',
  'AWS::Cassandra::Table TableName',
  'AWS::IAM::Policy PolicyName',
]);
/** Properties that a name, an id or an address is given by, anywhere in a resource. */
const NAMING = /(Name|GroupId|Namespace|CASSANDRA_KEYSPACE|POWERTOOLS_METRICS_NAMESPACE|Bucket)$/;
/** Names of what AWS defines, or of what a table is made of. */
const NOT_A_RESOURCE = /^(MetricName|ColumnName|ServiceNamespace|Namespace AWS\/)/;

type Names = ReadonlySet<string>;

function namesOf(stage: StageConfig): Names {
  const { data, pipeline } = templatesOf(stage);
  return new Set([data, pipeline].flatMap(namesIn));
}

function namesIn(template: Template): string[] {
  const { Resources, Outputs = {} } = template.toJSON() as {
    Resources: Record<string, { Type: string; Properties?: object }>;
    Outputs?: Record<string, { Export?: { Name: string } }>;
  };
  const exported = Object.values(Outputs).flatMap((output) => output.Export?.Name ?? []);
  const given = Object.values(Resources).flatMap(({ Type, Properties = {} }) =>
    namedIn(Properties).filter(
      (named) => !WITHIN_ANOTHER.has(`${Type} ${named.split(' ')[0] ?? ''}`),
    ),
  );
  return [...exported.map((name) => `Export ${name}`), ...given];
}

/** Every `property value` that names something, of texts alone: a reference is a name of CloudFormation's. */
function namedIn(value: object): string[] {
  return Object.entries(value as Record<string, unknown>).flatMap(([key, inner]) => {
    // Of a dimension, the name is the kind of a thing, and the value its name.
    if (key === 'Dimensions')
      return namedIn(inner as object).filter((named) => !named.startsWith('Name '));
    if (typeof inner === 'object' && inner !== null) return namedIn(inner);
    const named = `${key} ${String(inner)}`;
    return NAMING.test(key) && !NOT_A_RESOURCE.test(named) ? [named] : [];
  });
}

describe('dev and prod in one account and region', () => {
  const names = { dev: namesOf(dev), prod: namesOf(prod) };

  it('have no name in common', () => {
    expect([...names.dev].filter((name) => names.prod.has(name))).toEqual([]);
  });

  it('have the stage in every name that their templates give', () => {
    for (const [stage, given] of Object.entries(names)) {
      expect([...given].filter((name) => !name.includes(stage))).toEqual([]);
    }
  });

  it('name the keyspace, the registry, the cluster, the groups, the dashboard and the metrics', () => {
    const given = [...names.prod].filter((name) => !name.startsWith('Export '));
    expect(given.sort()).toEqual([
      'CASSANDRA_KEYSPACE candlestream_prod',
      'ClusterName Candlestream-prod-Data',
      'ConsumerGroupId candlestream-prod.persist',
      'ConsumerGroupId candlestream-prod.transform',
      'DashboardName Candlestream-prod',
      'KeyspaceName candlestream_prod',
      'Name /candlestream/prod/schema-version-ids',
      'Name candlestream-prod',
      'Namespace Candlestream/prod',
      'POWERTOOLS_METRICS_NAMESPACE Candlestream/prod',
      'PolicyName CandlestreamprodDataKafkaStorageAtSixtyPercent9991D228',
      'PollerGroupName Candlestream-prod-Pipeline',
    ]);
  });

  it('watch each its own keyspace', () => {
    const watched = templatesOf(prod).pipeline;
    const shown = JSON.stringify(propertiesOf(watched, 'AWS::CloudWatch::Dashboard'));
    expect(shown.includes(keyspaceName('prod'))).toBe(true);
    expect(shown.includes(keyspaceName('dev'))).toBe(false);
  });
});

it('LocalStack has the tables of dev', () => {
  expect(localstack.database).toMatchObject({ keyspace: keyspaceName(dev.name) });
});
