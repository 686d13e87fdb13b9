import type { MappingTemplate } from '../template/mapping-template';
import type { EventOrigin, SourceRecord } from './kafka-event';
import { PAYLOAD_LIMIT_BYTES, RecordBacklog, type Taken } from './record-backlog';
import { WakeSignal } from './wake-signal';

/** The limit of waiting JSON: the next event is there while one is at work, and no more. */
const BACKLOG_LIMIT_BYTES = PAYLOAD_LIMIT_BYTES;

/**
 * Records that wait for their event: one of up to `batchSize` records and 6 MB,
 * made once the window has passed or the event is full.
 */
export class EventQueue {
  readonly #windowMs: number;
  readonly #backlog: RecordBacklog;
  readonly #changes = new WakeSignal();
  #hasEnded = false;

  constructor(
    origin: EventOrigin,
    { batchSize, windowMs }: Pick<MappingTemplate, 'batchSize' | 'windowMs'>,
  ) {
    this.#windowMs = windowMs;
    this.#backlog = new RecordBacklog(origin, {
      records: batchSize,
      payloadBytes: PAYLOAD_LIMIT_BYTES,
    });
  }

  add(records: readonly SourceRecord[]): void {
    this.#backlog.add(records);
    this.#changes.notify();
  }

  clear(): void {
    this.#backlog.clear();
    this.#changes.notify();
  }

  /** Nothing more is taken. */
  end(): void {
    this.#hasEnded = true;
    this.#changes.notify();
  }

  /** Resolves with true if more records may come; waits for that for `limitMs` at most. */
  async hasRoom(limitMs: number): Promise<boolean> {
    if (this.#backlog.bytes < BACKLOG_LIMIT_BYTES) return true;
    await this.#changes.next(limitMs);
    return this.#backlog.bytes < BACKLOG_LIMIT_BYTES;
  }

  /** Takes the records of the next event once it is due; undefined at the end. */
  async next(): Promise<Taken | undefined> {
    while (this.#isOpen()) {
      await this.#due();
      const taken = this.#isOpen() ? this.#backlog.take() : undefined;
      if (!taken) continue;
      this.#changes.notify();
      return taken;
    }
    return undefined;
  }

  /** Waits for a first record, then until the window has passed or the event is full. */
  async #due(): Promise<void> {
    while (this.#isOpen() && this.#backlog.size === 0) await this.#changes.next();
    const untilMs = performance.now() + this.#windowMs;
    const isFilling = (): boolean => this.#backlog.size > 0 && !this.#backlog.fillsAnEvent;
    while (this.#isOpen() && isFilling()) {
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return;
      await this.#changes.next(leftMs);
    }
  }

  #isOpen(): boolean {
    return !this.#hasEnded;
  }
}
