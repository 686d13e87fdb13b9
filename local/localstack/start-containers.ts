import { type LocalstackCommand, step } from './command';
import type { Compose } from './compose';
import type { MarketService } from './market-service';

/** What is started. */
export interface WantedContainers {
  readonly compose: Compose;
  readonly market: MarketService;
  /** Whether Kafka UI is wanted too. */
  readonly ui: boolean;
  /** Called once containers are about to be there. */
  readonly onBegun: () => void;
}

/**
 * Starts the containers that a run needs, with their images fetched first.
 *
 * @throws ImagePullError, ComposePortError, ContainerFailedError, ComposeError
 */
export async function startContainers(
  command: LocalstackCommand,
  { compose, market, ui, onBegun }: WantedContainers,
): Promise<void> {
  const uiProfile = ui ? ['ui'] : [];
  // The functions run on the image of the market: it is wanted either way.
  await compose.pullMissing(['market', ...uiProfile]);
  onBegun();
  if (!market.inContainer) await compose.remove('market');
  const profiles = [...(market.inContainer ? ['market'] : []), ...uiProfile];
  await step(command, 'containers up', () => compose.up(profiles, market.environment));
}
