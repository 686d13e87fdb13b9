import { type ChartInterval, isChartInterval } from '../chart/chart-interval';
import { addressOf, timeText } from '../answers/query-client';
import { dayText, readTime } from './times';

/** The state of the page: all of it is in the query of its address. */
export interface View {
  /** Undefined until it is known which markets there are. */
  readonly market: string | undefined;
  readonly interval: ChartInterval;
  /** The time in the middle of the chart; undefined if it follows the newest candle. */
  readonly atMs: number | undefined;
  /** Start of the UTC day whose ledger is open. */
  readonly dayMs: number | undefined;
}

const DEFAULT_INTERVAL: ChartInterval = '1h';

/** Reads the query of an address; what it lacks, or what is no view, is the default. */
export function viewOf(query: string): View {
  const parameters = new URLSearchParams(query);
  const interval = parameters.get('interval') ?? '';
  return {
    market: parameters.get('market') ?? undefined,
    interval: isChartInterval(interval) ? interval : DEFAULT_INTERVAL,
    atMs: readTime(parameters.get('at') ?? ''),
    dayMs: readTime(parameters.get('day') ?? ''),
  };
}

/** The inverse of {@link viewOf}: `?market=gate-io:BTC_USDT&interval=1m`. */
export function queryOf({ market, interval, atMs, dayMs }: View): string {
  return addressOf('', {
    ...(market !== undefined && { market }),
    interval,
    ...(atMs !== undefined && { at: timeText(atMs) }),
    ...(dayMs !== undefined && { day: dayText(dayMs) }),
  });
}
