import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import type { ExchangeName } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { pairsByName } from '../../../lambdas/shared/domain/followed/pair-patterns';
import { assertRecorded, chooseExchange } from '../../exchange/choose-exchange';
import { endpointOf } from '../../containers/compose-project';
import { baseUrls } from '../../exchange/exchange-server';
import type { ExchangeAddresses } from '../../emulator/local-environment';
import { addressesOf, realAddresses } from '../../run/exchange-address';
import type { FollowedPairs } from '../../run/run-exchange';
import type { LocalstackProject } from '../localstack-project';
import { containerVariables } from './container-exchange';

/** The exchanges that a LocalStack run has chosen. */
export interface ChosenExchanges {
  /** One line that says which they are. */
  readonly description: string;
  /** If they are served by a container of this machine. */
  readonly inContainer: boolean;
  /** A recording that they serve; undefined for none. */
  readonly recorded: { readonly folder: string; readonly pairs: readonly string[] } | undefined;
  /** The address at which functions reach each. */
  readonly addresses: ExchangeAddresses;
}

/** The service of the compose file that serves the exchanges. */
export interface ExchangeService extends Pick<ChosenExchanges, 'description' | 'inContainer'> {
  /** Variables of the compose file. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Options for the service of the exchanges. */
export interface ExchangeServiceOptions {
  readonly project: LocalstackProject;
  /** The exchanges that are followed, with their pairs. */
  readonly followed: readonly FollowedPairs[];
  /** Fixed time of exchanges that are not live, UTC; undefined for the clock's time. */
  readonly timeMs: number | undefined;
}

/** The exchanges' container, as functions reach it. */
const CONTAINER_URL = 'http://exchange:4570';

/** A URL that functions reach, as it is reached from this machine: the exchanges' container publishes a port. */
export function urlFromHere(project: LocalstackProject, url: string): string {
  return url.startsWith(`${CONTAINER_URL}/`)
    ? url.replace(CONTAINER_URL, `http://${endpointOf(project, 'exchange')}`)
    : url;
}

/**
 * Chooses what stands for exchanges: `auto`, `live`, `simulated`, or a folder with recorded candles.
 *
 * @throws ExchangeChoiceError, RecordedCandlesError
 */
export async function chooseExchanges(
  choice: string,
  names: readonly ExchangeName[],
): Promise<ChosenExchanges> {
  const chosen = await chooseExchange(choice, names);
  const { description } = chosen;
  if (chosen.kind === 'live') {
    const addresses = realAddresses(names);
    return { description, inContainer: false, recorded: undefined, addresses };
  }
  return {
    description,
    inContainer: true,
    recorded:
      chosen.kind === 'recorded' ? { folder: choice, pairs: chosen.source.pairs() } : undefined,
    addresses: addressesOf({ of: (exchange) => baseUrls(CONTAINER_URL, exchange) }, names),
  };
}

/**
 * The service for the chosen exchanges. Nothing is started or written.
 *
 * @throws UsageError if a recording lacks a pair that is followed
 */
export function exchangeService(
  { description, inContainer, recorded }: ChosenExchanges,
  { project, followed, timeMs }: ExchangeServiceOptions,
): ExchangeService {
  if (!inContainer) return { description, inContainer, environment: {} };
  if (recorded !== undefined) {
    const pairs = followed.flatMap((one) => pairsByName(one.pairs));
    assertRecorded([...new Set(pairs)], recorded.pairs, recorded.folder);
  }
  const recordings = recorded && resolve(recorded.folder);
  const environment = {
    EXCHANGE_BUNDLE: bundleFolder(project),
    ...containerVariables({ followed, recordings, timeMs }),
  };
  return { description, inContainer, environment };
}

/** Bundles the exchanges' program, so that a container with nothing but Node.js runs it. */
export async function bundleExchange(project: LocalstackProject): Promise<void> {
  await build({
    entryPoints: [join(__dirname, 'exchange-container.ts')],
    outfile: join(bundleFolder(project), 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node22',
    format: 'cjs',
    logLevel: 'warning',
  });
}

function bundleFolder({ folder }: LocalstackProject): string {
  return join(folder, 'exchange');
}
