import {
  InvalidScheduledEventError,
  firingTime,
} from '../../../../lambdas/shared/adapters/firing-time';

/** As the EventBridge user guide shows a scheduled event. */
const EVENT = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2015-10-08T16:53:06Z',
  region: 'us-east-1',
  resources: ['arn:aws:events:us-east-1:123456789012:rule/my-scheduled-rule'],
  detail: {},
};

const TIME = Date.UTC(2015, 9, 8, 16, 53, 6);
const CLOCK = { nowMs: TIME };
const MINUTE_MS = 60_000;

describe('firingTime', () => {
  it('is the time of the event', () => {
    expect(firingTime(EVENT, CLOCK)).toBe(TIME);
    expect(firingTime(EVENT, { nowMs: TIME + 1e12 })).toBe(TIME);
  });

  it('may be some minutes ahead of the clock, and no more', () => {
    expect(firingTime(EVENT, { nowMs: TIME - 5 * MINUTE_MS })).toBe(TIME);
    expect(() => firingTime(EVENT, { nowMs: TIME - 5 * MINUTE_MS - 1 })).toThrow(
      new InvalidScheduledEventError(
        "The time of the scheduled event, 2015-10-08T16:53:06.000Z, is more than 5 min ahead of this function's clock, 2015-10-08T16:48:05.999Z: fire with a time that has come",
      ),
    );
  });

  it('may be further ahead where firings are simulated', () => {
    const nowMs = TIME - 180 * MINUTE_MS;

    expect(firingTime(EVENT, { nowMs, mostAheadMinutes: 180 })).toBe(TIME);
  });

  it.each([
    ['no event', undefined],
    ['null', null],
    ['a text', '2015-10-08T16:53:06Z'],
    ['an event without a time', { source: 'aws.events' }],
    ['a time that is no text', { time: 1_444_323_186 }],
    ['a day without a time', { time: '2015-10-08' }],
    ['no instant at all', { time: 'now' }],
  ])('refuses %s', (_, event) => {
    expect(() => firingTime(event, CLOCK)).toThrow(InvalidScheduledEventError);
    expect(() => firingTime(event, CLOCK)).toThrow(/^Not a scheduled event: .*; expected "time"/);
  });

  it('shows only the beginning of what it refuses', () => {
    expect(() => firingTime({ time: 'x'.repeat(5_000) }, CLOCK)).toThrow(/^.{0,400}$/s);
  });
});
