import * as v from 'valibot';
import { group, oneOfKinds, together, wholeNumber } from './setting-values';
import { eventSourceProblem } from '../stage-limits';

/** Records that an event source hands to its function at once. */
const Batches = group({
  /** The most records of one invocation. */
  batchSize: wholeNumber(1, 10_000),
  /** Time for which records are gathered before an invocation; 0 for none. */
  windowSeconds: wholeNumber(0, 300),
});

/** Pollers that AWS scales and does not charge for: a failed batch is retried until it succeeds. */
const OnDemand = group({ kind: v.literal('on-demand') });

/** Pollers that are paid by the hour, with all error controls. */
const Provisioned = v.pipe(
  group({
    kind: v.literal('provisioned'),
    minPollers: wholeNumber(1, 200),
    maxPollers: wholeNumber(1, 2_000),
    /** Retries of a failed record, after which it goes to `candles.undelivered`. */
    retryAttempts: wholeNumber(0, 10),
  }),
  together(eventSourceProblem),
);

/** The platform has no Kafka event source: something outside the stage invokes the functions. */
const None = group({ kind: v.literal('none') });

/** Event sources of a stage. */
export const EventSourceSettings = group({
  mode: oneOfKinds([OnDemand, Provisioned, None]),
  transform: Batches,
  persist: Batches,
});
