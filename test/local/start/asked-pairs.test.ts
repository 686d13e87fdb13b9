import { UsageError } from '../../../cli/command-line';
import { askedPairs, assertFollowed } from '../../../local/start/asked-pairs';

const ASKED = ['BTC_USDT', 'binance:ETH_USDT', 'binance:BTC_USDT'];
const GATE_IO = { exchange: 'gate-io', pairs: [] } as const;

test('pairs are of each exchange, or of the one that they name', () => {
  expect(askedPairs(ASKED, 'gate-io')).toEqual(['BTC_USDT']);
  expect(askedPairs(ASKED, 'binance')).toEqual(['BTC_USDT', 'ETH_USDT']);
  expect(askedPairs(['binance:ETH_USDT'], 'gate-io')).toBeUndefined();
  expect(askedPairs(undefined, 'gate-io')).toBeUndefined();
});

test('a pair of an exchange that is not followed is refused, with the remedy', () => {
  const followed = [GATE_IO, { ...GATE_IO, exchange: 'binance' as const }];
  expect(() => assertFollowed('--pairs', ASKED, followed)).not.toThrow();
  expect(() => assertFollowed('--pairs', ASKED, [GATE_IO])).toThrow(UsageError);
  expect(() => assertFollowed('--pairs', ASKED, [GATE_IO])).toThrow(
    '--pairs binance:ETH_USDT is of an exchange that is not followed: follow it with --exchanges gate-io,binance',
  );
});
