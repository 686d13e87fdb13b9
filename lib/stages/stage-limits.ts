import { requestShares } from './request-shares';
import { fetchTimeoutSeconds } from './tick';

// Settings of a stage that do not go together. Each check returns the problem
// and its remedy, or undefined.

/** `kafka.t3` brokers need ZooKeeper. */
export function brokerProblem(brokers: {
  readonly instanceType: string;
  readonly kafkaVersion: string;
  readonly storageGiB: number;
  readonly maxStorageGiB: number;
}): string | undefined {
  const { instanceType, kafkaVersion, storageGiB, maxStorageGiB } = brokers;
  if (instanceType.startsWith('kafka.t3.') && kafkaVersion.endsWith('.kraft')) {
    return `${instanceType} brokers cannot run Kafka ${kafkaVersion}, which needs KRaft: give a version with ZooKeeper such as 3.9.x, or a larger instance type`;
  }
  if (maxStorageGiB >= storageGiB) return undefined;
  return `maxStorageGiB is ${maxStorageGiB}, less than storageGiB (${storageGiB}): give at least as much, as storage never shrinks`;
}

/** If all replicas must be in sync, the restart of one broker stops all writes. */
export function topicsProblem(topics: {
  readonly replication: number;
  readonly minInSyncReplicas: number;
}): string | undefined {
  const { replication, minInSyncReplicas } = topics;
  const most = Math.max(1, replication - 1);
  if (minInSyncReplicas <= most) return undefined;
  return `minInSyncReplicas is ${minInSyncReplicas} with a replication of ${replication}: give at most ${most}, or no write succeeds while a broker restarts`;
}

/** Lambda rejects a maximum below the minimum. */
export function eventSourceProblem(mode: {
  readonly minPollers: number;
  readonly maxPollers: number;
}): string | undefined {
  if (mode.maxPollers >= mode.minPollers) return undefined;
  return `maxPollers is ${mode.maxPollers}, less than minPollers (${mode.minPollers}): give at least as many`;
}

/** After UTC midnight, the minutes of a pair are in two days, which are requested separately. */
const REQUESTS_PER_PAIR = 2;
/** Time that fetch reserves for appending the minutes. */
const RESERVE_SECONDS = 15;

/** All pairs must be fetched within the time of one tick. */
export function rateProblem(stage: {
  readonly pairs: readonly string[];
  readonly scheduleMinutes: number;
  readonly exchange: { readonly requestsPer10Seconds: number };
}): string | undefined {
  const { pairs, scheduleMinutes } = stage;
  const { requestsPer10Seconds } = stage.exchange;
  const seconds = fetchTimeoutSeconds(scheduleMinutes) - RESERVE_SECONDS;
  const { fetch } = requestShares(requestsPer10Seconds);
  const requests = Math.floor((fetch * seconds) / 10);
  const most = Math.floor(requests / REQUESTS_PER_PAIR);
  if (pairs.length <= most) return undefined;
  return `pairs are ${pairs.length}, and a tick every ${scheduleMinutes} min with ${fetch} requests in 10 s for fetch can follow ${most}: give fewer pairs, more requests (exchange.requestsPer10Seconds, at most 190) or more minutes (scheduleMinutes)`;
}

/** On AWS, functions reach the exchange through a NAT gateway only; LocalStack has none. */
export function networkProblem(stage: {
  readonly network: { readonly natGateways: number };
  readonly eventSources: { readonly mode: { readonly kind: string } };
}): string | undefined {
  if (stage.network.natGateways > 0 || stage.eventSources.mode.kind === 'none') return undefined;
  return 'network.natGateways is 0, so the functions cannot reach the exchange: give at least 1';
}

/** Lambda limits the variables of a function to 4 KB; those other than the pairs take less than 1 KB. */
const PAIRS_BYTES = 3_000;

/** The pairs are one variable of fetch. */
export function pairsProblem({ pairs }: { readonly pairs: readonly string[] }): string | undefined {
  const bytes = pairs.join(',').length;
  if (bytes <= PAIRS_BYTES) return undefined;
  return `pairs are ${pairs.length}, together ${bytes} bytes: give at most ${PAIRS_BYTES} bytes, as a function's environment holds no more`;
}
