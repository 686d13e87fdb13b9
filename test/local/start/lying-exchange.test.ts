import { describedLiar, liesOf } from '../../../local/start/lying-exchange';
import type { ExchangeName } from '../../../lambdas/shared/adapters/exchanges/exchange-facts';
import type { Lie } from '../../../local/exchange/random-lies';
import type { LocalExchange } from '../../../local/run/run-exchange';

const exchange: LocalExchange = {
  addresses: {},
  description: 'exchange: simulated, seed 1',
  isLive: false,
  pairs: undefined,
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

test('real exchanges, if they were chosen for want of a name, are not made liars', () => {
  const live = { ...exchange, isLive: true };
  expect(() => describedLiar(live, { lies: [lie('late')], rate: 1 })).toThrow(
    '--lies is not for real exchanges; choose --exchange simulated, or a folder',
  );
});
