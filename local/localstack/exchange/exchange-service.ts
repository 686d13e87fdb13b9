import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { EXCHANGE_FACTS } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { ARCHIVE_PATH } from '../../exchange/archive/archive-format';
import { assertRecorded, chooseExchange } from '../../exchange/choose-exchange';
import { endpointOf } from '../../containers/compose-project';
import type { LocalstackProject } from '../localstack-project';

/** The exchange of a LocalStack run. */
export interface ExchangeService {
  /** The API as functions reach it, up to and with `/api/v4`. */
  readonly apiUrl: string;
  /** The archive as functions reach it. */
  readonly archiveUrl: string;
  /** One line that says which exchange it is. */
  readonly description: string;
  /** The pairs to follow. */
  readonly pairs: readonly string[];
  /** True if it is a container of this machine. */
  readonly inContainer: boolean;
  /** Variables of the compose file. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Options for `exchangeService`. */
export interface ExchangeServiceOptions {
  readonly project: LocalstackProject;
  /** `auto`, `live`, `simulated`, or a folder with recorded candles. */
  readonly choice: string;
  /** Pairs of the command line; undefined for those of the recording, or of the stage. */
  readonly pairs: readonly string[] | undefined;
  readonly pairsOfStage: readonly string[];
  /** Fixed time of an exchange that is not live, UTC; undefined for the clock's time. */
  readonly timeMs: number | undefined;
}

/** The exchange's container, as functions reach it. */
const CONTAINER_URL = 'http://exchange:4570';
const API_URL = `${CONTAINER_URL}/api/v4`;
const ARCHIVE_URL = `${CONTAINER_URL}${ARCHIVE_PATH}`;

/** A URL that functions reach, as it is reached from this machine: the exchange's container publishes a port. */
export function urlFromHere(project: LocalstackProject, url: string): string {
  return url.startsWith(`${CONTAINER_URL}/`)
    ? url.replace(CONTAINER_URL, `http://${endpointOf(project, 'exchange')}`)
    : url;
}

/**
 * Chooses the exchange. Nothing is started or written.
 *
 * @throws ExchangeChoiceError, RecordedCandlesError
 * @throws UsageError if a recording lacks a pair of the command line
 */
export async function exchangeService(options: ExchangeServiceOptions): Promise<ExchangeService> {
  const { project, choice, pairsOfStage, timeMs } = options;
  const wanted = options.pairs ?? pairsOfStage;
  const chosen = await chooseExchange(choice, ['gate-io']);
  const { description } = chosen;
  if (chosen.kind === 'live') {
    const { url: apiUrl, archiveUrl } = EXCHANGE_FACTS['gate-io'];
    return { apiUrl, archiveUrl, description, pairs: wanted, inContainer: false, environment: {} };
  }
  const recorded = chosen.kind === 'recorded' ? chosen.source.pairs() : undefined;
  if (recorded !== undefined) assertRecorded(options.pairs, recorded, choice);
  const pairs = options.pairs ?? recorded ?? pairsOfStage;
  const environment = {
    EXCHANGE_BUNDLE: bundleFolder(project),
    EXCHANGE_PAIRS: pairs.join(','),
    EXCHANGE_TIME: timeMs === undefined ? '' : new Date(timeMs).toISOString(),
    EXCHANGE_RECORDINGS: recorded === undefined ? '' : resolve(choice),
  };
  const urls = { apiUrl: API_URL, archiveUrl: ARCHIVE_URL };
  return { ...urls, description, pairs, inContainer: true, environment };
}

/** Bundles the exchange's program, so that a container with nothing but Node.js runs it. */
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
