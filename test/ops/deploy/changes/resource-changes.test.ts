import { dev } from '../../../../lib/stages/dev';
import { stageConfig } from '../../../../lib/stages/stage-config';
import { resourcesOf, type StageResource } from '../../../../ops/stages/stage-resources';
import { resourceProblems } from '../../../../ops/deploy/changes/resource-changes';
import { mskOf } from '../../../fakes/stages';

const DEV = resourcesOf(dev);
const MORE = resourcesOf(
  stageConfig({
    ...dev,
    topics: { ...dev.topics, partitions: 12 },
    kafka: { ...mskOf(dev), storageGiB: 50 },
  }),
);

/** The resources of dev, one of which has other properties. */
function changed(type: string, name: string, to: Readonly<Record<string, unknown>>) {
  return DEV.map((resource): StageResource => {
    const properties = resource.properties as Readonly<Record<string, unknown>>;
    const isIt = resource.type === type && Object.values(properties).includes(name);
    return isIt ? { ...resource, properties: { ...properties, ...to } } : resource;
  });
}

const inCluster = (to: Readonly<Record<string, unknown>>) =>
  changed('AWS::MSK::Cluster', 'Candlestream-dev-Data', to);

test('a stage that is not deployed has nothing to lose', () => {
  expect(resourceProblems(DEV, [])).toEqual([]);
});

test('the same again, and more partitions and storage, are no problem', () => {
  expect(resourceProblems(DEV, DEV)).toEqual([]);
  expect(resourceProblems(MORE, DEV)).toEqual([]);
});

test('fewer partitions and less storage are refused, each with what to set', () => {
  const problems = resourceProblems(DEV, MORE);
  expect(problems).toHaveLength(5);
  expect(problems).toContain(
    'The brokers have 50 GiB each, and storage never shrinks: set kafka.storageGiB to at least 50 instead of 10',
  );
  expect(problems).toContain(
    'candles.rolled has 12 partitions, and Kafka takes none away: set topics.partitions to at least 12 instead of 6',
  );
});

test('brokers do not move to other subnets', () => {
  const wider = stageConfig({
    ...dev,
    network: { ...dev.network, nat: { kind: 'gateways', count: 1 }, zones: 3 },
    kafka: { ...mskOf(dev), count: 3 },
  });
  expect(resourceProblems(resourcesOf(wider), DEV)).toEqual([
    'The brokers stand in 2 subnets, and do not move to others (3): set network.zones to 2, or destroy the stage first',
  ]);
});

test('another replication is refused', () => {
  const deployed = changed('AWS::MSK::Topic', 'candles.rolled', { ReplicationFactor: 1 });
  expect(resourceProblems(DEV, deployed)).toEqual([
    'candles.rolled has replication 1, and another one would replace the topic with all its records: set topics.replication to 1 instead of 2',
  ]);
});

test.each([
  ['3.8.x', 0],
  ['3.10.x', 1],
  ['3.9.x.kraft', 1],
])('of Kafka %s, the way to 3.9.x has %d problem', (KafkaVersion, count) => {
  const problems = resourceProblems(DEV, inCluster({ KafkaVersion }));
  expect(problems).toHaveLength(count);
  for (const problem of problems) {
    expect(problem).toContain(`The brokers run Kafka ${KafkaVersion}`);
    expect(problem).toContain(`set kafka.kafkaVersion to ${KafkaVersion} or a later version`);
  }
});

test('a column that is deployed is kept', () => {
  const deployed = changed('AWS::Cassandra::Table', 'gaps', {
    RegularColumns: [
      { ColumnName: 'to_time', ColumnType: 'timestamp' },
      { ColumnName: 'reason', ColumnType: 'text' },
      { ColumnName: 'observed_at', ColumnType: 'timestamp' },
      { ColumnName: 'noted_by', ColumnType: 'text' },
    ],
  });
  expect(resourceProblems(DEV, deployed)).toEqual([
    'The table gaps has the columns noted_by text, which Keyspaces does not take away: keep them in lib/database/tables.ts',
  ]);
});

test('a column more is no problem', () => {
  const deployed = changed('AWS::Cassandra::Table', 'gaps', {
    RegularColumns: [{ ColumnName: 'reason', ColumnType: 'text' }],
  });
  expect(resourceProblems(DEV, deployed)).toEqual([]);
});

test('another primary key is refused', () => {
  const deployed = changed('AWS::Cassandra::Table', 'gaps', {
    PartitionKeyColumns: [{ ColumnName: 'pair', ColumnType: 'text' }],
  });
  expect(resourceProblems(DEV, deployed)).toEqual([
    expect.stringContaining('The table gaps has another primary key, which never changes'),
  ]);
});

test('what holds data is not left out; anything else is', () => {
  const without = DEV.filter(
    ({ type, logicalId }) => type !== 'AWS::SNS::Topic' && !logicalId.includes('TableDays'),
  );
  expect(resourceProblems(without, DEV)).toEqual([
    expect.stringMatching(
      /^The deployment would take KeyspacesTableDays\w+ \(AWS::Cassandra::Table\) out of Candlestream-dev-Data, and its data with it/,
    ),
  ]);
});
