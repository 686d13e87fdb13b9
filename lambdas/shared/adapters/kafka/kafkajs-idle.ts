// The class is not part of kafkajs' public interface, so it has no types.
import RequestQueue from 'kafkajs/src/network/requestQueue';

interface PendingRequests {
  readonly pending: readonly unknown[];
}

let quiet = false;

/**
 * Keeps kafkajs 2.2.4 from spinning: after its first response each connection
 * sets a timer in the past, about a thousand times a second for as long as it
 * is open, although no request is pending. With this, it sets a timer only if a
 * request is pending. Safe to call more than once.
 * Source: kafkajs issue 1751, and the change proposed in its pull request 1768.
 */
export function quietIdleConnections(): void {
  if (quiet) return;
  quiet = true;
  const prototype = RequestQueue.prototype;
  // eslint-disable-next-line @typescript-eslint/unbound-method -- called with its queue below
  const schedule = prototype.scheduleCheckPendingRequests;
  prototype.scheduleCheckPendingRequests = function (this: PendingRequests) {
    if (this.pending.length > 0) schedule.call(this);
  };
}
