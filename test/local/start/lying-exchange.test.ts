import { describedLiar, lyingOptions } from '../../../local/start/lying-exchange';
import type { LocalExchange } from '../../../local/run/run-exchange';

const exchange: LocalExchange = {
  apiUrl: 'http://127.0.0.1:1/api/v4',
  archiveUrl: 'http://127.0.0.1:1/archive',
  description: 'exchange: simulated, seed 1',
  pairs: ['BTC_USDT'],
  stop: () => Promise.resolve(),
};

test('an exchange of which no lies were asked stays as it is', () => {
  expect(lyingOptions(undefined)).toEqual({});
  expect(describedLiar(exchange, undefined)).toBe(exchange);
});

test('a liar says so, and lies', () => {
  const request = { lies: ['empty', 'late'], rate: 1 } as const;
  expect(describedLiar(exchange, request).description).toBe(
    'exchange: simulated, seed 1, lies at a rate of 1: empty, late',
  );
  expect(lyingOptions(request).faults?.takeAnswer('A_B', 'candlesticks')).toBe('empty');
});

test('the real exchange, if it was chosen for want of a name, is not made a liar', () => {
  const live = { ...exchange, pairs: undefined };
  expect(() => describedLiar(live, { lies: ['late'], rate: 1 })).toThrow(
    '--lies is not for Gate.io itself; choose --exchange simulated, or a folder',
  );
});
