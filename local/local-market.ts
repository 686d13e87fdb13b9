import { ceilTo, DAY_MS } from '../lambdas/shared/domain/interval';
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

/**
 * The market of a run by the clock: `auto`, `live`, `simulated`, or a folder,
 * whose recording is moved to today.
 *
 * @throws MarketChoiceError, RecordedCandlesError
 */
export async function openMarket(choice: string, pairs: readonly string[]): Promise<LocalMarket> {
  const chosen = await chooseMarket(choice, { pairs });
  if (chosen.kind === 'live') {
    const { url, description } = chosen;
    return { apiUrl: apiOf(url), description, pairs: undefined, stop: () => Promise.resolve() };
  }
  const { source, moved } = broughtToToday(chosen, Date.now());
  const server = await startMarket({ port: 0, source, now: Date.now });
  return {
    apiUrl: apiOf(server.url),
    description: chosen.description + moved,
    pairs: source.pairs(),
    stop: () => server.stop(),
  };
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
