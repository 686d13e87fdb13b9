import type { ExchangeName } from '../../lambdas/shared/adapters/exchanges/exchange-facts';
import { pairsByName } from '../../lambdas/shared/domain/followed/pair-patterns';
import { ceilTo, DAY_MS } from '../../lambdas/shared/domain/interval';
import { UsageError } from '../../cli/command-line';
import type { ExchangeFaults } from '../exchange/answer-fault';
import type { CandleSource } from '../exchange/candles/candle-source';
import {
  assertRecorded,
  type ChosenExchange,
  chooseExchange,
  simulatedCandles,
} from '../exchange/choose-exchange';
import {
  type ExchangeOptions,
  type ExchangeServerOptions,
  startExchange,
  startExchanges,
} from '../exchange/exchange-server';
import type { LookOptions } from '../exchange/real-exchanges';
import type { ExchangeAddresses } from '../emulator/local-environment';
import { addressesOf, realAddresses } from './exchange-address';
import { shiftedInTime } from '../exchange/candles/shifted-candles';

const SOME_PAIRS = ['BTC_USDT', 'ETH_USDT', 'ETH_BTC'];

/** What stands for the exchanges of a local run. */
export interface LocalExchange {
  /** Where each is reached. */
  readonly addresses: ExchangeAddresses;
  /** One line that names it. */
  readonly description: string;
  /** Whether it is the real exchanges. */
  readonly isLive: boolean;
  /** The pairs of a recording; undefined if there are those that are followed. */
  readonly pairs: readonly string[] | undefined;
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
  /** Number of one-minute candles of a pair that were recorded in `[fromMs, toMs)`. */
  recordedMinutes(pair: string, fromMs: number, toMs: number): number;
}

/** An exchange to open, with the pairs that a stage follows of it. */
export interface WantedExchange extends FollowedPairs {
  /** The pairs that were asked for instead; undefined for none in particular. */
  readonly asked: readonly string[] | undefined;
}

/** Options of an exchange that is opened. */
export interface OpenExchangeOptions extends Partial<ExchangeServerOptions>, LookOptions {
  /** The faults of each; undefined for none. */
  readonly faultsOf?: (exchange: ExchangeName) => ExchangeFaults | undefined;
  /** The time at which the exchanges stand still, UTC; a recording is not moved. @default the clock's */
  readonly fixedTimeMs?: number | undefined;
}

/**
 * The exchanges of a run by the clock: `auto`, `live`, `simulated`, or a folder,
 * whose recording is moved to today and stands for each of them.
 *
 * @throws ExchangeChoiceError, RecordedCandlesError
 * @throws UsageError if a recording lacks a pair that was asked for
 */
export async function openExchange(
  choice: string,
  wanted: readonly WantedExchange[],
  { faultsOf, fixedTimeMs, fetch, timeoutMs, ...listen }: OpenExchangeOptions = {},
): Promise<LocalExchange> {
  const names = wanted.map(({ exchange }) => exchange);
  const chosen = await chooseExchange(choice, names, { fetch, timeoutMs });
  if (chosen.kind === 'live') return realExchanges(names, chosen.description);
  const recorded = chosen.kind === 'recorded' ? replayable(chosen, fixedTimeMs) : undefined;
  const served = wanted.map(({ exchange, pairs, asked }) => {
    if (recorded !== undefined) {
      assertRecorded(asked && pairsByName(asked), recorded.source.pairs(), choice);
    }
    const source = recorded?.source ?? simulatedCandles(exchange, simulatedPairs(asked ?? pairs));
    return { exchange, source, faults: faultsOf?.(exchange) };
  });
  const now = () => fixedTimeMs ?? Date.now();
  const servers = await startExchanges(served, { port: 0, now, ...listen });
  return {
    addresses: addressesOf(servers, names),
    description: chosen.description + (recorded?.moved ?? ''),
    isLive: false,
    pairs: recorded?.source.pairs(),
    stop: () => servers.stop(),
  };
}

function realExchanges(names: readonly ExchangeName[], description: string): LocalExchange {
  return {
    addresses: realAddresses(names),
    description,
    isLive: true,
    pairs: undefined,
    stop: () => Promise.resolve(),
  };
}

/** The pairs that a simulated exchange has: those that are named, else a few for patterns to name. */
function simulatedPairs(pairs: readonly string[]): readonly string[] {
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
  const chosen = await chooseExchange(folder, ['gate-io']);
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
    addresses: addressesOf({ of: () => server }, [options.exchange ?? 'gate-io']),
    description,
    isLive: false,
    pairs: source.pairs(),
    setTime: (nowMs) => (timeMs = nowMs),
    stop: () => server.stop(),
  };
}

/** A recording for a time that stands still, or for today. */
function replayable(
  chosen: Extract<ChosenExchange, { readonly kind: 'recorded' }>,
  fixedTimeMs: number | undefined,
): ReturnType<typeof broughtToToday> {
  if (fixedTimeMs !== undefined) return { source: chosen.source, moved: '' };
  return broughtToToday(chosen, Date.now());
}

/** Moves a recording, which is of the past, by whole days so that it goes on for at least a day from now. */
function broughtToToday(
  { source: recorded }: Extract<ChosenExchange, { readonly kind: 'recorded' }>,
  nowMs: number,
): { readonly source: CandleSource; readonly moved: string } {
  const byMs = ceilTo(nowMs + DAY_MS - recorded.span().toMs, DAY_MS);
  const source = shiftedInTime(recorded, byMs);
  return { source, moved: `, moved by ${byMs / DAY_MS} days to be of today` };
}
