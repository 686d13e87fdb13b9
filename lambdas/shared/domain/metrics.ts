/**
 * Every metric that the functions publish, with its unit. CloudWatch keeps them
 * by function, in the dimension `service`.
 */
export const METRICS = {
  // fetch
  /** Markets whose missing minutes start longer before the tick than the stage takes for normal, or whose progress cannot be read. */
  MarketsBehind: 'Count',
  /** From the oldest minute of any market that was not asked for and stored yet to the tick. */
  WorstLag: 'Seconds',
  /** Until the exchange forgets that minute; all it serves if nothing is missing. */
  RetentionLeft: 'Seconds',
  /** The fewest requests that the exchange said it would still take, of all its answers in a tick. */
  RateLimitHeadroom: 'Count',
  /** Minutes that the exchange answered, repeated ones too. */
  MinutesObserved: 'Count',
  /** From the end of the newest minute that ever came, of any of the markets that are asked for, to the tick: no value if none is asked for. */
  NewestMinuteAge: 'Seconds',
  /** Markets that the exchange failed for. */
  MarketsNotFetched: 'Count',
  /** Markets that the tick had no time left for. */
  MarketsDeferred: 'Count',
  /** Markets that the exchange says it does not know, and that have not ended yet. */
  MarketsUnknown: 'Count',
  /** Markets that ended: the exchange has not known them for a day. Each is counted once. */
  MarketsEnded: 'Count',
  /** Listings of an exchange that were not believed: not given, empty or cut. */
  ListingsDoubted: 'Count',
  /** Markets followed by their names of which no candle has come for longer than the stage says. */
  MarketsSilent: 'Count',
  /** Answers that end before a minute that came earlier. */
  StaleAnswers: 'Count',
  /** Ends of ranges that were asked for once more, since their answer was empty or cut. */
  RangesAskedAgain: 'Count',
  // Rows of the exchange that cannot be candles, by kind.
  /** Too few columns, or columns that are not texts. */
  RejectedShapes: 'Count',
  /** Prices or volumes that are no numbers. */
  RejectedNumbers: 'Count',
  /** Prices that contradict each other, or are not positive; negative volumes; rows of one minute that differ. */
  RejectedPrices: 'Count',
  /** Times that were not asked for. */
  RejectedTimes: 'Count',
  /** Candles whose quote volume does not fit their base volume and prices; they are stored. */
  ImplausibleVolumes: 'Count',
  // Failed requests to the exchange, by what kind of failure they met.
  ExchangeRateLimited: 'Count',
  ExchangeServerError: 'Count',
  ExchangeNetworkError: 'Count',
  ExchangeTimedOut: 'Count',
  /** Requests that met a ban of this address; nothing is sent until it ends. */
  ExchangeBanned: 'Count',
  /** The exchange does not serve the region of this address. */
  ExchangeRegionRefused: 'Count',
  ExchangeUnknownPair: 'Count',
  ExchangeRefused: 'Count',
  ExchangeMalformed: 'Count',
  ExchangeUnexpected: 'Count',
  // transform
  MinutesRolledUp: 'Count',
  // persist
  /** Rows of the table `candles`. */
  CandlesStored: 'Count',
  /** Ranges that the exchange no longer served when live minutes were asked for; not those of history, or before a market's first minutes. */
  Gaps: 'Count',
  /** Gaps that a good row or an audit has filled. */
  GapsFilled: 'Count',
  /** Days whose audit was stored. */
  AuditsStored: 'Count',
  /** Days that were sealed although their audits do not agree; each is counted once. */
  DaysSealedDisputed: 'Count',
  /** Stored one-minute candles that audits changed or deleted, and those that they added to a day that was audited before. */
  CandlesCorrected: 'Count',
  // reconcile
  /** Days of history that are to be had, and have never been stored; those that wait for the archive are not counted. */
  HistoryDaysLeft: 'Count',
  /** 1 if such days are left and none of the exchange was stored for the first time in the last hour, otherwise 0. */
  HistoryStands: 'Count',
  /** Days of the API that were to be asked for more than a day ago, and days of the archive that were refused for more than a day. */
  DaysOverdue: 'Count',
  /** Sealed days whose audits did not agree. */
  DaysDisputed: 'Count',
  /** Days under way: asked for, and not stored yet. */
  DaysUnderWay: 'Count',
  /** Share of the minutes that are no gap, in the sealed days of the last 30: of the worst market. */
  Completeness: 'Percent',
  /** Days that the exchange or its archive did not give. */
  DaysNotRead: 'Count',
  /** Rows, days or files of the archive that are wrong. */
  ArchiveRefused: 'Count',
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
} as const;

/** The name of a metric. */
export type MetricName = keyof typeof METRICS;
