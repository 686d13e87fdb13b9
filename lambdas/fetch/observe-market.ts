import { newestOf, type ObservedSegment } from '../shared/domain/segment';
import { isStale } from '../shared/domain/progress/lag';
import { type Market, marketKey } from '../shared/domain/market';
import { missingEnd, type PlannedSegment, settled } from '../shared/domain/plan';
import {
  type ExchangeAnswer,
  joinedAnswers,
  type Telemetry,
  UnknownPairError,
} from '../shared/domain/ports';
import { TOPICS } from '../shared/domain/topics';
import { answerWithin, spanOf } from './span-answer';
import type { MarketPlan, ObserveTickPorts, ObserveTickSettings, Tick } from './observe-tick';

/** Outcome of a market's requests at a tick. */
export interface MarketOutcome {
  readonly market: Market;
  /** Undefined if the exchange failed before it said whether it knows the pair. */
  readonly isKnown: boolean | undefined;
  /** Open time of the newest minute that came; undefined if none did. */
  readonly newestMs: number | undefined;
  /** Candles that are newer than any that came before. */
  readonly newCount: number;
  /** Segments that were appended. */
  readonly segmentCount: number;
}

/** A segment whose answer is in. */
interface Answered {
  readonly planned: PlannedSegment;
  readonly answer: ExchangeAnswer;
}

/** With less time left than this, a segment waits for the next tick. */
const SEGMENT_RESERVE_MS = 15_000;
/** The exchange leaves this much of the time for appending. */
const APPEND_RESERVE_MS = 8_000;

/**
 * Asks for the segments of a market in order, and appends each once the next
 * one's answer is in: that newer minutes have come is evidence that all before
 * them are out.
 *
 * @throws whatever kept a record from being appended
 */
export async function observeMarket(
  ports: ObserveTickPorts,
  settings: ObserveTickSettings,
  plan: MarketPlan,
  tick: Tick,
): Promise<MarketOutcome> {
  const { market, status, segments } = plan;
  const observation = new MarketObservation(ports, settings, plan, tick);
  for (const planned of segments) {
    if (tick.remainingMs() < SEGMENT_RESERVE_MS) {
      reportDeferred(ports.telemetry, planned);
      break;
    }
    if (!(await observation.ask(planned))) break;
  }
  await observation.end();
  const { isKnown, newestMs, newCount, segmentCount, staleCount } = observation;
  if (staleCount > 0) {
    const stored = timeOrNull(status.progress?.newestMs ?? null);
    ports.telemetry.warn('stale answer: it ends before a minute that came earlier', {
      market: marketKey(market),
      newestStored: stored,
      newestAnswered: timeOrNull(newestMs ?? null),
    });
    ports.telemetry.count('StaleAnswers', staleCount);
  }
  return { market, isKnown, newestMs, newCount, segmentCount };
}

/** One market's segments on their way from the exchange to the log. */
class MarketObservation {
  isKnown: boolean | undefined;
  newestMs: number | undefined;
  newCount = 0;
  segmentCount = 0;
  staleCount = 0;
  readonly #ports: ObserveTickPorts;
  readonly #settings: ObserveTickSettings;
  readonly #status: MarketPlan['status'];
  readonly #tick: Tick;
  /** Answered, and waiting for the answer to the next one. */
  #held: Answered | undefined;
  #followsMs: number | null;
  readonly #span: ReturnType<typeof spanOf>;
  /** The answer for the whole span, once it is in. */
  #spanAnswer: ExchangeAnswer | undefined;

  constructor(
    ports: ObserveTickPorts,
    settings: ObserveTickSettings,
    { status, segments }: MarketPlan,
    tick: Tick,
  ) {
    this.#ports = ports;
    this.#settings = settings;
    this.#status = status;
    this.#tick = tick;
    this.#followsMs = status.progress?.settledToMs ?? null;
    this.#span = spanOf(segments);
  }

  /** Asks for a segment; false if the exchange did not answer. */
  async ask(planned: PlannedSegment): Promise<boolean> {
    const answer = await this.#answerFor(planned);
    if (answer === undefined) return false;
    const newestMs = newestOf(answer.candles);
    await this.#release(newestMs);
    this.#held = { planned, answer };
    this.newestMs = newestMs ?? this.newestMs;
    return true;
  }

  /** Appends the last segment that was answered. */
  end(): Promise<void> {
    return this.#release(undefined);
  }

