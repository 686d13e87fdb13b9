import { ceilTo, DAY_MS } from '../lambdas/shared/domain/interval';
import { UsageError } from './command-line';
import type { CandleSource } from './market/candle-source';
import { type ChosenMarket, chooseMarket } from './market/choose-market';
import { type MarketOptions, startMarket } from './market/market-server';
import { shiftedInTime } from './market/shifted-candles';

/** The exchange of a local run. */
export interface LocalMarket {
  /** Up to and with `/api/v4`. */
  readonly apiUrl: string;
  /** One line that says which market it is. */
  readonly description: string;
  /** The pairs that it has; undefined for the real exchange, which has very many. */
  readonly pairs: readonly string[] | undefined;
  stop(): Promise<void>;
}

/** A market whose time is set from outside: by a replay. */
export interface TimedMarket extends LocalMarket {
  readonly pairs: readonly string[];
  setTime(timeMs: number): void;
}

/** A recording that is played. */
export interface ReplayMarket extends TimedMarket {
  /** How many one-minute candles of a pair were recorded in `[fromMs, toMs)`. */
  recordedMinutes(pair: string, fromMs: number, toMs: number): number;
}

/** Which pairs a market is opened for. */
export interface MarketPairs {
  /** Those that the stage follows. */
  readonly ofStage: readonly string[];
  /** Those that were asked for; undefined for none in particular. */
  readonly asked: readonly string[] | undefined;
}

/**
 * The market of a run by the clock: `auto`, `live`, `simulated`, or a folder,
 * whose recording is moved to today.
 *
 * @throws MarketChoiceError, RecordedCandlesError
 * @throws UsageError where a recording lacks a pair that was asked for
 */
export async function openMarket(
  choice: string,
  { ofStage, asked }: MarketPairs,
  options: Partial<MarketOptions> = {},
): Promise<LocalMarket> {
  const chosen = await chooseMarket(choice, { pairs: asked ?? ofStage });
  if (chosen.kind === 'live') {
    const { url, description } = chosen;
    return { apiUrl: apiOf(url), description, pairs: undefined, stop: () => Promise.resolve() };
  }
  assertRecorded(asked, chosen.source, choice);
  const { source, moved } = broughtToToday(chosen, Date.now());
  const server = await startMarket({ port: 0, source, now: Date.now, ...options });
  return {
    apiUrl: apiOf(server.url),
    description: chosen.description + moved,
    pairs: source.pairs(),
    stop: () => server.stop(),
  };
}

/**
 * The market of a replay: the recorded candles of a folder.
 *
 * @throws MarketChoiceError, RecordedCandlesError
 * @throws UsageError where the choice is no folder, or the recording lacks a pair that was asked for
 */
export async function openReplayMarket(
  folder: string,
  asked: readonly string[] | undefined,
): Promise<ReplayMarket> {
  const chosen = await chooseMarket(folder, { pairs: [] });
  if (chosen.kind !== 'recorded') throw new UsageError(`--replay ${folder} is not a folder`);
  const { source, description } = chosen;
  assertRecorded(asked, source, folder);
  // Recorded time goes by faster than the exchange's limit is meant for.
  const market = await openTimedMarket(source, description, { requestsPerWindow: 1_000_000 });
  return {
    ...market,
    recordedMinutes: (pair, fromMs, toMs) => source.candles(pair, fromMs, toMs).length,
  };
}

function assertRecorded(
  asked: readonly string[] | undefined,
  source: CandleSource,
  folder: string,
): void {
  const strangers = (asked ?? []).filter((pair) => !source.pairs().includes(pair));
  if (strangers.length === 0) return;
  throw new UsageError(
    `${strangers.join(', ')}: not in ${folder}, which has ${source.pairs().join(', ')}`,
  );
}

/** A market of the given candles whose time is set from outside; it starts at the epoch. */
export async function openTimedMarket(
  source: CandleSource,
  description: string,
  options: Partial<MarketOptions> = {},
): Promise<TimedMarket> {
  let timeMs = 0;
  const server = await startMarket({ port: 0, source, now: () => timeMs, ...options });
  return {
    apiUrl: apiOf(server.url),
    description,
    pairs: source.pairs(),
    setTime: (nowMs) => (timeMs = nowMs),
    stop: () => server.stop(),
  };
}

function apiOf(url: string): string {
  return `${url}/api/v4`;
}

/** A recording is of the past: it is moved by whole days, so that it goes on for at least a day from now. */
function broughtToToday(
  chosen: Exclude<ChosenMarket, { readonly kind: 'live' }>,
  nowMs: number,
): { readonly source: CandleSource; readonly moved: string } {
  if (chosen.kind === 'simulated') return { source: chosen.source, moved: '' };
  const byMs = ceilTo(nowMs + DAY_MS - chosen.source.span().toMs, DAY_MS);
  const source = shiftedInTime(chosen.source, byMs);
  return { source, moved: `, moved by ${byMs / DAY_MS} days to be of today` };
}
