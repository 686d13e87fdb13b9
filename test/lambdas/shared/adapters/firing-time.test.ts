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

describe('firingTime', () => {
  it('is the time of the event', () => {
    expect(firingTime(EVENT)).toBe(Date.UTC(2015, 9, 8, 16, 53, 6));
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
    expect(() => firingTime(event)).toThrow(InvalidScheduledEventError);
    expect(() => firingTime(event)).toThrow(/^Not a scheduled event: .*; expected "time"/);
  });

  it('shows only the beginning of what it refuses', () => {
    expect(() => firingTime({ time: 'x'.repeat(5_000) })).toThrow(/^.{0,400}$/s);
  });
});