  /** Of segments that are asked for in one go, each is answered from that. */
  async #answerFor(planned: PlannedSegment): Promise<ExchangeAnswer | undefined> {
    if (this.#span === undefined) return this.#answerTo(planned);
    this.#spanAnswer ??= await this.#answerTo({ pair: planned.pair, ...this.#span });
    return this.#spanAnswer && answerWithin(this.#spanAnswer, planned);
  }

  async #answerTo({ pair, fromMs, toMs }: { pair: string; fromMs: number; toMs: number }) {
    const { nowMs, remainingMs } = this.#tick;
    const closedBeforeMs = nowMs - this.#settings.silenceMs;
    const withinMs = remainingMs() - APPEND_RESERVE_MS;
    try {
      const query = { pair, fromMs, toMs, closedBeforeMs, withinMs };
      const answer = await this.#ports.exchange.candles(query);
      this.isKnown = true;
      return answer;
    } catch (cause) {
      this.#reportFailure({ pair, fromMs, toMs }, cause);
      return undefined;
    }
  }

  #reportFailure(range: { pair: string; fromMs: number; toMs: number }, cause: unknown): void {
    const { telemetry } = this.#ports;
    const details = describe({ exchange: this.#settings.exchange, ...range });
    if (cause instanceof UnknownPairError) {
      this.isKnown = false;
      telemetry.warn('market unknown to the exchange', { ...details, reason: cause.message });
      return;
    }
    telemetry.error('market not fetched', details, cause);
    telemetry.count('MarketsNotFetched', 1);
  }

  /** Settles and appends the segment that is held, in the light of the next one's newest minute. */
  async #release(nextNewestMs: number | undefined): Promise<void> {
    if (this.#held === undefined) return;
    const { planned } = this.#held;
    const whole = nextNewestMs === undefined ? undefined : await this.#askedAgain(this.#held);
    const answer = whole ?? this.#held.answer;
    this.#held = undefined;
    const ownNewestMs = newestOf(answer.candles);
    const segment = settled(planned, {
      followsMs: this.#followsMs,
      // Newer minutes tell nothing of an end that the exchange did not answer for.
      newestMs: whole === undefined ? ownNewestMs : nextNewestMs,
      seenToMs: this.#status.progress?.seenToMs,
      settlingMs: this.#settings.settlingMs,
      silenceMs: this.#settings.silenceMs,
    });
    const observed = {
      ...segment,
      minuteCandles: answer.candles,
      rejected: answer.rejected,
      unserved: null,
    };
    await this.#append(observed);
    this.#followsMs = segment.settlesMs;
    this.#count(observed, ownNewestMs);
  }

  async #append(observed: ObservedSegment): Promise<void> {
    const record = { key: marketKey(observed), value: this.#ports.observed.encode(observed) };
    await this.#ports.log.append(TOPICS.observed, [record]);
    this.segmentCount += 1;
    const { telemetry } = this.#ports;
    const candles = observed.minuteCandles.length;
    telemetry.debug('segment observed', {
      ...describe(observed),
      candles,
      rejected: observed.rejected.length,
    });
    telemetry.count('MinutesObserved', candles);
  }

  #count(observed: ObservedSegment, ownNewestMs: number | undefined): void {
    const { progress } = this.#status;
    const knownMs = progress?.newestMs ?? -Infinity;
    this.newCount += observed.minuteCandles.filter(({ openTimeMs }) => openTimeMs > knownMs).length;
    if (progress !== undefined && isStale(ownNewestMs, progress, observed)) this.staleCount++;
  }

  /**
   * The answer, with its end asked for once more if it lacks that although newer
   * minutes have come: it was empty or cut, or the minutes came out since.
   * Undefined if the exchange did not answer again.
   */
  async #askedAgain({ planned, answer }: Answered): Promise<ExchangeAnswer | undefined> {
    const fromMs = missingEnd(planned, newestOf(answer.candles));
    if (fromMs === undefined) return answer;
    this.#ports.telemetry.count('RangesAskedAgain', 1);
    const again = await this.#answerTo({ ...planned, fromMs });
    return again && joinedAnswers([answer, again]);
  }
}

function describe({
  fromMs,
  toMs,
  ...market
}: Market & { readonly fromMs: number; readonly toMs: number }) {
  return {
    market: marketKey(market),
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
  };
}

function timeOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}

function reportDeferred(telemetry: Telemetry, planned: PlannedSegment): void {
  telemetry.warn('out of time: left for the next tick', describe(planned));
  telemetry.count('MarketsDeferred', 1);
}
