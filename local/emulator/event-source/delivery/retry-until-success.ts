import { type Delivery, type DeliveryRun, type RetryDelays, untilDone } from './delivery';
import type { EventSourceProblem } from '../event-source-problem';
import { type InvocationFailure, invocationFailureText } from '../../lambda/invoker';
import { type EventRecord, positionOf } from '../kafka-event';

/** A batch that the function did not take. */
class FailedBatchError extends Error {
  override readonly name = 'FailedBatchError';
  readonly failure: InvocationFailure;

  constructor(failure: InvocationFailure) {
    super(invocationFailureText(failure));
    this.failure = failure;
  }
}

/**
 * On-demand mode: a failed batch is tried again, whole, until it succeeds; what
 * the function answers does not matter.
 */
export class RetryUntilSuccess implements Delivery {
  readonly #delays: RetryDelays;
  readonly #report: (problem: EventSourceProblem) => void;

  constructor(delays: RetryDelays, report: (problem: EventSourceProblem) => void) {
    this.#delays = delays;
    this.#report = report;
  }

  deliver(records: readonly EventRecord[], run: DeliveryRun): Promise<boolean> {
    const attempt = async (): Promise<void> => {
      const result = await run.invoke(records);
      if (!result.ok) throw new FailedBatchError(result);
      run.settle(records);
    };
    return untilDone(run, this.#delays, attempt, (error, attemptNumber) => {
      if (!(error instanceof FailedBatchError)) throw error;
      const { failure } = error;
      this.#report({
        kind: 'batch-failed',
        attempt: attemptNumber,
        records: records.length,
        failure,
      });
    });
  }

  deliverOversized(record: EventRecord, jsonBytes: number, run: DeliveryRun): Promise<boolean> {
    this.#report({
      kind: 'records-dropped',
      records: [positionOf(record)],
      reason: { kind: 'too-large', jsonBytes },
    });
    run.settle([record]);
    return Promise.resolve(true);
  }
}
