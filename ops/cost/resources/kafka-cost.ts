import * as v from 'valibot';
import { ASSUMED } from '../workload/assumptions';
import { type CostLine, fixedLine } from '../cost-line';
import { times } from '../money';
import { BROKER_PER_HOUR, PRICES } from '../prices';
import { propertiesOf, UnreadableResourceError } from './priced-properties';
import type { StageResource } from '../../stages/stage-resources';

const Cluster = v.object({
  NumberOfBrokerNodes: v.number(),
  BrokerNodeGroupInfo: v.object({
    InstanceType: v.string(),
    StorageInfo: v.object({ EBSStorageInfo: v.object({ VolumeSize: v.number() }) }),
  }),
  EnhancedMonitoring: v.optional(v.literal('DEFAULT')),
  LoggingInfo: v.object({
    BrokerLogs: v.object({ CloudWatchLogs: v.object({ Enabled: v.boolean() }) }),
  }),
});

/** Cost of the brokers: hours and disks. */
export function brokerLines(clusters: readonly StageResource[]): CostLine[] {
  return clusters.flatMap((resource) => {
    const { NumberOfBrokerNodes: count, BrokerNodeGroupInfo: brokers } = propertiesOf(
      resource,
      Cluster,
    );
    const { InstanceType: type, StorageInfo: storage } = brokers;
    const hours = BigInt(count) * ASSUMED.hoursPerMonth;
    const gb = storage.EBSStorageInfo.VolumeSize;
    return [
      fixedLine('Kafka', `${count} x ${type}`, times(perHour(resource, type), hours)),
      fixedLine(
        'Kafka',
        `${count} x ${gb} GB of disk`,
        times(PRICES.brokerStoragePerGbMonth, BigInt(count * gb)),
      ),
    ];
  });
}

/** Monthly log volume of the brokers. */
export function brokerLogBytes(clusters: readonly StageResource[]): bigint {
  return clusters.reduce((bytes, resource) => {
    const { NumberOfBrokerNodes: count, LoggingInfo: logging } = propertiesOf(resource, Cluster);
    const logs = logging.BrokerLogs.CloudWatchLogs.Enabled;
    return logs ? bytes + BigInt(count) * ASSUMED.brokerLogBytes : bytes;
  }, 0n);
}

function perHour(resource: StageResource, type: string) {
  const known: Readonly<Record<string, (typeof BROKER_PER_HOUR)[keyof typeof BROKER_PER_HOUR]>> =
    BROKER_PER_HOUR;
  const price = known[type];
  if (price !== undefined) return price;
  throw new UnreadableResourceError(
    resource,
    `the price of ${type} is not listed, only ${Object.keys(known).join(', ')}`,
  );
}
