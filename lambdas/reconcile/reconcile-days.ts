import pLimit from 'p-limit';
import { missingMonths } from '../shared/domain/ledger/archive-months';
import {
  type DaysToAsk,
  daysToAsk,
  type DueTerms,
  hasDueDays,
  type MarketLedger,
} from '../shared/domain/ledger/due-days';
import { isUnderWay, type LedgerDay, MOST_UNDER_WAY } from '../shared/domain/ledger/ledger';
import { listedBySilence } from '../shared/domain/ledger/silent-days';
import type { SegmentCodec } from '../shared/codec/segment-codec';
import { marketKey } from '../shared/domain/market';
import type {
  Archive,
  Exchange,
  ExchangeStatus,
  LedgerStore,
  Listings,
  RecordLog,
  Telemetry,
} from '../shared/domain/ports';
import { isLate } from '../shared/domain/progress/pace';
import type { ObservedSegment } from '../shared/domain/segment';
import { noteBan } from '../shared/use-cases/noted-ban';
import type { Shard } from '../shared/domain/followed/shard';
import { askForDays, declareUnserved, type AskOutcome } from './ask-for-days';
import { reportLedgers } from './ledger-report';
import { MarketLedgers } from './market-ledgers';

/** The ports of the reconcile function. */
export interface ReconcilePorts {
  readonly exchange: Exchange;
  /** Undefined if the exchange has none. */
  readonly archive: Archive | undefined;
  readonly listings: Pick<Listings, 'listedSince'>;
  readonly store: LedgerStore;
  readonly observed: SegmentCodec<ObservedSegment>;
  readonly log: RecordLog;
  readonly telemetry: Telemetry;
  /** Resolves after a time. */
  readonly wait: (ms: number) => Promise<void>;
}

/** The settings of the reconcile function for a part of the markets. */
export interface ReconcileSettings extends Shard {
  /** The name of the exchange. */
  readonly exchange: string;
  /** All pairs that are followed of the exchange. */
  readonly pairs: readonly string[];
  /** Start of the first UTC day that is wanted of each market. */
  readonly historyStartMs: number;
  /** Age of the oldest one-minute candles that the API serves. */
  readonly retentionMs: number;
  /** Days of the exchange that may be under way at once. @default as many as of all exchanges */
  readonly mostUnderWay?: number | undefined;
}

/** A firing of the schedule, and what is left of its time. */
export interface Firing {
  readonly nowMs: number;
  readonly remainingMs: () => number;
}

/** With less time left than this, no more is asked for. */
const RESERVE_MS = 20_000;
/** The pause before the ledger is read again for days under way. */
const PAUSE_MS = 1_000;
/** Without any day stored for this long, the rest is left to the next firing. */
const PATIENCE_MS = 30_000;
/** Asks under way at once; the exchange's own limit bounds the requests. */
const CONCURRENT_ASKS = 4;

/**
 * The reconcile function's use case: asks again, whole, for each past day that is
 * due, and appends one audit a day to `candles.observed`. While there is more to
 * ask for than may be under way, it waits for days to be stored, as long as its
 * time allows and some are.
 *
 * Firings that overlap or repeat are harmless: the ledger says what was asked
 * for, and an audit that comes twice counts once. A firing that is so late that a
 * later tick is stored asks for nothing: its audits would count as older than the
 * rows and gaps of that tick, and lose to them.
 *
 * @returns a function of a firing; it rejects if the ledger cannot be read or
 *   written, or a record cannot be appended
 */
export function createReconcile(ports: ReconcilePorts, settings: ReconcileSettings) {
  const ledgers = new MarketLedgers(ports, settings);
  return async (firing: Firing): Promise<void> => {
    const { exchange } = settings;
    const stored = await ports.store.readExchangeStatus(exchange);
    ports.exchange.heedBan(stored.bannedUntilMs);
    try {
      await ledgers.read(stored, firing);
      if (isLaterTickStored(stored, firing)) reportLate(ports, settings, firing);
      else await new ReconcileRound({ ports, settings, ledgers, firing }).run();
    } finally {
      await noteBan(ports, { exchange, nowMs: firing.nowMs });
    }
    reportLedgers(ports.telemetry, ledgers, { ...settings, nowMs: firing.nowMs });
  };
}

function isLaterTickStored({ status }: ExchangeStatus, { nowMs }: Firing): boolean {
  return [...status.values()].some(
    ({ progress }) => progress !== undefined && isLate(nowMs, progress.observedAtMs),
  );
}

function reportLate(
  { telemetry }: ReconcilePorts,
  { exchange }: ReconcileSettings,
  { nowMs }: Firing,
) {
  telemetry.warn('late firing: a later tick is stored, so the next firing asks for the days', {
    exchange,
    time: new Date(nowMs).toISOString(),
  });
}

interface RoundInput {
  readonly ports: ReconcilePorts;
  readonly settings: ReconcileSettings;
  readonly ledgers: MarketLedgers;
  readonly firing: Firing;
}

