import {
  array,
  boolean,
  type InferOutput,
  nullable,
  number,
  object,
  optional,
  picklist,
  string,
} from 'valibot';

/** A time, ISO 8601 in UTC: `2026-01-15T07:00:00Z`. */
const time = string();

const market = object({
  market: string(),
  exchange: string(),
  pair: string(),
  close: nullable(string()),
  closeTime: nullable(time),
  settledTo: nullable(time),
  seenTo: nullable(time),
  newest: nullable(time),
  liveSince: nullable(time),
  listedSince: nullable(time),
  endedAt: nullable(time),
  behindSeconds: number(),
  historyStart: string(),
  covered: nullable(string()),
  sealedTo: nullable(time),
  gapCount: number(),
  gapMinutes: number(),
  disputedDays: number(),
  unsealedDays: number(),
  historyDaysLeft: number(),
  historyDaysWaiting: number(),
  historyReadyAt: nullable(time),
  /** Why the market cannot be accounted for. */
  problem: nullable(string()),
});

const candle = object({
  time,
  open: string(),
  high: string(),
  low: string(),
  close: string(),
  baseVolume: string(),
  quoteVolume: nullable(string()),
  minutes: number(),
  closed: boolean(),
  final: boolean(),
});

const range = { from: time, to: time, reason: string() };

const stretch = object({
  from: time,
  to: time,
  state: picklist([
    'before',
    'missing',
    'unsealed',
    'complete',
    'disputed',
    'gap',
    'live',
    'behind',
  ]),
  reason: optional(nullable(string())),
  dueAt: optional(nullable(time)),
});

const day = object({
  day: string(),
  state: picklist(['sealed', 'disputed', 'unsealed', 'waiting', 'gap', 'before']),
  minutes: nullable(number()),
  absent: nullable(number()),
  gap: number(),
  rejected: nullable(number()),
  corrected: nullable(number()),
  suspects: array(time),
  audits: number(),
  source: nullable(string()),
  sealedAt: nullable(time),
  dueAt: nullable(time),
  askedAt: nullable(time),
  refusal: nullable(string()),
});

/** `/v1/markets`, worst first. */
export const marketsAnswer = object({ now: time, stage: string(), markets: array(market) });

/** `/v1/candles`. `next` is the `from` of the next page; null on the last one. */
export const candlesAnswer = object({
  market: string(),
  interval: string(),
  candles: array(candle),
  gaps: array(object(range)),
  next: nullable(time),
});

/** `/v1/coverage`: all of a market's time, oldest first. */
export const coverageAnswer = object({
  market: string(),
  from: time,
  to: time,
  covered: nullable(string()),
  stretches: array(stretch),
});

/** `/v1/gaps`. */
export const gapsAnswer = object({
  market: string(),
  gaps: array(object({ ...range, observedAt: nullable(time) })),
});

/** `/v1/days`, newest first. */
export const daysAnswer = object({ market: string(), days: array(day) });

/** `/v1/run`: the local run's state. */
export const runAnswer = object({
  functions: array(
    object({
      name: string(),
      invocations: number(),
      failures: number(),
      lastAt: nullable(time),
    }),
  ),
  topics: array(object({ topic: string(), waiting: number() })),
  deadLetters: number(),
});

export type MarketRow = InferOutput<typeof market>;
export type CandleRow = InferOutput<typeof candle>;
export type StretchRow = InferOutput<typeof stretch>;
export type StretchState = StretchRow['state'];
export type DayRow = InferOutput<typeof day>;
export type DayState = DayRow['state'];
export type GapRow = InferOutput<typeof gapsAnswer>['gaps'][number];
export type MarketsAnswer = InferOutput<typeof marketsAnswer>;
export type CandlesAnswer = InferOutput<typeof candlesAnswer>;
export type CoverageAnswer = InferOutput<typeof coverageAnswer>;
export type GapsAnswer = InferOutput<typeof gapsAnswer>;
export type DaysAnswer = InferOutput<typeof daysAnswer>;
export type RunAnswer = InferOutput<typeof runAnswer>;
