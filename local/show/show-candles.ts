import { type CassandraSession } from '../../lambdas/shared/adapters/database/cassandra-client';
import { CassandraError } from '../../lambdas/shared/adapters/database/cassandra-failures';
import {
  readStoredCandles,
  readStoredRange,
  type StoredCandle,
  type TimeRange,
} from '../../lambdas/shared/adapters/database/stored-candles';
import { readKnownMarkets } from '../../lambdas/shared/adapters/database/stored-progress';
import { UnreadableCandleError } from '../../lambdas/shared/domain/ports';
import { type Market, marketKey } from '../../lambdas/shared/domain/market';
import { nearestFirst } from '../../cli/near-names';
import { type RunDescription, NotRunningError } from '../run/run-description';
import { formatCandles } from './show-output';
import { HelpRequested, UsageError } from '../../cli/command-line';
import { parseShowArguments, type ShowRequest } from './show-request';
import { minuteText } from '../../cli/utc-time';

/** The surroundings of `npm run show`. */
export interface ShowSurroundings {
  readonly print: (text: string) => void;
  /** Prints errors and notes, so that the output is data alone. */
  readonly printError: (text: string) => void;
  /** @throws NotRunningError */
  readonly findRun: () => Promise<RunDescription>;
  readonly connect: (run: RunDescription) => CassandraSession;
}

/** Nothing is stored of the pair. */
export class UnknownPairError extends Error {
  override readonly name = 'UnknownPairError';
  constructor(pair: string, known: readonly string[]) {
    super(`Nothing is stored of the pair ${JSON.stringify(pair)}. ${storedPairs(pair, known)}`);
  }
}

const NAMED_PAIRS = 10;

function storedPairs(pair: string, known: readonly string[]): string {
  if (known.length === 0) return 'No pair is stored yet: the first candles follow the first tick.';
  const named = nearestFirst(pair, known).slice(0, NAMED_PAIRS).join(', ');
  const others = known.length - NAMED_PAIRS;
  return `Stored are ${named}${others > 0 ? ` and ${others} more` : ''}.`;
}

/**
 * Prints stored candles as the arguments of `npm run show` ask for.
 *
 * @returns the exit code: 0; 1 if it failed; 2 for invalid arguments
 * @throws errors that a user can do nothing about
 */
export async function showCandles(args: readonly string[], io: ShowSurroundings): Promise<number> {
  try {
    await show(parseShowArguments(args), io);
    return 0;
  } catch (error) {
    if (error instanceof HelpRequested) {
      io.print(error.message);
      return 0;
    }
    if (!isExpected(error)) throw error;
    io.printError(`${error.message.replace(/\s*\n\s*/g, ' ')}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

const EXPECTED_ERRORS = [
  UsageError,
  NotRunningError,
  UnknownPairError,
  UnreadableCandleError,
  CassandraError,
];

function isExpected(error: unknown): error is Error {
  return EXPECTED_ERRORS.some((expected) => error instanceof expected);
}

async function show(request: ShowRequest, io: ShowSurroundings): Promise<void> {
  const session = io.connect(await io.findRun());
  try {
    const market = await namedMarket(session, request.market);
    const stored = await readStoredRange(session, { ...market, interval: request.interval });
    const candles =
      stored === undefined ? [] : await readCandles(session, { ...request, ...market }, stored);
    io.print(formatCandles(request.format, candles));
    if (candles.length === 0) io.printError(`${nothingStored(request, stored)}\n`);
  } finally {
    await session.close();
  }
}

/**
 * The market of a key such as `binance:BTC_USDT`, or of a pair that is of one exchange alone.
 *
 * @throws UnknownPairError if nothing is stored of it, UsageError if it is of several
 */
async function namedMarket(session: CassandraSession, text: string): Promise<Market> {
  const known = await readKnownMarkets(session);
  const named = known.filter((market) => market.pair === text || marketKey(market) === text);
  const [market, ...others] = named;
  if (market === undefined) throw new UnknownPairError(text, namesLike(text, known));
  if (others.length === 0) return market;
  throw new UsageError(
    `${text} is a pair of ${named.map(marketKey).join(' and ')}: give one of these`,
  );
}

/** Markets as they are named: pairs alone if there is one exchange. */
function namesLike(text: string, known: readonly Market[]): string[] {
  const exchanges = new Set(known.map(({ exchange }) => exchange));
  const isWhole = text.includes(':') || exchanges.size > 1;
  return known.map((market) => (isWhole ? marketKey(market) : market.pair));
}

async function readCandles(
  session: CassandraSession,
  request: ShowRequest & Market,
  stored: TimeRange,
): Promise<StoredCandle[]> {
  const { exchange, pair, interval, limit } = request;
  const order = request.fromMs === undefined ? 'newest-first' : 'oldest-first';
  const candles = await readStoredCandles(session, {
    exchange,
    pair,
    interval,
    fromMs: Math.max(request.fromMs ?? stored.fromMs, stored.fromMs),
    toMs: Math.min(request.toMs ?? stored.toMs, stored.toMs),
    order,
    limit,
  });
  return order === 'newest-first' ? candles.reverse() : candles;
}

function nothingStored(
  { market: pair, interval }: ShowRequest,
  stored: TimeRange | undefined,
): string {
  if (stored === undefined) return `No ${interval} candle of ${pair} is stored yet.`;
  const range = `from ${minuteText(stored.fromMs)} to ${minuteText(stored.toMs)} (UTC)`;
  return `No ${interval} candle of ${pair} is stored in that range; stored are those ${range}.`;
}
