import { describedLiar, liesOf } from '../../../local/start/lying-exchange';
import type { ExchangeName } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { Lie } from '../../../local/exchange/random-lies';
import type { LocalExchange } from '../../../local/run/run-exchange';

const exchange: LocalExchange = {
  apiUrl: 'http://127.0.0.1:1/api/v4',
  archiveUrl: 'http://127.0.0.1:1/archive',
  description: 'exchange: simulated, seed 1',
  pairs: ['BTC_USDT'],
  stop: () => Promise.resolve(),
};

const lie = (name: Lie, exchange?: ExchangeName) => ({ lie: name, exchange });

test('a lie of one exchange alone is none of the others', () => {
  const request = { lies: [lie('empty', 'binance')], rate: 1 };
  expect(liesOf(request, 'gate-io')).toBeUndefined();
  expect(liesOf(request, 'binance')?.takeAnswer('A_B', 'klines')).toBe('empty');
});

test('an exchange of which no lies were asked stays as it is', () => {
  expect(liesOf(undefined, 'gate-io')).toBeUndefined();
  expect(describedLiar(exchange, undefined)).toBe(exchange);
});

test('a liar says so, and lies', () => {
  const request = { lies: [lie('empty'), lie('late', 'binance')], rate: 1 } as const;
  expect(describedLiar(exchange, request).description).toBe(
    'exchange: simulated, seed 1, lies at a rate of 1: empty, binance:late',
  );
  expect(liesOf(request, 'gate-io')?.takeAnswer('A_B', 'candlesticks')).toBe('empty');
  expect(liesOf(request, 'binance')?.takeAnswer('A_B', 'klines')).toBe('empty');
});

test('the real exchange, if it was chosen for want of a name, is not made a liar', () => {
  const live = { ...exchange, pairs: undefined };
  expect(() => describedLiar(live, { lies: [lie('late')], rate: 1 })).toThrow(
    '--lies is not for Gate.io itself; choose --exchange simulated, or a folder',
  );
});
