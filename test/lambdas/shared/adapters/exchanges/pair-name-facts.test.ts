import fc from 'fast-check';
import {
  EXCHANGE_NAMES,
  type ExchangeName,
} from '../../../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { writtenPairProblem } from '../../../../../lambdas/shared/adapters/exchanges/pair-name-facts';

const exchange = fc.constantFrom(...EXCHANGE_NAMES);
const asset = fc.stringMatching(/^[A-Z0-9]{1,12}$/);

test('BASE_QUOTE in upper case is a pair of every exchange, and asterisks make it a pattern', () => {
  fc.assert(
    fc.property(exchange, asset, asset, (of, base, quote) => {
      for (const text of [`${base}_${quote}`, `*_${quote}`, `${base}_*`, `${base}*`, '*']) {
        expect(writtenPairProblem(of, text)).toBeUndefined();
      }
    }),
  );
});

test.each<[ExchangeName, string, string | undefined]>([
  ['binance', 'BTCUSDT', 'has no underscore'],
  ['binance', '_BTC_USDT', 'has 2 underscores'],
  ['binance', 'btc_usdt', 'has lower-case letters'],
  ['binance', '币安人生_USDT', undefined],
  ['okx', 'BTC-USDT', 'has no underscore'],
  ['okx', 'BTC-_USDT', 'has a hyphen'],
  ['coinbase', 'BTC-USD', 'has no underscore'],
  ['coinbase', '*-USD', 'has a hyphen'],
  ['coinbase', 'btc_usd', 'has lower-case letters'],
  ['gate-io', 'BTCUSDT', 'has no underscore'],
  ['gate-io', 'x_USDT', undefined],
  ['gate-io', 'A/B_USDT', 'has the character "/"'],
])('%s: %s %s', (of, text, problem) => {
  expect(writtenPairProblem(of, text)).toBe(problem);
});
