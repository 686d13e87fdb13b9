/** The topics of the pipeline, by what their records hold. */
export const TOPICS = {
  /** Segments as they were observed, keyed by the market. */
  observed: 'candles.observed',
  /** Segments with their windows, keyed by the market. */
  rolled: 'candles.rolled',
  /** Records that can never be processed, keyed as they were. */
  deadLetter: 'candles.dead-letter',
} as const;

/** The name of one of the topics. */
export type Topic = (typeof TOPICS)[keyof typeof TOPICS];
