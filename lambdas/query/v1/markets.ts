import pLimit from 'p-limit';
import * as v from 'valibot';
import type { Coverage } from '../../shared/domain/coverage/coverage';
import { barePercent } from '../../shared/domain/coverage/percent';
import { formatDecimal } from '../../shared/domain/decimal';
import type { FollowedStatus } from '../../shared/domain/followed/followed-status';
import { dayText, floorTo, MINUTE_MS } from '../../shared/domain/interval';
import { type Market, marketKey } from '../../shared/domain/market';
import type { MarketStatus } from '../../shared/domain/progress/progress';
import { type Answer, jsonAnswer } from '../http/answer';
import { failureDetail } from '../http/problem';
import {
  CountField,
  DayField,
  DecimalField,
  MarketField,
  TimeField,
  timeOrNull,
  timeText,
} from '../http/texts';
import type { QueryContext, StoredCandle } from '../ports';
import { CoveredField } from './coverage';
import { EntryMemory } from './entry-memory';
import { readFollowed } from './known-market';
import { LedgerMemory } from './ledger-memory';
import { marketCoverage } from './market-coverage';

/** Parameters of `/v1/markets`: there are none. */
export const MarketsParameters = v.strictObject({});

const MarketEntry = v.strictObject({
  market: MarketField,
  exchange: v.string(),
  pair: v.string(),
  close: v.pipe(v.nullable(DecimalField), v.description('Price of the newest minute')),
  closeTime: v.pipe(v.nullable(TimeField), v.description('End of the newest minute')),
  settledTo: v.nullable(TimeField),
  seenTo: v.nullable(TimeField),
  newest: v.pipe(
    v.nullable(TimeField),
    v.description('Opening of the newest minute that ever came'),
  ),
  liveSince: v.nullable(TimeField),
  listedSince: v.nullable(TimeField),
  endedAt: v.nullable(TimeField),
  behindSeconds: v.pipe(
    CountField,
    v.description('From the first minute that was not asked for yet until now'),
  ),
  historyStart: v.pipe(DayField, v.description('First UTC day that is wanted')),
  covered: CoveredField,
  sealedTo: v.pipe(v.nullable(TimeField), v.description('All stored days before are sealed')),
  gapCount: CountField,
  gapMinutes: CountField,
  missingMinutes: v.pipe(CountField, v.description('Minutes of past days that were never stored')),
  disputedDays: CountField,
  unsealedDays: CountField,
  historyDaysLeft: v.pipe(CountField, v.description('Past days that were never stored')),
  historyDaysWaiting: v.pipe(
    CountField,
    v.description('Those of them that the archive does not have yet'),
  ),
  historyReadyAt: v.pipe(
    v.nullable(TimeField),
    v.description('Time at which the others are stored, at the pace of the last hour'),
  ),
  problem: v.pipe(
    v.nullable(v.string()),
    v.description(
      'Why the market cannot be accounted for, such as a stored row that cannot be read: then its other fields are null or 0',
    ),
  ),
});

/** Answer of `/v1/markets`. */
export const MarketsAnswer = v.strictObject({
  now: v.pipe(TimeField, v.description('The minute at which this holds')),
  stage: v.string(),
  markets: v.pipe(v.array(MarketEntry), v.description('Worst first')),
});

type MarketEntry = v.InferOutput<typeof MarketEntry>;

const CONCURRENT_MARKETS = 16;

/**
 * The markets that are followed, worst first. The status of all is read each time,
 * the rest of a market if that has changed, and the whole ledgers once a minute. A market that
 * cannot be accounted for is in the list with its problem, and hides no other.
 */
export function createMarkets() {
  const ledgers = new LedgerMemory();
  const memory = new EntryMemory<MarketEntry>();
  return async (_parameters: object, asked: QueryContext): Promise<Answer> => {
    // As exact as candles are, so that an answer stays the same for a while.
    const context = { ...asked, nowMs: floorTo(asked.nowMs, MINUTE_MS) };
    const read = async (followed: FollowedStatus) => {
      const { market, status, unreadable } = followed;
      if (unreadable !== undefined) throw unreadable;
      const basis = { nowMs: context.nowMs, status };
      return memory.entry(market, basis, () => readEntry(context, ledgers, followed));
    };
    const markets = await readFollowed(context);
    const entries = await pLimit(CONCURRENT_MARKETS).map(markets, (followed) =>
      read(followed).catch((cause: unknown) => problemEntry(context, followed.market, cause)),
    );
    const answer: v.InferOutput<typeof MarketsAnswer> = {
      now: timeText(context.nowMs),
      stage: context.settings.stage,
      markets: entries.sort(worstFirst),
    };
    return jsonAnswer(answer);
  };
}

