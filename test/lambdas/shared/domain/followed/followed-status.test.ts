import { followedStatus } from '../../../../../lambdas/shared/domain/followed/followed-status';
import { UnreadableStatusError } from '../../../../../lambdas/shared/domain/ports';
import { statusOf } from '../../../../fakes/listings';

const unreadable = new UnreadableStatusError({ exchange: 'okx', pair: 'ETH_USDT' }, 'seen_to');
const stored = {
  status: new Map([
    ['okx:BTC_USDT', statusOf({})],
    ['okx:ETH_BTC', statusOf({})],
  ]),
  unreadable: [unreadable],
  bannedUntilMs: null,
};

test('named markets come first, stored or not; those of a pattern are stored, readable or not', () => {
  expect(followedStatus('okx', ['*_USDT', 'SOL_EUR'], stored)).toEqual([
    { market: { exchange: 'okx', pair: 'SOL_EUR' }, status: undefined, unreadable: undefined },
    { market: { exchange: 'okx', pair: 'BTC_USDT' }, status: statusOf({}), unreadable: undefined },
    { market: { exchange: 'okx', pair: 'ETH_USDT' }, status: undefined, unreadable },
  ]);
});

test('a named market whose row cannot be read is there with its cause', () => {
  const [market] = followedStatus('okx', ['ETH_USDT'], stored);
  expect(market).toMatchObject({ status: undefined, unreadable });
});
