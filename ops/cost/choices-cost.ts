import { addDecimals, type Decimal } from '../../lambdas/shared/domain/decimal';
import { type StageConfig, stageConfig } from '../../lib/stages/stage-config';
import { totalOf } from './cost-line';
import { stageCost } from './stage-cost';
import { resourcesOf } from '../stages/stage-resources';

/** A cheaper way that a stage has chosen. */
export interface ChoiceCost {
  readonly choice: string;
  /** A month, against the stage without this choice alone: in US dollars with two digits. */
  readonly saves: Decimal;
  readonly givesUp: string;
}

interface Choice {
  readonly choice: string;
  readonly givesUp: string;
  /** The stage without the choice; undefined if it has not made it. */
  readonly without: (stage: StageConfig) => StageConfig | undefined;
}

const CHOICES: readonly Choice[] = [
  {
    choice: 'two zones, with a broker in each, instead of three',
    givesUp: 'a write needs one replica in sync: if that broker is lost, so are its newest records',
    without: inThreeZones,
  },
  {
    choice: 'a NAT instance instead of a gateway',
    givesUp: 'it and its zone are needed by all; patched by deployments only; 32 Mbit/s lasting',
    without: (stage) =>
      stage.network.nat.kind === 'instance'
        ? withNetwork(stage, { nat: { kind: 'gateways', count: 1 } })
        : undefined,
  },
  {
    choice: 'one NAT gateway for all zones',
    givesUp: 'if its zone fails, nothing is fetched',
    without: (stage) => {
      const { nat, zones } = stage.network;
      const isShared = nat.kind === 'gateways' && nat.count < zones;
      return isShared ? withNetwork(stage, { nat: { kind: 'gateways', count: zones } }) : undefined;
    },
  },
  {
    choice: 'no endpoint for Keyspaces',
    givesUp: 'its policy: only roles keep functions from other keyspaces',
    without: (stage) =>
      stage.network.endpointZones === 0 ? withNetwork(stage, { endpointZones: 1 }) : undefined,
  },
  {
    choice: 'windows that have not ended are written less often',
    givesUp: 'they are some minutes old (openWindowMinutes)',
    without: (stage) =>
      stage.openWindowMinutes > 1 ? { ...stage, openWindowMinutes: 1 } : undefined,
  },
  {
    choice: 'batches that fill for some time',
    givesUp: 'a minute is in the tables by as much later, for each of transform and persist',
    without: withoutWindows,
  },
  {
    choice: 'no log line for each segment',
    givesUp: "logs have the counts of a batch, and a market's name only if it fails (logLevel)",
    without: (stage) => (stage.logLevel === 'INFO' ? { ...stage, logLevel: 'DEBUG' } : undefined),
  },
  {
    choice: 'event sources on demand',
    givesUp: 'a batch that fails is repeated until it succeeds or its records expire',
    without: (stage) =>
      stage.eventSources.mode.kind === 'on-demand' ? withOwnPollers(stage) : undefined,
  },
  {
    choice: 'no point-in-time recovery',
    givesUp: 'what is deleted comes back from the exchange and its archive only',
    without: ({ database, ...stage }) =>
      database.kind === 'keyspaces' && !database.pointInTimeRecovery
        ? { ...stage, database: { ...database, pointInTimeRecovery: true } }
        : undefined,
  },
];

/**
 * Computes what each cheaper choice of a stage saves, by pricing the stage
 * without it.
 *
 * @throws UnpricedResourceError, UnreadableResourceError
 */
export function choicesCost(stage: StageConfig): ChoiceCost[] {
  const total = monthlyTotal(stage);
  return CHOICES.flatMap(({ choice, givesUp, without }) => {
    const dearer = without(stage);
    if (dearer === undefined) return [];
    const { unscaled, scale } = total;
    const saves = addDecimals(monthlyTotal(dearer), { unscaled: -unscaled, scale });
    return [{ choice, saves, givesUp }];
  });
}

function monthlyTotal(stage: StageConfig): Decimal {
  return totalOf(stageCost(resourcesOf(stageConfig(stage))));
}

function withNetwork(stage: StageConfig, change: Partial<StageConfig['network']>): StageConfig {
  return { ...stage, network: { ...stage.network, ...change } };
}

function inThreeZones(stage: StageConfig): StageConfig | undefined {
  const { kafka, network, topics } = stage;
  if (kafka.kind !== 'msk' || network.zones !== 2) return undefined;
  return {
    ...withNetwork(stage, { zones: 3 }),
    kafka: { ...kafka, count: (kafka.count / 2) * 3 },
    topics: { ...topics, replication: 3, minInSyncReplicas: 2 },
  };
}

function withoutWindows(stage: StageConfig): StageConfig | undefined {
  const { transform, persist } = stage.eventSources;
  if (transform.windowSeconds === 0 && persist.windowSeconds === 0) return undefined;
  const eventSources = {
    ...stage.eventSources,
    transform: { ...transform, windowSeconds: 0 },
    persist: { ...persist, windowSeconds: 0 },
  };
  return { ...stage, eventSources };
}

function withOwnPollers(stage: StageConfig): StageConfig {
  const mode = { kind: 'provisioned', minPollers: 1, maxPollers: 4, retryAttempts: 10 } as const;
  return { ...stage, eventSources: { ...stage.eventSources, mode } };
}
