import {
  EXCHANGE_FACTS,
  type ExchangeName,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { pairsByName } from '../../lambdas/shared/domain/followed/pair-patterns';
import { ceilTo, DAY_MS } from '../../lambdas/shared/domain/interval';
import { UsageError } from '../../cli/command-line';
import type { ExchangeFaults } from '../exchange/answer-fault';
import type { CandleSource } from '../exchange/candles/candle-source';
import {
  assertRecorded,
  type ChosenExchange,
  chooseExchange,
  DEFAULT_SEED,
} from '../exchange/choose-exchange';
import {
  type ExchangeOptions,
  type ExchangeServerOptions,
  startExchange,
  startExchanges,
} from '../exchange/exchange-server';
import { exchangeSeed } from '../exchange/candles/exchange-seed';
import { GeneratedCandles } from '../exchange/candles/generated-candles';
import type { ExchangeAddresses } from '../emulator/local-environment';
import { addressOf } from './exchange-address';
import { shiftedInTime } from '../exchange/candles/shifted-candles';

const SOME_PAIRS = ['BTC_USDT', 'ETH_USDT', 'ETH_BTC'];

/** The exchange of a local run. */
export interface LocalExchange {
  /** Up to and with `/api/v4`. */
  readonly apiUrl: string;
  /** The base URL of its archive. */
  readonly archiveUrl: string;
  /** One line that names the exchange. */
  readonly description: string;
  /** Its pairs; undefined for the real exchange, which has very many. */
  readonly pairs: readonly string[] | undefined;
  /** Where other exchanges are reached that stand beside it. @default at their own addresses */
  readonly others?: ExchangeAddresses;
  stop(): Promise<void>;
}

/** An exchange, with the pairs that are followed of it. */
export interface FollowedPairs {
  readonly exchange: ExchangeName;
  readonly pairs: readonly string[];
}

/** An exchange whose time is set by a replay. */
export interface TimedExchange extends LocalExchange {
  readonly pairs: readonly string[];
  setTime(timeMs: number): void;
}

/** A recording that is replayed. */
export interface ReplayExchange extends TimedExchange {
  /** How many one-minute candles of a pair were recorded in `[fromMs, toMs)`. */
  recordedMinutes(pair: string, fromMs: number, toMs: number): number;
}

/** The pairs that an exchange is opened for. */
export interface ExchangePairs {
  /** Those of Gate.io that the stage follows. */
  readonly ofStage: readonly string[];
  /** Those of Gate.io that were asked for; undefined for none in particular. */
  readonly asked: readonly string[] | undefined;
  /** Other exchanges that are opened beside it. @default none */
  readonly others?: readonly FollowedPairs[];
}

/** Options of an exchange that is opened. */
export interface OpenExchangeOptions extends Partial<ExchangeServerOptions> {
  /** The faults of each; undefined for none. */
  readonly faultsOf?: (exchange: ExchangeName) => ExchangeFaults | undefined;
}

/**
 * The exchange of a run by the clock: `auto`, `live`, `simulated`, or a folder,
 * whose recording is moved to today.
 *
 * @throws ExchangeChoiceError, RecordedCandlesError
 * @throws UsageError if a recording lacks a pair that was asked for
 */
export async function openExchange(
  choice: string,
  { ofStage, asked, others = [] }: ExchangePairs,
  { faultsOf, ...listen }: OpenExchangeOptions = {},
): Promise<LocalExchange> {
  const chosen = await chooseExchange(choice, { pairs: generatedPairs(asked ?? ofStage) });
  if (chosen.kind === 'live') {
    const { url, description } = chosen;
    const { archiveUrl } = EXCHANGE_FACTS['gate-io'];
    const stop = () => Promise.resolve();
    return { apiUrl: apiOf(url), archiveUrl, description, pairs: undefined, stop };
  }
  assertRecorded(asked && pairsByName(asked), chosen.source.pairs(), choice);
  const { source, moved } = broughtToToday(chosen, Date.now());
  const served = others.map(({ exchange, pairs }) => ({
    exchange,
    faults: faultsOf?.(exchange),
    source:
      chosen.kind === 'simulated'
        ? new GeneratedCandles({
            seed: exchangeSeed(exchange, DEFAULT_SEED),
            pairs: generatedPairs(pairs),
          })
        : source,
  }));
  const servers = await startExchanges([{ source, faults: faultsOf?.('gate-io') }, ...served], {
    port: 0,
    now: Date.now,
    ...listen,
  });
  const gateIo = servers.of('gate-io');
  return {
    apiUrl: apiOf(gateIo.url),
    archiveUrl: gateIo.archiveUrl,
    description: chosen.description + moved,
    pairs: source.pairs(),
    others: Object.fromEntries(
      others.map(({ exchange }) => [exchange, addressOf(servers, exchange)]),
    ),
    stop: () => servers.stop(),
  };
}

/** The pairs that a simulated exchange has: those that are named, else a few for patterns to name. */
function generatedPairs(pairs: readonly string[]): readonly string[] {
  const named = pairsByName(pairs);
  return named.length === 0 ? SOME_PAIRS : named;
}

/**
 * The exchange of a replay: the recorded candles of a folder.
 *
 * @throws ExchangeChoiceError, RecordedCandlesError
 * @throws UsageError if the choice is no folder, or the recording lacks a pair that was asked for
 */
export async function openReplayExchange(
  folder: string,
  asked: readonly string[] | undefined,
  options: Partial<ExchangeOptions> = {},
): Promise<ReplayExchange> {
  const chosen = await chooseExchange(folder, { pairs: [] });
  if (chosen.kind !== 'recorded') throw new UsageError(`--replay ${folder} is not a folder`);
  const { source, description } = chosen;
  assertRecorded(asked, source.pairs(), folder);
  // Recorded time goes by faster than the exchange's limit is meant for.
  const exchange = await openTimedExchange(source, description, {
    requestsPerWindow: 1_000_000,
    ...options,
  });
  return {
    ...exchange,
    recordedMinutes: (pair, fromMs, toMs) => source.candles(pair, fromMs, toMs).length,
  };
}

/** An exchange of the given candles whose time is set from outside; it starts at the epoch. */
export async function openTimedExchange(
  source: CandleSource,
  description: string,
  options: Partial<ExchangeOptions> = {},
): Promise<TimedExchange> {
  let timeMs = 0;
  const server = await startExchange({ port: 0, source, now: () => timeMs, ...options });
  return {
    apiUrl: apiOf(server.url),
    archiveUrl: server.archiveUrl,
    description,
    pairs: source.pairs(),
    setTime: (nowMs) => (timeMs = nowMs),
    stop: () => server.stop(),
  };
}

function apiOf(url: string): string {
  return `${url}/api/v4`;
}

/** Moves a recording, which is of the past, by whole days so that it goes on for at least a day from now. */
function broughtToToday(
  chosen: Exclude<ChosenExchange, { readonly kind: 'live' }>,
  nowMs: number,
): { readonly source: CandleSource; readonly moved: string } {
  if (chosen.kind === 'simulated') return { source: chosen.source, moved: '' };
  const byMs = ceilTo(nowMs + DAY_MS - chosen.source.span().toMs, DAY_MS);
  const source = shiftedInTime(chosen.source, byMs);
  return { source, moved: `, moved by ${byMs / DAY_MS} days to be of today` };
}
