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
import { marketOf } from '../run/market';
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
    const { interval } = request;
    const stored = await readStoredRange(session, { ...marketOf(request.pair), interval });
    if (stored === undefined) await assertKnown(session, request.pair);
    const candles = stored === undefined ? [] : await readCandles(session, request, stored);
    io.print(formatCandles(request.format, candles));
    if (candles.length === 0) io.printError(`${nothingStored(request, stored)}\n`);
  } finally {
    await session.close();
  }
}

async function assertKnown(session: CassandraSession, pair: string): Promise<void> {
  const known = (await readKnownMarkets(session)).map((market) => market.pair);
  if (!known.includes(pair)) throw new UnknownPairError(pair, known);
}

async function readCandles(
  session: CassandraSession,
  request: ShowRequest,
  stored: TimeRange,
): Promise<StoredCandle[]> {
  const { pair, interval, limit } = request;
  const order = request.fromMs === undefined ? 'newest-first' : 'oldest-first';
  const candles = await readStoredCandles(session, {
    ...marketOf(pair),
    interval,
    fromMs: Math.max(request.fromMs ?? stored.fromMs, stored.fromMs),
    toMs: Math.min(request.toMs ?? stored.toMs, stored.toMs),
    order,
    limit,
  });
  return order === 'newest-first' ? candles.reverse() : candles;
}

function nothingStored({ pair, interval }: ShowRequest, stored: TimeRange | undefined): string {
  if (stored === undefined) return `No ${interval} candle of ${pair} is stored yet.`;
  const range = `from ${minuteText(stored.fromMs)} to ${minuteText(stored.toMs)} (UTC)`;
  return `No ${interval} candle of ${pair} is stored in that range; stored are those ${range}.`;
}
