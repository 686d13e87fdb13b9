import pLimit from 'p-limit';
import type { MarketLedger } from '../shared/domain/ledger/due-days';
import { DAY_MS, floorTo, HOUR_MS, MINUTE_MS } from '../shared/domain/interval';
import {
  type DayAsk,
  daysIn,
  isSealed,
  isUnderWay,
  type LedgerDay,
  unknownDay,
} from '../shared/domain/ledger/ledger';
import { type Market, marketKey, pairOfKey } from '../shared/domain/market';
import { type ExchangeStatus, UnknownPairError } from '../shared/domain/ports';
import type { MarketStatus } from '../shared/domain/progress/progress';
import { followedPairs } from '../shared/domain/followed/pair-patterns';
import { isInShard } from '../shared/domain/followed/shard';
import { ReadLedger } from './read-ledger';
import type { Firing, ReconcilePorts, ReconcileSettings } from './reconcile-days';

/** Read at every firing: the newest days, up to a month of them for the completeness. */
const NEWEST_DAYS_MS = 31 * DAY_MS;
/** All of the ledger is read once in so many firings of five minutes: once an hour. */
const FIRINGS_A_ROUND = 12;
const FIRING_MS = 5 * MINUTE_MS;
const FIRINGS_A_DAY = DAY_MS / FIRING_MS;
const CONCURRENT_READS = 16;
/** Few, so that none waits for its turn for longer than its time: an exchange's limit is of 10 s. */
const CONCURRENT_LISTINGS = 4;
const LISTING_TIME_MS = 60_000;
/** Listings are asked for until so much of a firing's time is left; the others have their turn at the next one. */
const LISTINGS_RESERVE_MS = 150_000;
/** A listing that could not be had is asked for again after so long. */
const LISTING_AGAIN_MS = HOUR_MS;
/** A history that is longer is worth a question: an API may answer for years before a listing, with nothing. */
const LONG_HISTORY_MS = 7 * DAY_MS;

/**
 * The ledgers of all markets: at each firing the newest days, and all days of
 * those markets whose turn it is, of which old days are not sealed, or that this
 * process has not read yet.
 */
export class MarketLedgers {
  readonly #ports: ReconcilePorts;
  readonly #settings: ReconcileSettings;
  readonly #ledgers = new Map<string, ReadLedger>();
  /** Markets of which it is known since when the exchange has them. */
  readonly #listed = new Set<string>();
  /** The exchange's answers to requests for a market's listing, and the times of the next ones. */
  readonly #listings = new Map<
    string,
    { readonly askAgainMs: number; readonly listedMs: number | null }
  >();
  readonly #listingLimit = pLimit(CONCURRENT_LISTINGS);

  constructor(ports: ReconcilePorts, settings: ReconcileSettings) {
    this.#ports = ports;
    this.#settings = settings;
  }

