import { queryOf, viewOf } from '../../../console/page/address';

const QUERY = '?market=gate-io:BTC_USDT&interval=5m&at=2026-03-04T10:05:00Z&day=2026-03-04';

it('has the whole view in its query, and back', () => {
  expect(viewOf(QUERY)).toEqual({
    market: 'gate-io:BTC_USDT',
    interval: '5m',
    atMs: Date.parse('2026-03-04T10:05:00Z'),
    dayMs: Date.parse('2026-03-04T00:00:00Z'),
  });
  expect(queryOf(viewOf(QUERY))).toBe(QUERY);
});

it('shows the newest hours of the first market where the query says nothing, or nonsense', () => {
  const nothing = { market: undefined, interval: '1h', atMs: undefined, dayMs: undefined };
  expect(viewOf('')).toEqual(nothing);
  expect(viewOf('?interval=2m&at=soon&day=x')).toEqual(nothing);
  expect(queryOf(viewOf(''))).toBe('?interval=1h');
});
