/**
 * Every metric that the functions publish, with its unit. CloudWatch keeps them
 * by function, in the dimension `service`.
 */
export const METRICS = {
  // fetch
  /** Pairs whose missing minutes start longer before the tick than the stage takes for normal. */
  PairsBehind: 'Count',
  /** From the oldest missing minute of any pair to the tick. */
  WorstLag: 'Seconds',
  /** Until the exchange forgets that minute; all it serves where nothing is missing. */
  RetentionLeft: 'Seconds',
  /** The fewest requests that the exchange said it would still take, of all its answers in a tick. */
  RateLimitHeadroom: 'Count',
  MinutesObserved: 'Count',
  /** Pairs that the exchange failed for. */
  PairsNotFetched: 'Count',
  /** Pairs that the tick had no time left for. */
  PairsDeferred: 'Count',
  // Failed requests to the exchange, by what kind of failure they met.
  ExchangeRateLimited: 'Count',
  ExchangeServerError: 'Count',
  ExchangeNetworkError: 'Count',
  ExchangeTimedOut: 'Count',
  ExchangeUnknownPair: 'Count',
  ExchangeRefused: 'Count',
  ExchangeMalformed: 'Count',
  ExchangeUnexpected: 'Count',
  // transform
  MinutesRolledUp: 'Count',
  // persist
  /** Rows of the table `candles`. */
  CandlesStored: 'Count',
  Gaps: 'Count',
  // transform and persist
  DeadLetters: 'Count',
  // all three
  /** Attempts that the database failed, those that a repetition mended too; without throttles. */
  DatabaseErrors: 'Count',
  /** Attempts that the database throttled: overloaded, or a read or a write that timed out in it. */
  DatabaseThrottles: 'Count',
  /** Appends that Kafka did not take, after their repetitions. */
  KafkaErrors: 'Count',
  /** Invocations that failed, whole or for some of their records. */
  Failures: 'Count',
  /** Of an invocation. */
  Duration: 'Milliseconds',
} as const;

/** The name of a metric. */
export type MetricName = keyof typeof METRICS;
