import { fetchTimeoutSeconds } from './tick';

// What settings of a stage cannot be together. Each check gives the problem
// and its remedy, or nothing.

/** `kafka.t3` brokers run with ZooKeeper only. */
export function brokerProblem(brokers: {
  readonly instanceType: string;
  readonly kafkaVersion: string;
  readonly storageGiB: number;
  readonly maxStorageGiB: number;
}): string | undefined {
  const { instanceType, kafkaVersion, storageGiB, maxStorageGiB } = brokers;
  if (instanceType.startsWith('kafka.t3.') && kafkaVersion.endsWith('.kraft')) {
    return `${instanceType} brokers cannot run KRaft, which Kafka ${kafkaVersion} is: give a version with ZooKeeper such as 3.9.x, or a larger instance type`;
  }
  if (maxStorageGiB >= storageGiB) return undefined;
  return `maxStorageGiB is ${maxStorageGiB}, less than storageGiB (${storageGiB}): give at least as much, as storage never shrinks`;
}

/** With as many in sync as there are replicas, one broker that restarts stops all writes. */
export function topicsProblem(topics: {
  readonly replication: number;
  readonly minInSyncReplicas: number;
}): string | undefined {
  const { replication, minInSyncReplicas } = topics;
  const most = Math.max(1, replication - 1);
  if (minInSyncReplicas <= most) return undefined;
  return `minInSyncReplicas is ${minInSyncReplicas} with a replication of ${replication}: give at most ${most}, or no write succeeds while a broker restarts`;
}

/** Lambda refuses fewer pollers at most than at least. */
export function eventSourceProblem(mode: {
  readonly minPollers: number;
  readonly maxPollers: number;
}): string | undefined {
  if (mode.maxPollers >= mode.minPollers) return undefined;
  return `maxPollers is ${mode.maxPollers}, less than minPollers (${mode.minPollers}): give at least as many`;
}

/** After UTC midnight a pair's minutes lie in two days, which are asked for apart. */
const REQUESTS_PER_PAIR = 2;
/** What fetch keeps of its time for appending what it got. */
const RESERVE_SECONDS = 15;

/** Every pair must get its turn within the time that one tick's function has. */
export function rateProblem(stage: {
  readonly pairs: readonly string[];
  readonly scheduleMinutes: number;
  readonly exchange: { readonly requestsPer10Seconds: number };
}): string | undefined {
  const { pairs, scheduleMinutes } = stage;
  const { requestsPer10Seconds } = stage.exchange;
  const seconds = fetchTimeoutSeconds(scheduleMinutes) - RESERVE_SECONDS;
  const requests = Math.floor((requestsPer10Seconds * seconds) / 10);
  const most = Math.floor(requests / REQUESTS_PER_PAIR);
  if (pairs.length <= most) return undefined;
  return `pairs are ${pairs.length}, and a tick every ${scheduleMinutes} min with ${requestsPer10Seconds} requests in 10 s can follow ${most}: give fewer pairs, more requests (exchange.requestsPer10Seconds, at most 190) or more minutes (scheduleMinutes)`;
}

/** Functions in a network of AWS reach the exchange through a gateway only; where something else plays AWS there is none. */
export function networkProblem(stage: {
  readonly network: { readonly natGateways: number };
  readonly eventSources: { readonly mode: { readonly kind: string } };
}): string | undefined {
  if (stage.network.natGateways > 0 || stage.eventSources.mode.kind === 'none') return undefined;
  return 'network.natGateways is 0, and the functions would not reach the exchange: give at least 1';
}

/** Lambda gives all variables of a function 4 KB; what is not the pairs is less than 1 KB. */
const PAIRS_BYTES = 3_000;

/** The pairs reach fetch as one variable. */
export function pairsProblem({ pairs }: { readonly pairs: readonly string[] }): string | undefined {
  const bytes = pairs.join(',').length;
  if (bytes <= PAIRS_BYTES) return undefined;
  return `pairs are ${pairs.length}, together ${bytes} bytes: give at most ${PAIRS_BYTES} bytes of them, which is what fits into a function's environment`;
}
