import { type LocalstackCommand, timed } from './command';
import type { Compose } from '../containers/compose';
import { bundleExchange, type ExchangeService } from './exchange/exchange-service';

/** Options for `startContainers`. */
export interface WantedContainers {
  readonly compose: Compose;
  readonly exchange: ExchangeService;
  /** Starts Kafka UI too. */
  readonly ui: boolean;
  /** Called before the first container is started. */
  readonly onBegun: () => void;
}

/**
 * Starts the containers that a run needs, after a check of their ports and with their images fetched.
 *
 * @throws ImagePullError, PortInUseError, ContainerFailedError, ComposeError
 */
export async function startContainers(
  command: LocalstackCommand,
  { compose, exchange, ui, onBegun }: WantedContainers,
): Promise<void> {
  const uiProfile = ui ? ['ui'] : [];
  const profiles = [...(exchange.inContainer ? ['exchange'] : []), ...uiProfile];
  await compose.checkPorts(profiles);
  // The functions run on the image of the exchange: it is needed either way.
  await compose.pullMissing(['exchange', ...uiProfile]);
  onBegun();
  if (exchange.inContainer) await bundleExchange(command.project);
  else await compose.remove('exchange');
  await timed(command, 'containers up', () => compose.up(profiles, exchange.environment));
}
