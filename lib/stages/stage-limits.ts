import { largestShard, MARKETS_PER_SHARD, shardsOf } from './firing-parts';
import { requestShares } from './request-shares';
import {
  type ExchangeSetting,
  marketsOf,
  mostRequests,
  patternProblem,
} from './settings/exchange-settings';
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

/** Time that fetch reserves for appending the minutes. */
const RESERVE_SECONDS = 15;

/** All markets of an exchange must be fetched within the time of one tick: a request each. */
export function rateProblem(stage: {
  readonly exchanges: readonly ExchangeSetting[];
  readonly scheduleMinutes: number;
}): string | undefined {
  const { scheduleMinutes } = stage;
  for (const exchange of stage.exchanges) {
    const { kind, requestsPer10Seconds } = exchange;
    const { fetch } = requestShares(requestsPer10Seconds);
    const markets = marketsOf(exchange);
    const most = mostMarkets(markets, fetch, scheduleMinutes);
    if (markets > most) {
      return `exchanges.${kind} has ${markets} pairs, and a tick every ${scheduleMinutes} min with ${fetch} requests in 10 s for fetch can follow ${most}: give fewer pairs, more requests (requestsPer10Seconds, at most ${mostRequests(kind)}) or more minutes (scheduleMinutes)`;
    }
  }
  return undefined;
}

/** The most markets of an exchange that one shard asks for within a tick. */
export function mostMarketsOfShard(
  { requestsPer10Seconds }: ExchangeSetting,
  { scheduleMinutes }: { readonly scheduleMinutes: number },
): number {
  const { fetch } = requestShares(requestsPer10Seconds);
  return mostMarkets(MARKETS_PER_SHARD, fetch, scheduleMinutes);
}

/** Of so many markets those that fit into a tick, each shard with its fixed part of the requests. */
function mostMarkets(markets: number, requestsPer10Seconds: number, scheduleMinutes: number) {
  const seconds = fetchTimeoutSeconds(scheduleMinutes) - RESERVE_SECONDS;
  let most = markets;
  while (most > 0) {
    const ofShard = Math.floor(requestsPer10Seconds / shardsOf(most));
    if (largestShard(most) <= Math.floor((ofShard * seconds) / 10)) return most;
    most -= 1;
  }
  return most;
}

/** On AWS, functions reach the exchange through NAT only; LocalStack has none. */
export function networkProblem(stage: {
  readonly network: { readonly nat: { readonly kind: string } };
  readonly eventSources: { readonly mode: { readonly kind: string } };
}): string | undefined {
  const { network, eventSources } = stage;
  if (network.nat.kind !== 'none' || eventSources.mode.kind === 'none') return undefined;
  return 'network.nat.kind is "none", so the functions cannot reach the exchange: give "instance" or "gateways"';
}

/** Brokers, as far as these checks need them. */
type Brokers =
  | { readonly kind: 'existing' }
  | { readonly kind: 'msk'; readonly count: number; readonly instanceType: string };

/** MSK has as many brokers in each zone, and no zone can be gone without. */
export function zonesProblem(stage: {
  readonly network: {
    readonly zones: number;
    readonly endpointZones: number;
    readonly nat: { readonly kind: string; readonly count?: number };
  };
  readonly kafka: Brokers;
}): string | undefined {
  const { network, kafka } = stage;
  const { zones, endpointZones, nat } = network;
  if (endpointZones > zones) {
    return `network.endpointZones is ${endpointZones}, more than network.zones (${zones}): give at most ${zones}`;
  }
  if (nat.count !== undefined && nat.count > zones) {
    return `network.nat.count is ${nat.count}, more than network.zones (${zones}): give at most ${zones}`;
  }
  if (kafka.kind === 'existing' || kafka.count % zones === 0) return undefined;
  return `kafka.count is ${kafka.count}: give a multiple of ${zones}, as brokers are spread evenly over network.zones`;
}

/** A broker holds a record once. */
export function replicationProblem(stage: {
  readonly topics: { readonly replication: number };
  readonly kafka: Brokers;
}): string | undefined {
  const { topics, kafka } = stage;
  if (kafka.kind === 'existing' || topics.replication <= kafka.count) return undefined;
  return `topics.replication is ${topics.replication}, more than kafka.count (${kafka.count}): give at most ${kafka.count}`;
}

/** Checks and costs are of a number of markets, which a pattern does not say. */
export function patternsProblem({
  exchanges,
}: {
  readonly exchanges: readonly ExchangeSetting[];
}): string | undefined {
  return exchanges.map(patternProblem).find((problem) => problem !== undefined);
}
