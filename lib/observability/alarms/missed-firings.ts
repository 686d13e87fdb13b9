import { Duration } from 'aws-cdk-lib';
import type { Function } from 'aws-cdk-lib/aws-lambda';
import { type AlarmSpec, SILENCE_BREACHES } from './alarm-spec';

/** Firings of a scheduled function. */
export interface Firings {
  /** Invocations of a firing: one for each exchange and shard. */
  readonly parts: number;
  readonly everyMinutes: number;
  /** Firings that are missed one after another. */
  readonly missed: number;
}

/** The newest period may not be counted in full yet, and a firing near its edge may fall into the next one. */
const COUNTED_PERIODS = 2;

/**
 * The values of an alarm for firings that do not happen. Lambda counts the
 * invocations of all parts together: of one part, each period without any is
 * bad; of several, a period that lacks more than half of the firings of one.
 */
export function missedFirings(
  watched: Function,
  { parts, everyMinutes, missed }: Firings,
): Pick<AlarmSpec, 'metric' | 'threshold' | 'period' | 'periods' | 'missing'> {
  const metric = watched.metricInvocations({ statistic: 'Sum' });
  // A function that is not invoked reports no value, not even 0.
  const missing = SILENCE_BREACHES;
  if (parts === 1) {
    const period = Duration.minutes(everyMinutes);
    return { metric, threshold: { below: 1 }, period, periods: missed, missing };
  }
  const threshold = { below: missed * (parts - 1) + Math.ceil(missed / 2) };
  const period = Duration.minutes(missed * everyMinutes);
  return { metric, threshold, period, periods: COUNTED_PERIODS, missing };
}
