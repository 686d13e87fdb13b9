import type { DaysToAsk } from '../shared/domain/ledger/due-days';
import { DAY_MS, dayText } from '../shared/domain/interval';
import { auditSegment } from '../shared/domain/ledger/audit';
import { monthOf } from '../shared/domain/calendar/months';
import {
  type DayAsk,
  DISPUTED_AFTER_MS,
  type LedgerDay,
  MISSING_MONTH,
  nextAsk,
  refusedAsk,
  UNKNOWN_PAIR,
} from '../shared/domain/ledger/ledger';
import { type Market, marketKey } from '../shared/domain/market';
import { ArchiveMissingError, type ExchangeAnswer, UnknownPairError } from '../shared/domain/ports';
import type { ObservedSegment } from '../shared/domain/segment';
import { TOPICS } from '../shared/domain/topics';
import type { Firing, ReconcilePorts } from './reconcile-days';

/** The note of an ask for a day. */
export interface AskOutcome {
  readonly market: Market;
  readonly dayMs: number;
  readonly ask: DayAsk;
}

/** The exchange leaves this much of the time for appending. */
const APPEND_RESERVE_MS = 10_000;
/** An audit is newer than a tick of the same time. */
const AFTER_TICK_MS = 1;
/** A refusal may quote what was answered: it is not to be longer than that. */
const LONGEST_REFUSAL = 300;

const NOTHING = { candles: [], rejected: [] } as const;

/** Some days of a market. */
type DaysOfMarket = Pick<DaysToAsk, 'market' | 'days'>;

/** Days of one market that are asked for at one time, and what is noted of each. */
class DayAsks {
  readonly #ports: ReconcilePorts;
  readonly #market: Market;
  readonly #days: ReadonlyMap<number, LedgerDay>;
  readonly #asks: Map<number, DayAsk>;

  constructor(ports: ReconcilePorts, { market, days }: DaysOfMarket, nowMs: number) {
    this.#ports = ports;
    this.#market = market;
    this.#days = new Map(days.map((day) => [day.dayMs, day]));
    this.#asks = new Map(days.map((day) => [day.dayMs, nextAsk(day, nowMs)]));
  }

  /** Notes that a day was asked for: before it is under way, so that none is so unnoticed. */
  async note(dayMs: number): Promise<void> {
    const ask = this.#asks.get(dayMs);
    if (ask !== undefined) await this.#write(dayMs, ask);
  }

