import { MINUTE_MS } from '../../domain/interval';

/**
 * What Gate.io decides, and nobody sets.
 * Source: the Gate.io API v4 documentation, "Market candlesticks" and "Frequency limit rule".
 */
export const GATE_IO = {
  /** Its name in keys, tables and logs. */
  exchange: 'gate-io',
  /** It publishes late and corrects its newest candles: younger minutes are asked for again. */
  settlingMs: 2 * MINUTE_MS,
  /** Its silence about a minute is believed after this: a choice, to be safe. */
  silenceMs: 60 * MINUTE_MS,
  /** The most minutes that one request may ask for. */
  pageMinutes: 1_000,
  /** How many minutes back it serves one-minute candles. */
  servedMinutes: 10_000,
  /** Its archive of past months. */
  archiveUrl: 'https://download.gatedata.org',
  /** How many requests of one address it answers in 10 s. */
  answeredPer10Seconds: 200,
} as const;
