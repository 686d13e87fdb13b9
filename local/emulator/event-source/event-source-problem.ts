import type { InvocationFailure } from '../lambda/invoker';
import type { RecordPosition } from './kafka-event';

export type { RecordPosition } from './kafka-event';

/** The reason why records are not tried any more. */
export type DiscardReason =
  | { readonly kind: 'too-large'; readonly jsonBytes: number }
  | { readonly kind: 'too-old'; readonly maxRecordAgeMs: number }
  | {
      readonly kind: 'retries-used-up';
      readonly retryAttempts: number;
      readonly failure: InvocationFailure;
    };

/** A problem that an event source reports. */
export type EventSourceProblem =
  /** All of it, or half of it at a time, is tried again. */
  | {
      readonly kind: 'batch-failed';
      readonly attempt: number;
      readonly records: number;
      readonly failure: InvocationFailure;
    }
  /** There is no destination for them. */
  | {
      readonly kind: 'records-dropped';
      readonly records: readonly RecordPosition[];
      readonly reason: DiscardReason;
    }
  /** The destination has acknowledged them. */
  | {
      readonly kind: 'records-sent';
      readonly destination: string;
      readonly records: readonly RecordPosition[];
      readonly reason: DiscardReason;
    }
  /** It is tried again. */
  | { readonly kind: 'destination-failed'; readonly destination: string; readonly error: unknown }
  | { readonly kind: 'commit-failed'; readonly error: unknown };
