import { requestShares } from '../../../lib/stages/request-shares';

test.each([
  [2, { fetch: 1, reconcile: 1 }],
  [7, { fetch: 6, reconcile: 1 }],
  [180, { fetch: 144, reconcile: 36 }],
  [190, { fetch: 152, reconcile: 38 }],
])('of %d requests reconcile gets a fifth, at least one, and fetch the rest', (all, shares) => {
  expect(requestShares(all)).toEqual(shares);
});

test('together they never send more than the exchange answers', () => {
  for (let all = 2; all <= 190; all++) {
    const { fetch, reconcile } = requestShares(all);
    expect(fetch + reconcile).toBe(all);
    expect(Math.min(fetch, reconcile)).toBeGreaterThan(0);
  }
});
