import { rateMsOf } from '../../cli/schedule-rate';

test.each([
  ['rate(1 minute)', 60_000],
  ['rate(5 minutes)', 300_000],
  ['rate(1 hour)', 3_600_000],
  ['rate(2 days)', 172_800_000],
])('%s is %i ms', (expression, ms) => {
  expect(rateMsOf(expression)).toBe(ms);
});

test.each(['cron(0 * * * ? *)', 'rate(1 week)', 'rate(minute)', ''])(
  '%j is no rate',
  (expression) => {
    expect(rateMsOf(expression)).toBeUndefined();
  },
);
