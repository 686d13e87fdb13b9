/** What happens, and when: simulated time, one event after the other. */
export interface Scheduler {
  /** The simulated time. */
  readonly nowMs: () => number;
  /** Lets something happen after a delay; events of one time happen in the order they were asked for. */
  after(delayMs: number, happen: () => void): void;
  /** Runs until nothing is left to happen, or the time is over; says whether it came to rest. */
  run(untilMs: number): Promise<boolean>;
  /** Notes what happens, for the trace and the fingerprint. */
  note(kind: string, subject: string, detail?: () => string): void;
  /** A number that follows from everything noted so far: equal for equal runs. */
  fingerprint(): number;
}

interface Event {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

/**
 * A scheduler of simulated time. Between two events it waits until every
 * promise has gone as far as it can, so that what the events are, and their
 * order, follows from the seed alone.
 *
 * @param trace told of everything that is noted
 */
export function createScheduler(startMs: number, trace?: (line: string) => void): Scheduler {
  const events = createHeap();
  let nowMs = startMs;
  let order = 0;
  let hash = 0x811c9dc5;
  return {
    nowMs: () => nowMs,
    after(delayMs, happen) {
      events.push({ atMs: nowMs + Math.max(0, delayMs), order: order++, happen });
    },
    async run(untilMs) {
      for (let event = events.pop(); event !== undefined; event = events.pop()) {
        if (event.atMs > untilMs) {
          events.push(event);
          return false;
        }
        nowMs = event.atMs;
        event.happen();
        await quiescence();
      }
      return true;
    },
    note(kind, subject, detail) {
      hash = mixed(mixed(mixed(hash, String(nowMs)), kind), subject);
      trace?.(`${new Date(nowMs).toISOString()} ${kind} ${subject} ${detail?.() ?? ''}`);
    },
    fingerprint: () => hash,
  };
}

/** Resolves once all promises that can go on have done so: Node empties the microtasks before the next tick. */
function quiescence(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** FNV-1a over the text's characters. */
function mixed(hash: number, text: string): number {
  let result = hash;
  for (let at = 0; at < text.length; at++) {
    result = Math.imul(result ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return result;
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

/** A binary heap: the earliest event is at its top. */
function createHeap() {
  const heap: Event[] = [];
  return {
    push(event: Event): void {
      let at = heap.length;
      while (at > 0) {
        const parentAt = (at - 1) >> 1;
        const parent = heap[parentAt] as Event;
        if (!isBefore(event, parent)) break;
        heap[at] = parent;
        at = parentAt;
      }
      heap[at] = event;
    },
    pop(): Event | undefined {
      const top = heap[0];
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(heap, last);
      return top;
    },
  };
}

function sink(heap: Event[], event: Event): void {
  let at = 0;
  for (;;) {
    const left = 2 * at + 1;
    if (left >= heap.length) break;
    const right = left + 1;
    const child =
      right < heap.length && isBefore(heap[right] as Event, heap[left] as Event) ? right : left;
    if (!isBefore(heap[child] as Event, event)) break;
    heap[at] = heap[child] as Event;
    at = child;
  }
  heap[at] = event;
}