  /** Reads what is needed at a firing. */
  async read({ status: statuses, unreadable }: ExchangeStatus, firing: Firing): Promise<void> {
    const { exchange, pairs } = this.#settings;
    const stored = [...statuses.keys()].map(pairOfKey);
    // Fetch tells of those, and counts them as behind.
    const hidden = new Set(unreadable.map(({ market }) => market.pair));
    for (const { market } of unreadable) this.#ledgers.delete(marketKey(market));
    // Markets of a pattern are those that fetch has started.
    const markets = followedPairs(pairs, stored)
      .filter((pair) => isInShard(pair, this.#settings) && !hidden.has(pair))
      .map((pair) => ({ exchange, pair }));
    const limit = pLimit(CONCURRENT_READS);
    await limit.map(markets, async (market, index) => {
      const status = statuses.get(marketKey(market));
      if (wasNeverKnown(status)) this.#ledgers.delete(marketKey(market));
      else await this.#readOne(market, { index, status, firing });
    });
  }

  /** Every market with the days that were read. */
  all(): MarketLedger[] {
    return [...this.#ledgers.values()].map((ledger) => ledger.whole());
  }

  /** Every market with its days that are not sealed. */
  open(): MarketLedger[] {
    return [...this.#ledgers.values()].map((ledger) => ledger.open());
  }

  /** The days of all markets that are not sealed, and that their exchange may still answer for. */
  answerable(): LedgerDay[] {
    return [...this.#ledgers.values()].flatMap((ledger) => ledger.answerable());
  }

  /** Those of which all days were read at this firing. */
  readInFull(): MarketLedger[] {
    return this.#readInFull().map((ledger) => ledger.whole());
  }

  /** Those of which all days were read at this firing, and the archive did not have a month. */
  withMissingMonths(): MarketLedger[] {
    return this.#readInFull()
      .filter((ledger) => ledger.lacksMonth())
      .map((ledger) => ledger.whole());
  }

  /** The number of days that are under way. */
  underWayCount(): number {
    return [...this.#ledgers.values()].reduce((sum, ledger) => sum + ledger.underWay().length, 0);
  }

  day(market: Market, dayMs: number): LedgerDay | undefined {
    return this.#ledgers.get(marketKey(market))?.day(dayMs);
  }

  noteAsk(market: Market, dayMs: number, ask: DayAsk): void {
    const ledger = this.#ledgers.get(marketKey(market));
    const day = ledger?.day(dayMs);
    if (day !== undefined) ledger?.update({ ...day, ask });
  }

  /** Whether it is known since when the exchange has a market. */
  isListingKnown(market: Market): boolean {
    return this.#listed.has(marketKey(market));
  }

  /** Ends the history of a market where the exchange begins to have it: it does not say when that was. */
  async noteListedSince(market: Market, listedSinceMs: number, nowMs: number): Promise<void> {
    await this.#ports.store.writeListedSince(market, listedSinceMs, nowMs);
    const details = listingDetails(marketKey(market), listedSinceMs);
    this.#ports.telemetry.warn('history ends: nothing older is to be had', details);
    this.#ledgers.get(marketKey(market))?.endAt(floorTo(listedSinceMs, DAY_MS));
  }

  /** Reads the days that are under way again; true if one of them is stored by now. */
  async refresh(): Promise<boolean> {
    const waiting = [...this.#ledgers.values()].filter((one) => one.underWay().length > 0);
    const moved = await pLimit(CONCURRENT_READS).map(waiting, (one) => this.#refreshOne(one));
    return moved.includes(true);
  }

  #readInFull(): ReadLedger[] {
    return [...this.#ledgers.values()].filter(({ isFull }) => isFull);
  }

  async #readOne(
    market: Market,
    { index, status, firing }: { index: number; status: MarketStatus | undefined; firing: Firing },
  ): Promise<void> {
    const { nowMs } = firing;
    const key = marketKey(market);
    const before = this.#ledgers.get(key);
    const isFull =
      before === undefined ||
      before.hasOldWork ||
      (index + Math.floor(nowMs / FIRING_MS)) % FIRINGS_A_ROUND === 0;
    const firstMs = await this.#firstDay(market, { index, status, firing });
    const endMs = lastSettledDay(status, nowMs);
    const newestFromMs = floorTo(nowMs, DAY_MS) - NEWEST_DAYS_MS;
    const fromMs = isFull ? firstMs : Math.max(firstMs, Math.min(endMs, newestFromMs));
    const rows =
      fromMs < endMs ? await this.#ports.store.readDays(market, { fromMs, toMs: endMs }) : [];
    const byDay = new Map(rows.map((day) => [day.dayMs, day]));
    const newest = daysIn(fromMs, endMs)
      .reverse()
      .map((dayMs) => remembered(byDay.get(dayMs) ?? unknownDay(dayMs)));
    // The older days are sealed, as there is no old work, and change by a repair alone: they would
    // be most of the memory, and of them only the disputed ones are reported.
    const older = isFull ? [] : before.disputed().filter(({ dayMs }) => dayMs < fromMs);
    const hasOldWork = isFull
      ? newest.some((day) => day.dayMs < newestFromMs && !isSealed(day))
      : before.hasOldWork;
    const days = [...newest, ...older];
    const hasEnded = status !== undefined && status.endedAtMs !== null;
    this.#ledgers.set(key, new ReadLedger(market, { days, isFull, hasOldWork, hasEnded }));
  }

  async #firstDay(
    market: Market,
    { index, status, firing }: { index: number; status: MarketStatus | undefined; firing: Firing },
  ): Promise<number> {
    const { nowMs } = firing;
    const { historyStartMs, retentionMs } = this.#settings;
    const isLong = historyStartMs < nowMs - Math.min(retentionMs, LONG_HISTORY_MS);
    const known = status?.listedSinceMs ?? null;
    if (known !== null) this.#believeStored(market, index, nowMs);
    const said = isLong ? await this.#askListing(market, firing) : null;
    // An exchange that lists a pair again may name that time: what was before is not gone by it.
    const times = [said, known, status?.progress?.liveSinceMs ?? null].filter((ms) => ms !== null);
    if (said === null && known === null) return historyStartMs;
    this.#listed.add(marketKey(market));
    const listedMs = Math.min(...times);
    if (said !== null && listedMs !== known) {
      await this.#ports.store.writeListedSince(market, listedMs, nowMs);
    }
    return Math.max(historyStartMs, floorTo(listedMs, DAY_MS));
  }

  /** A new process does not ask for all listings that are stored at once: these have their turns within a day. */
  #believeStored(market: Market, index: number, nowMs: number): void {
    const key = marketKey(market);
    if (this.#listings.has(key)) return;
    const askAgainMs = nowMs + (1 + (index % FIRINGS_A_DAY)) * FIRING_MS;
    this.#listings.set(key, { askAgainMs, listedMs: null });
  }

  /** Asks the exchange once a day, or an hour after a failure; it may not know, or name a time that is none. */
  #askListing(market: Market, { nowMs, remainingMs }: Firing): Promise<number | null> {
    const before = this.#listings.get(marketKey(market));
    const listedMs = before?.listedMs ?? null;
    if (before !== undefined && nowMs < before.askAgainMs) return Promise.resolve(listedMs);
    return this.#listingLimit(() => {
      const isRefused = this.#ports.exchange.refusedUntilMs() !== undefined;
      if (isRefused || remainingMs() < LISTINGS_RESERVE_MS) return listedMs;
      return this.#askListingNow(market, nowMs);
    });
  }

  async #askListingNow(market: Market, nowMs: number): Promise<number | null> {
    const key = marketKey(market);
    const before = this.#listings.get(key);
    const { listings, telemetry } = this.#ports;
    try {
      const said = await listings.listedSince(market.pair, LISTING_TIME_MS);
      const isFuture = said !== null && said > nowMs;
      if (isFuture)
        telemetry.warn('listing ignored: it is in the future', listingDetails(key, said));
      const listedMs = isFuture ? null : said;
      this.#listings.set(key, { askAgainMs: nowMs + DAY_MS, listedMs });
      return listedMs;
    } catch (cause) {
      if (!(cause instanceof UnknownPairError)) {
        telemetry.error('listing not read', { market: key }, cause);
        const listedMs = before?.listedMs ?? null;
        this.#listings.set(key, { askAgainMs: nowMs + LISTING_AGAIN_MS, listedMs });
        return listedMs;
      }
      this.#listings.set(key, { askAgainMs: nowMs + DAY_MS, listedMs: null });
      return null;
    }
  }

  async #refreshOne(ledger: ReadLedger): Promise<boolean> {
    const underWayMs = ledger.underWay().map(({ dayMs }) => dayMs);
    const range = { fromMs: Math.min(...underWayMs), toMs: Math.max(...underWayMs) + DAY_MS };
    const rows = await this.#ports.store.readDays(ledger.market, range);
    for (const day of rows) ledger.update(day);
    return underWayMs.some((dayMs) => {
      const day = ledger.day(dayMs);
      return day !== undefined && !isUnderWay(day);
    });
  }
}

/** A day as it is held in memory: of a sealed one no ask is of interest. */
function remembered(day: LedgerDay): LedgerDay {
  return isSealed(day) ? { ...day, ask: undefined } : day;
}

function listingDetails(market: string, sinceMs: number) {
  return { market, since: new Date(sinceMs).toISOString() };
}

/** Nothing was ever to be had of such a market: perhaps its name is misspelt. */
function wasNeverKnown(status: MarketStatus | undefined): boolean {
  return status !== undefined && status.unknownSinceMs !== null && status.progress === undefined;
}

/** The end of the last day that is settled; a market that starts live today has all before today. */
function lastSettledDay(status: MarketStatus | undefined, nowMs: number): number {
  const settledMs = status?.progress?.settledToMs ?? nowMs;
  return floorTo(Math.min(nowMs, Math.max(settledMs, status?.endedAtMs ?? 0)), DAY_MS);
}
