import type {
  CandleRow,
  DayRow,
  GapRow,
  MarketRow,
  StretchRow,
} from '../../console/answers/answers';
import { type ChartInterval, openOf, slotOf } from '../../console/chart/chart-interval';
import { DAY_MS, floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import { chance, priceAt } from './price-noise';

/** A market of generated candles, with what is to be seen on the console page. */
export interface MarketPlan {
  readonly pair: string;
  readonly seed: number;
  readonly price: number;
  readonly decimals: number;
  /** Share of the minutes that have a trade; 1 by default. */
  readonly traded?: number;
  /** UTC day. */
  readonly historyStart: string;
  /** UTC day; the market was there before its history by default. */
  readonly listedSince?: string;
  /** From, to, reason. */
  readonly gaps?: readonly (readonly [string, string, string])[];
  readonly disputed?: readonly string[];
  /** History is loaded from this day on; all of it by default. */
  readonly storedFrom?: string;
  readonly behindMinutes?: number;
  readonly endedAt?: string;
}

/** Days before today whose seal is still to come. */
const UNSEALED_DAYS = 2;
/** Samples within a candle, for its extremes. */
const SAMPLES = 8;

/** Answers as the query API gives them for a generated market, at any time. */
export class GeneratedMarket {
  /** Set anew, its answers change: a market that was behind catches up. */
  plan: MarketPlan;

  constructor(plan: MarketPlan) {
    this.plan = plan;
  }

  get market(): string {
    return `gate-io:${this.plan.pair}`;
  }

  row(nowMs: number): MarketRow {
    const { pair, historyStart, listedSince, endedAt, disputed = [], storedFrom } = this.plan;
    const seenToMs = this.#seenTo(nowMs);
    const [newest] = this.candles(
      '1m',
      { fromMs: seenToMs - 30 * MINUTE_MS, toMs: seenToMs },
      nowMs,
    ).slice(-1);
    const lostMs = this.#gaps().reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
    const beginMs = midnight(listedSince ?? historyStart);
    const sealedToMs = this.#sealedTo(nowMs);
    const left = storedFrom === undefined ? 0 : (midnight(storedFrom) - beginMs) / DAY_MS;
    return {
      market: this.market,
      exchange: 'gate-io',
      pair,
      close: newest?.close ?? null,
      closeTime: newest === undefined ? null : text(Date.parse(newest.time) + MINUTE_MS),
      settledTo: text(seenToMs - 2 * MINUTE_MS),
      seenTo: text(seenToMs),
      newest: newest?.time ?? null,
      liveSince: text(midnight('2026-09-01')),
      listedSince: listedSince === undefined ? null : text(midnight(listedSince)),
      endedAt: endedAt ?? null,
      behindSeconds: endedAt === undefined ? (floorTo(nowMs, MINUTE_MS) - seenToMs) / 1_000 : 0,
      historyStart,
      covered: cutPercent(sealedToMs - beginMs - lostMs, sealedToMs - beginMs),
      sealedTo: text(sealedToMs),
      gapCount: this.#gaps().length,
      gapMinutes: lostMs / MINUTE_MS,
      disputedDays: disputed.length,
      unsealedDays: endedAt === undefined ? UNSEALED_DAYS : 0,
      historyDaysLeft: left,
      historyDaysWaiting: 0,
      historyReadyAt: left === 0 ? null : text(nowMs + left * 41_000),
      problem: null,
    };
  }

  /** The candles that open in a range, oldest first. */
  candles(interval: ChartInterval, range: Range, nowMs: number): CandleRow[] {
    const rows: CandleRow[] = [];
    const toSlot = slotOf(interval, Math.min(range.toMs, this.#seenTo(nowMs)) - 1) + 1;
    const fromMs = Math.max(range.fromMs, this.#storedFrom());
    for (let slot = slotOf(interval, fromMs + MINUTE_MS - 1); slot < toSlot; slot++) {
      const row = openOf(interval, slot) >= fromMs && this.#candle(interval, slot, nowMs);
      if (row !== undefined && row !== false) rows.push(row);
    }
    return rows;
  }

  gaps(): GapRow[] {
    return this.#gaps().map(({ fromMs, toMs, reason }) => ({
      ...{ from: text(fromMs), to: text(toMs), reason },
      observedAt: text(toMs + 40 * MINUTE_MS),
    }));
  }

  /** The ledger's days, newest first. */
  days(nowMs: number): DayRow[] {
    const rows: DayRow[] = [];
    const fromMs = midnight(this.plan.historyStart);
    const endMs = floorTo(this.#seenTo(nowMs), DAY_MS);
    for (let dayMs = fromMs; dayMs < endMs; dayMs += DAY_MS) rows.unshift(this.#day(dayMs, nowMs));
    return rows;
  }

  coverage(nowMs: number): StretchRow[] {
    const { historyStart, listedSince, storedFrom, disputed = [] } = this.plan;
    const beginMs = midnight(listedSince ?? historyStart);
    const storedMs = storedFrom === undefined ? beginMs : midnight(storedFrom);
    const [sealedToMs, seenToMs] = [this.#sealedTo(nowMs), this.#seenTo(nowMs)];
    const todayMs = Math.max(sealedToMs, floorTo(seenToMs, DAY_MS));
    const endMs = this.plan.endedAt === undefined ? floorTo(nowMs, MINUTE_MS) : seenToMs;
    const plain = [
      stretch('before', midnight(historyStart), beginMs),
      stretch('missing', beginMs, storedMs),
      stretch('complete', storedMs, sealedToMs),
      stretch('unsealed', sealedToMs, todayMs),
      stretch('live', todayMs, seenToMs),
      stretch('behind', seenToMs, endMs),
    ];
    const marked = [
      ...disputed.map((day) => stretch('disputed', midnight(day), midnight(day) + DAY_MS)),
      ...this.#gaps().map(({ fromMs, toMs, reason }) => ({
        ...stretch('gap', fromMs, toMs),
        reason,
      })),
    ];
    return marked.reduce(cutInto, plain).filter(({ from, to }) => from < to);
  }

  #candle(interval: ChartInterval, slot: number, nowMs: number): CandleRow | undefined {
    const { decimals, price, seed } = this.plan;
    const [openMs, endMs] = [openOf(interval, slot), openOf(interval, slot + 1)];
    const minutes = this.#tradedMinutes(openMs, Math.min(endMs, this.#seenTo(nowMs)));
    if (minutes === 0) return undefined;
    const lengthMs = Math.min(endMs, this.#seenTo(nowMs)) - openMs;
    const prices = Array.from({ length: SAMPLES + 1 }, (_, index) =>
      priceAt(openMs + (lengthMs * index) / SAMPLES, { seed, base: price }),
    );
    const [open = 0, close = 0] = [prices[0], prices.at(-1)];
    const wick = Math.abs(close - open) * 0.35 * chance(slot, seed + 5);
    const volume = (minutes * (0.3 + chance(slot, seed + 9) ** 3 * 2) * 4_000) / price ** 0.8;
    return {
      time: text(openMs),
      open: open.toFixed(decimals),
      high: (Math.max(...prices) + wick).toFixed(decimals),
      low: Math.max(10 ** -decimals, Math.min(...prices) - wick).toFixed(decimals),
      close: close.toFixed(decimals),
      baseVolume: volume.toFixed(4),
      quoteVolume: openMs < midnight('2026-09-01') ? null : (volume * close).toFixed(decimals),
      minutes,
      closed: endMs <= this.#seenTo(nowMs),
      final: endMs <= this.#sealedTo(nowMs),
    };
  }

  #tradedMinutes(fromMs: number, toMs: number): number {
    const { traded = 1, seed } = this.plan;
    const lostMs = this.#gaps().reduce((sum, gap) => sum + overlapMs(gap, { fromMs, toMs }), 0);
    const left = Math.max(0, (toMs - fromMs - lostMs) / MINUTE_MS);
    if (left === 0 || traded === 1) return Math.round(left);
    if (left > 60) return Math.round(left * traded);
    let count = 0;
    for (let timeMs = fromMs; timeMs < toMs; timeMs += MINUTE_MS) {
      const isLost = this.#gaps().some((gap) => timeMs >= gap.fromMs && timeMs < gap.toMs);
      if (!isLost && chance(timeMs / MINUTE_MS, seed) < traded) count++;
    }
    return count;
  }

  #day(dayMs: number, nowMs: number): DayRow {
    const day = text(dayMs).slice(0, 10);
    const state = this.#stateOf(dayMs, nowMs);
    const isStored = state !== 'before' && state !== 'waiting';
    const isUnsealed = dayMs >= this.#sealedTo(nowMs);
    const range = { fromMs: dayMs, toMs: dayMs + DAY_MS };
    const lostMs = this.#gaps().reduce((sum, gap) => sum + overlapMs(gap, range), 0);
    // Busy and quiet days take turns, as they do.
    const share =
      (this.plan.traded ?? 1) *
      (this.plan.traded === undefined ? 1 : 0.4 + 0.9 * chance(dayMs / DAY_MS, 3));
    const minutes = Math.round(Math.min(1, share) * ((DAY_MS - lostMs) / MINUTE_MS));
    const isLive = dayMs >= midnight('2026-09-01');
    return {
      day,
      state,
      minutes: isStored ? minutes : null,
      absent: isStored ? 1_440 - lostMs / MINUTE_MS - minutes : null,
      gap: lostMs / MINUTE_MS,
      rejected: isStored ? 0 : null,
      corrected: isStored ? (chance(dayMs / DAY_MS, 8) > 0.9 ? 2 : 0) : null,
      suspects: [1, 2, 3]
        .slice(state === 'disputed' ? 0 : 3)
        .map((hour) => text(dayMs + hour * 3_600_000)),
      audits: isStored ? (state === 'disputed' ? 9 : isLive ? 2 : 1) : 0,
      source: isStored ? (isLive ? 'api' : 'archive') : null,
      sealedAt: isStored && !isUnsealed ? text(dayMs + 2.13 * DAY_MS) : null,
      dueAt: isStored && isUnsealed ? text(dayMs + 2 * DAY_MS) : null,
      askedAt: isStored ? text(dayMs + 2.13 * DAY_MS - 40_000) : null,
      refusal: null,
    };
  }

  #stateOf(dayMs: number, nowMs: number): DayRow['state'] {
    const { listedSince, disputed = [] } = this.plan;
    if (listedSince !== undefined && dayMs < midnight(listedSince)) return 'before';
    if (dayMs < this.#storedFrom()) return 'waiting';
    const range = { fromMs: dayMs, toMs: dayMs + DAY_MS };
    if (this.#gaps().some((gap) => overlapMs(gap, range) > 0)) return 'gap';
    if (dayMs >= this.#sealedTo(nowMs)) return 'unsealed';
    return disputed.includes(text(dayMs).slice(0, 10)) ? 'disputed' : 'sealed';
  }

  #storedFrom(): number {
    const { storedFrom, listedSince, historyStart } = this.plan;
    return midnight(storedFrom ?? listedSince ?? historyStart);
  }

  #seenTo(nowMs: number): number {
    const { endedAt, behindMinutes = 0 } = this.plan;
    if (endedAt !== undefined) return Date.parse(endedAt);
    return floorTo(nowMs, MINUTE_MS) - behindMinutes * MINUTE_MS;
  }

  #sealedTo(nowMs: number): number {
    if (this.plan.endedAt !== undefined) return floorTo(this.#seenTo(nowMs), DAY_MS);
    return floorTo(nowMs, DAY_MS) - UNSEALED_DAYS * DAY_MS;
  }

  #gaps(): (Range & { readonly reason: string })[] {
    return (this.plan.gaps ?? []).map(([from, to, reason]) => ({
      ...{ fromMs: Date.parse(from), toMs: Date.parse(to), reason },
    }));
  }
}

/** `[fromMs, toMs)`. */
export interface Range {
  readonly fromMs: number;
  readonly toMs: number;
}

function overlapMs(one: Range, other: Range): number {
  return Math.max(0, Math.min(one.toMs, other.toMs) - Math.max(one.fromMs, other.fromMs));
}

function stretch(state: StretchRow['state'], fromMs: number, toMs: number): StretchRow {
  return { state, from: text(fromMs), to: text(toMs), reason: null };
}

/** Puts a stretch in the place of what was there. */
function cutInto(stretches: StretchRow[], cut: StretchRow): StretchRow[] {
  return stretches
    .flatMap((old) => {
      if (old.to <= cut.from || old.from >= cut.to) return [old];
      return [
        { ...old, to: cut.from > old.from ? cut.from : old.from },
        { ...old, from: cut.to < old.to ? cut.to : old.to },
      ];
    })
    .concat(cut)
    .filter(({ from, to }) => from < to)
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}

function cutPercent(part: number, whole: number): string {
  if (part === whole) return '100';
  return (Math.floor((part / whole) * 10_000) / 100).toFixed(2);
}

function midnight(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

function text(timeMs: number): string {
  return new Date(Math.floor(timeMs / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
}
