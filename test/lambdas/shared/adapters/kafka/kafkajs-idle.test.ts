import RequestQueue from 'kafkajs/src/network/requestQueue';
import { quietIdleConnections } from '../../../../../lambdas/shared/adapters/kafka/kafkajs-idle';

/** The fields of a queue that scheduling uses. */
function queueWith(pending: readonly unknown[]) {
  let checks = 0;
  return {
    pending,
    throttledUntil: -1,
    throttleCheckTimeoutId: null as NodeJS.Timeout | null,
    checkPendingRequests: () => {
      checks++;
    },
    checked: () => checks,
  };
}

function schedule(queue: ReturnType<typeof queueWith>): void {
  RequestQueue.prototype.scheduleCheckPendingRequests.call(queue as never);
}

describe('quietIdleConnections', () => {
  beforeAll(() => {
    quietIdleConnections();
    quietIdleConnections();
  });
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('schedules nothing while nothing is pending', () => {
    const queue = queueWith([]);

    schedule(queue);

    expect(queue.throttleCheckTimeoutId).toBeNull();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('still has pending requests checked, once', () => {
    const queue = queueWith([{}]);

    schedule(queue);
    schedule(queue);

    expect(jest.getTimerCount()).toBe(1);
    jest.runAllTimers();
    expect(queue.checked()).toBe(1);
  });
});