async function readEntry(
  context: QueryContext,
  ledgers: LedgerMemory,
  followed: FollowedStatus,
): Promise<MarketEntry> {
  const { market, status } = followed;
  const [ledger, newest] = await Promise.all([
    ledgers.read(context, market),
    readNewest(context, followed),
  ]);
  const coverage = await marketCoverage(context, market, { status, ...ledger });
  return {
    ...named(context, market),
    ...closeOf(newest),
    ...reached(status),
    ...covered(coverage),
    problem: null,
  };
}

/**
 * The entry of a market that could not be read. It is reported as a failed request is.
 *
 * @throws the cause, if it is a failure of the database
 */
function problemEntry(context: QueryContext, market: Market, cause: unknown): MarketEntry {
  if (context.isUnavailable(cause)) throw cause;
  context.telemetry.error('market not accounted for', { market: marketKey(market) }, cause);
  context.telemetry.count('Failures', 1);
  return {
    ...named(context, market),
    ...closeOf(undefined),
    ...reached(undefined),
    ...NOTHING_COVERED,
    problem: failureDetail(cause),
  };
}

const NOTHING_COVERED: ReturnType<typeof covered> = {
  behindSeconds: 0,
  covered: null,
  sealedTo: null,
  gapCount: 0,
  gapMinutes: 0,
  missingMinutes: 0,
  disputedDays: 0,
  unsealedDays: 0,
  historyDaysLeft: 0,
  historyDaysWaiting: 0,
  historyReadyAt: null,
};

function named({ settings }: QueryContext, market: Market) {
  return {
    market: marketKey(market),
    exchange: market.exchange,
    pair: market.pair,
    historyStart: dayText(settings.historyStartMs),
  };
}

/** The newest stored minute. */
async function readNewest(
  { store }: QueryContext,
  { market, status }: FollowedStatus,
): Promise<StoredCandle | undefined> {
  const newestMs = status?.progress?.newestMs ?? null;
  if (newestMs === null) return undefined;
  const [newest] = await store.readCandles({
    ...market,
    interval: '1m',
    fromMs: 0,
    toMs: newestMs + MINUTE_MS,
    order: 'newest-first',
    limit: 1,
  });
  return newest;
}

function closeOf(newest: StoredCandle | undefined): Pick<MarketEntry, 'close' | 'closeTime'> {
  if (newest === undefined) return { close: null, closeTime: null };
  return { close: formatDecimal(newest.close), closeTime: timeText(newest.openTimeMs + MINUTE_MS) };
}

function reached(status: MarketStatus | undefined) {
  const progress = status?.progress;
  return {
    settledTo: timeOrNull(progress?.settledToMs),
    seenTo: timeOrNull(progress?.seenToMs),
    newest: timeOrNull(progress?.newestMs),
    liveSince: timeOrNull(progress?.liveSinceMs),
    listedSince: timeOrNull(status?.listedSinceMs),
    endedAt: timeOrNull(status?.endedAtMs),
  };
}

function covered(coverage: Coverage) {
  const { minutes, history } = coverage;
  return {
    behindSeconds: coverage.behindMs / 1_000,
    covered: barePercent(coverage.sealed),
    sealedTo: timeOrNull(coverage.sealedToMs),
    gapCount: coverage.gapCount,
    gapMinutes: minutes.gap,
    missingMinutes: minutes.missing,
    disputedDays: coverage.disputedDays,
    unsealedDays: coverage.unsealedDays,
    historyDaysLeft: history.days,
    historyDaysWaiting: history.waitingDays,
    historyReadyAt: timeOrNull(history.expectedAtMs),
  };
}

/** Order of the markets: those that cannot be accounted for come first; then minutes that are lost, those that are late, and history. */
function worstFirst(a: MarketEntry, b: MarketEntry): number {
  return (
    Number(b.problem !== null) - Number(a.problem !== null) ||
    b.gapMinutes - a.gapMinutes ||
    b.disputedDays - a.disputedDays ||
    b.behindSeconds - a.behindSeconds ||
    b.missingMinutes - a.missingMinutes ||
    (a.market < b.market ? -1 : 1)
  );
}
