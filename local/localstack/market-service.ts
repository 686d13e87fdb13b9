import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { chooseMarket, GATE_IO_URL } from '../market/choose-market';
import { UsageError } from '../command-line';
import type { Place } from './place';

/** The exchange of a LocalStack run, as its parts see it. */
export interface MarketService {
  /** For the functions, up to and with `/api/v4`. */
  readonly apiUrl: string;
  /** One line that says which market it is. */
  readonly description: string;
  /** The pairs to follow. */
  readonly pairs: readonly string[];
  /** Whether it is a container of this machine. */
  readonly inContainer: boolean;
  /** What the compose file wants to know of it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the market is chosen by. */
export interface MarketServiceOptions {
  readonly place: Place;
  /** `auto`, `live`, `simulated`, or a folder with recorded candles. */
  readonly choice: string;
  /** Those that were asked for; undefined for those of the recording, or of the stage. */
  readonly pairs: readonly string[] | undefined;
  readonly pairsOfStage: readonly string[];
  /** When it always is at a market that is not live; undefined for the clock's time. */
  readonly timeMs: number | undefined;
}

/** Of the market's container, for functions. */
const API_URL = 'http://market:4570/api/v4';

/**
 * Chooses the market, and makes what its container runs.
 *
 * @throws MarketChoiceError, RecordedCandlesError
 * @throws UsageError where a recording lacks a pair that was asked for
 */
export async function marketService(options: MarketServiceOptions): Promise<MarketService> {
  const { place, choice, pairsOfStage, timeMs } = options;
  const wanted = options.pairs ?? pairsOfStage;
  const chosen = await chooseMarket(choice, { pairs: wanted });
  const { description } = chosen;
  if (chosen.kind === 'live') {
    const apiUrl = `${GATE_IO_URL}/api/v4`;
    return { apiUrl, description, pairs: wanted, inContainer: false, environment: {} };
  }
  const recorded = chosen.kind === 'recorded' ? chosen.source.pairs() : undefined;
  assertRecorded(options.pairs, recorded, choice);
  const pairs = options.pairs ?? recorded ?? pairsOfStage;
  const environment = {
    MARKET_BUNDLE: await bundleMarket(place),
    MARKET_PAIRS: pairs.join(','),
    MARKET_TIME: timeMs === undefined ? '' : new Date(timeMs).toISOString(),
    MARKET_RECORDINGS: recorded === undefined ? '' : resolve(choice),
  };
  return { apiUrl: API_URL, description, pairs, inContainer: true, environment };
}

function assertRecorded(
  asked: readonly string[] | undefined,
  recorded: readonly string[] | undefined,
  folder: string,
): void {
  const strangers = (asked ?? []).filter((pair) => recorded?.includes(pair) === false);
  if (strangers.length === 0 || recorded === undefined) return;
  throw new UsageError(
    `${strangers.join(', ')}: not in ${folder}, which has ${recorded.join(', ')}`,
  );
}

/** Bundles the market's program, so that a container with nothing but Node.js runs it. */
async function bundleMarket({ folder }: Place): Promise<string> {
  const outputFolder = join(folder, 'market');
  const outfile = join(outputFolder, 'index.js');
  await build({
    entryPoints: [join(__dirname, 'market-container.ts')],
    ...{ outfile, bundle: true, platform: 'node', target: 'node22', format: 'cjs' },
    logLevel: 'warning',
  });
  return outputFolder;
}
