import { batchOutcome } from './batch-outcome';
import {
  delayAfter,
  type Delivery,
  type DeliveryRun,
  type RetryDelays,
  untilDone,
} from './delivery';
import type { DiscardReason, EventSourceProblem } from '../event-source-problem';
import type { FailureDestination } from './failure-destination';
import type { InvocationFailure } from '../../lambda/invoker';
import { type EventRecord, positionOf } from '../kafka-event';
import type { BoundedFailures } from '../../template/mapping-failures';
import { pause } from '../run-end';

/** A destination by the name of its topic. */
export interface NamedDestination {
  readonly name: string;
  readonly port: FailureDestination;
}

/** Options for bounded retries. */
export interface BoundedRetriesOptions {
  readonly failures: BoundedFailures;
  /** Takes discarded records; null if they are dropped. */
  readonly destination: NamedDestination | null;
  readonly delays: RetryDelays;
  readonly report: (problem: EventSourceProblem) => void;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** Records that are tried together, and how often they were tried again before. */
interface Piece {
  readonly records: readonly EventRecord[];
  readonly retries: number;
}

/** Null if the run lost interest. */
type LeftToTry = readonly Piece[] | null;

/**
 * The error controls of provisioned mode. A batch that failed is tried again:
 * with bisect as two halves, one after the other, so that a partition's records
 * stay in order; of a partial answer only what failed. A record that is still
 * undone after its retries, or has become too old, is discarded: to the
 * destination, which must acknowledge it, or dropped if there is none.
 *
 * A split does not count as a retry, as the developer guide says of Kinesis;
 * of Kafka it does not say. An answer that names every record is split too.
 */
export class BoundedRetries implements Delivery {
  readonly #options: BoundedRetriesOptions;

  constructor(options: BoundedRetriesOptions) {
    this.#options = options;
  }

  async deliver(records: readonly EventRecord[], run: DeliveryRun): Promise<boolean> {
    let pieces: readonly Piece[] = [{ records, retries: 0 }];
    for (;;) {
      const [piece, ...others] = pieces;
      if (!piece) return true;
      const left = run.isWanted() ? await this.#deliverPiece(piece, run) : null;
      if (!left) return false;
      pieces = [...left, ...others];
    }
  }

  deliverOversized(record: EventRecord, jsonBytes: number, run: DeliveryRun): Promise<boolean> {
    return this.#discard([record], { kind: 'too-large', jsonBytes }, run);
  }

  async #deliverPiece(piece: Piece, run: DeliveryRun): Promise<LeftToTry> {
    const tooOld = piece.records.filter((record) => this.#isTooOld(record));
    if (tooOld.length > 0) return this.#discardTooOld(piece, tooOld, run);
    const { reportsItemFailures } = this.#options.failures;
    const result = await run.invoke(piece.records);
    const { succeeded, failed, failure } = batchOutcome(result, piece.records, reportsItemFailures);
    run.settle(succeeded);
    if (!failure) return [];
    if (!run.isWanted()) return null;
    const left = { ...piece, records: failed };
    return succeeded.length === 0 && this.#options.failures.bisect && failed.length > 1
      ? this.#split(left, failure)
      : this.#retry(left, failure, run);
  }

  #isTooOld({ timestamp }: EventRecord): boolean {
    return this.#options.now() - timestamp > this.#options.failures.maxRecordAgeMs;
  }

  async #discardTooOld(
    { records, retries }: Piece,
    tooOld: readonly EventRecord[],
    run: DeliveryRun,
  ): Promise<LeftToTry> {
    const { maxRecordAgeMs } = this.#options.failures;
    if (!(await this.#discard(tooOld, { kind: 'too-old', maxRecordAgeMs }, run))) return null;
    const discarded = new Set(tooOld);
    const left = records.filter((record) => !discarded.has(record));
    return left.length === 0 ? [] : [{ records: left, retries }];
  }

  /** Halves are tried at once: it is the records that are in doubt, not the moment. */
  #split({ records, retries }: Piece, failure: InvocationFailure): LeftToTry {
    this.#reportFailure({ records, retries }, failure);
    const middle = Math.ceil(records.length / 2);
    return [records.slice(0, middle), records.slice(middle)].map((half) => ({
      records: half,
      retries,
    }));
  }

  async #retry(piece: Piece, failure: InvocationFailure, run: DeliveryRun): Promise<LeftToTry> {
    const { retryAttempts } = this.#options.failures;
    if (piece.retries >= retryAttempts) {
      const reason = { kind: 'retries-used-up', retryAttempts, failure } as const;
      return (await this.#discard(piece.records, reason, run)) ? [] : null;
    }
    this.#reportFailure(piece, failure);
    await pause(delayAfter(piece.retries + 1, this.#options.delays), run.ending);
    return [{ ...piece, retries: piece.retries + 1 }];
  }

  #reportFailure({ records, retries }: Piece, failure: InvocationFailure): void {
    const { report } = this.#options;
    report({ kind: 'batch-failed', attempt: retries + 1, records: records.length, failure });
  }

  async #discard(
    records: readonly EventRecord[],
    reason: DiscardReason,
    run: DeliveryRun,
  ): Promise<boolean> {
    const { destination, delays, report } = this.#options;
    const positions = records.map(positionOf);
    if (!destination) {
      report({ kind: 'records-dropped', records: positions, reason });
      run.settle(records);
      return true;
    }
    const { name, port } = destination;
    const send = async (): Promise<void> => {
      await run.waitFor(port.send(records));
      report({ kind: 'records-sent', destination: name, records: positions, reason });
      run.settle(records);
    };
    return untilDone(run, delays, send, (error) =>
      report({ kind: 'destination-failed', destination: name, error }),
    );
  }
}
