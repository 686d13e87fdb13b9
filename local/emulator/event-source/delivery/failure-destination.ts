import type { EventRecord } from '../kafka-event';

/** Takes records that a function could not process. */
export interface FailureDestination {
  /**
   * Resolves once all of them are stored for good; if it rejects, some may be.
   *
   * @throws if they could not be stored
   */
  readonly send: (records: readonly EventRecord[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}