  async refuse(dayMs: number, reason: string): Promise<void> {
    const [day, ask] = [this.#days.get(dayMs), this.#asks.get(dayMs)];
    if (day === undefined || ask === undefined) return;
    const refused = refusedAsk(day, ask, reason.slice(0, LONGEST_REFUSAL));
    this.#asks.set(dayMs, refused);
    await this.#write(dayMs, refused);
  }

  /** If an answer could confirm a stored audit of the day; candles that meet an empty one confirm nothing. */
  canConfirm(dayMs: number, { candles }: ExchangeAnswer): boolean {
    const audit = this.#days.get(dayMs)?.audit;
    return audit !== undefined && (audit.minuteCount > 0 || candles.length === 0);
  }

  outcomes(): AskOutcome[] {
    return [...this.#asks].map(([dayMs, ask]) => ({ market: this.#market, dayMs, ask }));
  }

  #write(dayMs: number, ask: DayAsk): Promise<void> {
    return this.#ports.store.writeAsk(this.#market, dayMs, ask);
  }
}

/**
 * Asks for days of a market, and appends an audit of each that is answered for.
 * What keeps a day from being answered for is noted in the ledger.
 *
 * @returns what is noted of each day
 * @throws whatever kept the ledger from being written, or a record from being appended
 */
export async function askForDays(
  ports: ReconcilePorts,
  group: DaysToAsk,
  firing: Firing,
): Promise<readonly AskOutcome[]> {
  const asks = new DayAsks(ports, group, firing.nowMs);
  if (group.source === 'archive') await askArchive(ports, group, firing, asks);
  else for (const { dayMs } of group.days) await askApi(ports, { ...group, dayMs }, firing, asks);
  return asks.outcomes();
}

interface OneDay {
  readonly market: Market;
  readonly dayMs: number;
}

async function askApi(
  ports: ReconcilePorts,
  { market, dayMs }: OneDay,
  { nowMs, remainingMs }: Firing,
  asks: DayAsks,
): Promise<void> {
  const toMs = dayMs + DAY_MS;
  await asks.note(dayMs);
  let answer: ExchangeAnswer;
  try {
    answer = await ports.exchange.candles({
      pair: market.pair,
      fromMs: dayMs,
      toMs,
      closedBeforeMs: toMs,
      withinMs: remainingMs() - APPEND_RESERVE_MS,
    });
  } catch (cause) {
    // Fetch reports what the exchange does not know.
    const isUnknown = cause instanceof UnknownPairError;
    if (!isUnknown) {
      reportRefusal(ports, { market, dayMs }, 'the exchange did not answer for it', cause);
    }
    await asks.refuse(dayMs, isUnknown ? UNKNOWN_PAIR : String(cause));
    return;
  }
  const asked = { market, dayMs, source: 'api', observedAtMs: nowMs + AFTER_TICK_MS } as const;
  // A first audit has all that can be read stored. As a second opinion it could seal a day without the minutes of such rows.
  if (answer.misplaced === undefined || !asks.canConfirm(dayMs, answer)) {
    await append(ports, auditSegment(asked, answer));
    return;
  }
  const { rows, reason } = answer.misplaced;
  const refusal = `${rows} of its rows have unexpected times: ${reason}`.slice(0, LONGEST_REFUSAL);
  reportRefusal(ports, { market, dayMs }, 'its answer has rows with unexpected times', refusal);
  if (nowMs < toMs + DISPUTED_AFTER_MS) {
    await asks.refuse(dayMs, refusal);
    return;
  }
  // Such a row may stay for ever: an audit that agrees with nothing lets the day end as disputed.
  await append(ports, { ...auditSegment(asked, NOTHING), unserved: refusal });
}

async function askArchive(
  ports: ReconcilePorts,
  { market, days }: DaysToAsk,
  { nowMs, remainingMs }: Firing,
  asks: DayAsks,
): Promise<void> {
  const daysMs = days.map(({ dayMs }) => dayMs);
  const left = new Set(daysMs);
  const refuseAll = async (reason: string): Promise<void> => {
    await Promise.all([...left].map((dayMs) => asks.refuse(dayMs, reason)));
  };
  if (ports.archive === undefined) return refuseAll('the exchange has no archive');
  const given = ports.archive
    .days({
      pair: market.pair,
      monthMs: monthOf(daysMs[0] ?? 0),
      daysMs,
      nowMs,
      withinMs: remainingMs() - APPEND_RESERVE_MS,
    })
    [Symbol.asyncIterator]();
  for (;;) {
    let next: Awaited<ReturnType<typeof given.next>>;
    try {
      next = await given.next();
    } catch (cause) {
      const isMissing = cause instanceof ArchiveMissingError;
      if (!isMissing) {
        reportRefusal(
          ports,
          { market, dayMs: daysMs[0] ?? 0 },
          'its archive cannot be read',
          cause,
        );
      }
      return refuseAll(isMissing ? MISSING_MONTH : String(cause));
    }
    if (next.done === true) return refuseAll('the archive did not give it');
    const { dayMs, answer, refusal } = next.value;
    left.delete(dayMs);
    if (answer === undefined) {
      reportRefusal(ports, { market, dayMs }, 'its archived day is refused', refusal);
      await asks.refuse(dayMs, refusal);
    } else {
      // Only now: whatever ends this firing, no more than this one day counts as under way for nothing.
      await asks.note(dayMs);
      const observedAtMs = nowMs + AFTER_TICK_MS;
      await append(ports, auditSegment({ market, dayMs, source: 'archive', observedAtMs }, answer));
    }
  }
}

function reportRefusal(
  { telemetry }: ReconcilePorts,
  { market, dayMs }: OneDay,
  message: string,
  cause: unknown,
): void {
  telemetry.error(
    `day not read: ${message}`,
    { market: marketKey(market), day: dayText(dayMs) },
    cause,
  );
  telemetry.count('DaysNotRead', 1);
}

async function append(ports: ReconcilePorts, observed: ObservedSegment): Promise<void> {
  const record = { key: marketKey(observed), value: ports.observed.encode(observed) };
  await ports.log.append(TOPICS.observed, [record]);
  ports.telemetry.info('asked again', {
    market: marketKey(observed),
    day: dayText(observed.fromMs),
    source: observed.source,
    candles: observed.minuteCandles.length,
    rejected: observed.rejected.length,
  });
}

/**
 * Appends audits of days that nobody has any more: they become gaps. Each is
 * noted as an ask, so that the days are under way until they are stored.
 *
 * @returns what is noted of each day
 */
export async function declareUnserved(
  ports: ReconcilePorts,
  group: DaysOfMarket,
  firingMs: number,
): Promise<readonly AskOutcome[]> {
  // The ask that found the month missing may be of this firing, and this one is to win over it.
  const nowMs = firingMs + AFTER_TICK_MS;
  const asks = new DayAsks(ports, group, nowMs);
  for (const { dayMs } of group.days) {
    const observedAtMs = nowMs + AFTER_TICK_MS;
    const audit = auditSegment(
      { market: group.market, dayMs, source: 'archive', observedAtMs },
      NOTHING,
    );
    await asks.note(dayMs);
    await append(ports, { ...audit, unserved: MISSING_MONTH });
  }
  return asks.outcomes();
}
