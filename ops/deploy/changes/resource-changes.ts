import type { StageResource } from '../../stages/stage-resources';

type Properties = Readonly<Record<string, unknown>>;

/** A resource that is deployed, and as the deployment would have it. */
interface Change {
  readonly before: Properties;
  readonly after: Properties;
}

/** Types whose resources hold data: to leave one out would delete or abandon it. */
const HOLDS_DATA: ReadonlySet<string> = new Set([
  'AWS::Cassandra::Keyspace',
  'AWS::Cassandra::Table',
  'AWS::Glue::Registry',
  'AWS::Glue::Schema',
  'AWS::MSK::Cluster',
  'AWS::MSK::Topic',
]);

/** Checks of changes that cannot go back, by type. Each returns the problem with its remedy, or undefined. */
const CHECKS: Readonly<Record<string, readonly ((change: Change) => string | undefined)[]>> = {
  'AWS::MSK::Topic': [partitionProblem, replicationProblem],
  'AWS::MSK::Cluster': [storageProblem, subnetProblem, kafkaVersionProblem],
  'AWS::Cassandra::Table': [keyProblem, columnProblem],
};

/** Problems of a deployment that takes back what AWS cannot take back, or deletes data. */
export function resourceProblems(
  next: readonly StageResource[],
  deployed: readonly StageResource[],
): string[] {
  return deployed.flatMap((before) => {
    const after = next.find(
      (one) => one.stack === before.stack && one.logicalId === before.logicalId,
    );
    if (after === undefined) return missingProblem(before);
    const change = {
      before: before.properties as Properties,
      after: after.properties as Properties,
    };
    return (CHECKS[before.type] ?? []).flatMap((check) => check(change) ?? []);
  });
}

function missingProblem({ type, logicalId, stack }: StageResource): string[] {
  if (!HOLDS_DATA.has(type)) return [];
  return [
    `The deployment would take ${logicalId} (${type}) out of ${stack}, and its data with it: deploy a version of the project that has it, or destroy the stage first`,
  ];
}

function partitionProblem({ before, after }: Change): string | undefined {
  const [had, wanted] = [Number(before['PartitionCount']), Number(after['PartitionCount'])];
  if (wanted >= had) return undefined;
  return `${String(before['TopicName'])} has ${had} partitions, and Kafka takes none away: set topics.partitions to at least ${had} instead of ${wanted}`;
}

function replicationProblem({ before, after }: Change): string | undefined {
  const [had, wanted] = [before['ReplicationFactor'], after['ReplicationFactor']];
  if (wanted === had) return undefined;
  return `${String(before['TopicName'])} has replication ${String(had)}, and another one would replace the topic with all its records: set topics.replication to ${String(had)} instead of ${String(wanted)}`;
}

function storageProblem({ before, after }: Change): string | undefined {
  const [had, wanted] = [volumeGiB(before), volumeGiB(after)];
  if (wanted >= had) return undefined;
  return `The brokers have ${had} GiB each, and storage never shrinks: set kafka.storageGiB to at least ${had} instead of ${wanted}`;
}

function subnetProblem({ before, after }: Change): string | undefined {
  const [had, wanted] = [subnetsOf(before), subnetsOf(after)];
  if (JSON.stringify(had) === JSON.stringify(wanted)) return undefined;
  return `The brokers stand in ${had.length} subnets, and do not move to others (${wanted.length}): set network.zones to ${had.length}, or destroy the stage first`;
}

function subnetsOf({ BrokerNodeGroupInfo: info }: Properties): readonly unknown[] {
  return (info as { ClientSubnets: readonly unknown[] }).ClientSubnets;
}

function volumeGiB({ BrokerNodeGroupInfo: info }: Properties): number {
  const { StorageInfo } = info as {
    StorageInfo: { EBSStorageInfo: { VolumeSize: number } };
  };
  return StorageInfo.EBSStorageInfo.VolumeSize;
}

function kafkaVersionProblem({ before, after }: Change): string | undefined {
  const [had, wanted] = [String(before['KafkaVersion']), String(after['KafkaVersion'])];
  if (had === wanted) return undefined;
  const isRaft = (version: string) => version.endsWith('.kraft');
  const isOlder = wanted.localeCompare(had, 'en', { numeric: true }) < 0;
  if (!isOlder && isRaft(had) === isRaft(wanted)) return undefined;
  return `The brokers run Kafka ${had}, and MSK goes neither back nor between ZooKeeper and KRaft: set kafka.kafkaVersion to ${had} or a later version of its kind instead of ${wanted}`;
}

function keyProblem({ before, after }: Change): string | undefined {
  const keys = ['PartitionKeyColumns', 'ClusteringKeyColumns'];
  const changed = keys.some((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]));
  if (!changed) return undefined;
  return `The table ${String(before['TableName'])} has another primary key, which never changes: deploy a version of the project that has this key, or destroy the stage first`;
}

function columnProblem({ before, after }: Change): string | undefined {
  const kept = new Set(columnsOf(after));
  const lost = columnsOf(before).filter((column) => !kept.has(column));
  if (lost.length === 0) return undefined;
  return `The table ${String(before['TableName'])} has the columns ${lost.join(', ')}, which Keyspaces does not take away: keep them in lib/database/tables.ts`;
}

/** `name type` of each column that is not of the key. */
function columnsOf({ RegularColumns: columns }: Properties): string[] {
  const typed = (columns ?? []) as readonly { ColumnName: string; ColumnType: string }[];
  return typed.map(({ ColumnName, ColumnType }) => `${ColumnName} ${ColumnType}`);
}