/** The work of one firing. */
class ReconcileRound {
  readonly #input: RoundInput;
  /** Starts of the days that were asked for, by market key: none is asked for twice in a firing. */
  readonly #asked = new Map<string, Set<number>>();
  #waitedMs = 0;

  constructor(input: RoundInput) {
    this.#input = input;
  }

  async run(): Promise<void> {
    await this.#askWhatIsDue();
    this.#reportRefusal();
  }

  async #askWhatIsDue(): Promise<void> {
    const { ledgers, firing } = this.#input;
    await this.#settleSilentDays();
    while (firing.remainingMs() > RESERVE_MS) {
      const groups = daysToAsk(ledgers.open(), this.#terms());
      if (groups.length > 0) await this.#ask(groups);
      await this.#settleMissingMonths();
      const hasMore = hasDueDays(ledgers.open(), this.#terms());
      if (!hasMore || this.#waitedMs >= PATIENCE_MS) return;
      if (groups.length > 0) continue;
      await this.#input.ports.wait(PAUSE_MS);
      this.#waitedMs = (await ledgers.refresh()) ? 0 : this.#waitedMs + PAUSE_MS;
    }
  }

  #terms(): DueTerms {
    const { firing, settings } = this.#input;
    return {
      ...settings,
      nowMs: firing.nowMs,
      asked: this.#asked,
      isApiRefused: this.#isApiRefused(),
    };
  }

  #isApiRefused(): boolean {
    return this.#input.ports.exchange.refusedUntilMs() !== undefined;
  }

  #reportRefusal(): void {
    const { ports, settings } = this.#input;
    const untilMs = ports.exchange.refusedUntilMs();
    if (untilMs === undefined) return;
    ports.telemetry.warn('the exchange refuses this address: its API is asked for no days', {
      exchange: settings.exchange,
      until: new Date(untilMs).toISOString(),
    });
  }

  async #ask(groups: readonly DaysToAsk[]): Promise<void> {
    const { ports, firing } = this.#input;
    for (const { market, days } of groups) {
      const key = marketKey(market);
      const before = this.#asked.get(key) ?? [];
      this.#asked.set(key, new Set([...before, ...days.map(({ dayMs }) => dayMs)]));
    }
    const limit = pLimit(CONCURRENT_ASKS);
    const outcomes = await Promise.allSettled(
      groups.map((group) =>
        limit(() => (this.#canBeAsked(group) ? askForDays(ports, group, firing) : [])),
      ),
    );
    const failures: unknown[] = [];
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') failures.push(outcome.reason);
      else this.#remember(outcome.value);
    }
    if (failures.length > 0) throw new DaysNotAskedError(failures, groups.length);
  }

  /** Days that the time does not suffice for, or a ban forbids by now, are not asked for, and have not failed. */
  #canBeAsked({ source }: DaysToAsk): boolean {
    if (this.#input.firing.remainingMs() <= RESERVE_MS) return false;
    return source === 'archive' || !this.#isApiRefused();
  }

  #remember(outcomes: readonly AskOutcome[]): void {
    for (const { market, dayMs, ask } of outcomes) this.#input.ledgers.noteAsk(market, dayMs, ask);
  }

  /** Months that the archive does not have lie before a market's listing, or are a gap. */
  async #settleMissingMonths(): Promise<void> {
    const { ports, ledgers, firing } = this.#input;
    for (const { market, days } of ledgers.withMissingMonths()) {
      const { listedSinceMs, unservedMs } = missingMonths(days, {
        nowMs: firing.nowMs,
        isListingKnown: ledgers.isListingKnown(market),
      });
      const fresh = this.#notUnderWay(market, unservedMs);
      this.#remember(await declareUnserved(ports, { market, days: fresh }, firing.nowMs));
      if (listedSinceMs !== undefined)
        await ledgers.noteListedSince(market, listedSinceMs, firing.nowMs);
    }
  }

  /** Days that an API has nothing of lie before a market's listing. */
  async #settleSilentDays(): Promise<void> {
    const { ledgers, firing } = this.#input;
    for (const { market, days } of ledgers.readInFull()) {
      const listedMs = ledgers.isListingKnown(market) ? undefined : listedBySilence(days);
      if (listedMs !== undefined) await ledgers.noteListedSince(market, listedMs, firing.nowMs);
    }
  }

  /** Those of some days that are not under way, as many as may be. */
  #notUnderWay(market: MarketLedger['market'], daysMs: readonly number[]): LedgerDay[] {
    const { ledgers, settings } = this.#input;
    const most = settings.mostUnderWay ?? MOST_UNDER_WAY;
    return daysMs
      .flatMap((dayMs) => ledgers.day(market, dayMs) ?? [])
      .filter((day) => !isUnderWay(day))
      .slice(0, Math.max(0, most - ledgers.underWayCount()));
  }
}

/** Days of which some could not be asked for; `errors` has the failure of each market. */
export class DaysNotAskedError extends AggregateError {
  override readonly name = 'DaysNotAskedError';
  constructor(errors: readonly unknown[], groups: number) {
    super(
      errors,
      `${errors.length} of ${groups} groups of days could not be asked for, the first because of: ${String(errors[0])}`,
    );
  }
}
