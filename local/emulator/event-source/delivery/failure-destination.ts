import type { EventRecord } from '../kafka-event';

/** Where records go that a function could not process. */
export interface FailureDestination {
  /**
   * Resolves once all of them are stored for good; where it rejects, some may be.
   *
   * @throws where they could not be stored
   */
  readonly send: (records: readonly EventRecord[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}
