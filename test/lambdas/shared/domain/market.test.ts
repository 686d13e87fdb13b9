import {
  isExchangeName,
  isPairName,
  marketKey,
  pairNameProblem,
} from '../../../../lambdas/shared/domain/market';

test('the key of a market names exchange and pair', () => {
  expect(marketKey({ exchange: 'gate-io', pair: 'BTC_USDT' })).toBe('gate-io:BTC_USDT');
});

describe('isExchangeName', () => {
  it.each(['gate-io', 'okx', 'binance'])('takes %s', (name) => {
    expect(isExchangeName(name)).toBe(true);
  });

  it.each(['', 'Gate', 'gate.io', 'gate:io', '-okx', 'okx-', 'a--b', 'okx\n'])(
    'refuses %j',
    (name) => {
      expect(isExchangeName(name)).toBe(false);
    },
  );
});

describe('isPairName', () => {
  it.each(['BTC_USDT', '1INCH_USDT', 'btc-usd', 'BTC_USDT_X', '币安人生_USDT', 'ÉTH_€UR', 'A.B'])(
    'takes %s, whatever its alphabet',
    (name) => {
      expect(isPairName(name)).toBe(true);
    },
  );

  it.each([
    ['', 'is empty'],
    ['BTC USDT', 'has the character " "'],
    ['BTC\u00a0USDT', 'has the character'],
    ['BTC_USDT\n', 'has the character "\\n"'],
    ['BTC\u202eUSDT', 'has the character'],
    ['BTC\u0000', 'has the character'],
    ['\ud800', 'has the character'],
    ['BTC/USDT', 'has the character "/"'],
    ['../BTC', 'has the character "/"'],
    ['..', 'has nothing but dots'],
    ['BTC:USDT', 'has the character ":"'],
    ['BTC,USDT', 'has the character ","'],
    ['BTC?x=1', 'has the character "?"'],
    ['%2e%2e', 'has the character "%"'],
    ['*_USDT', 'has the character "*"'],
    ["BTC'--", 'has the character'],
    ['e\u0301_USDT', 'is not in Unicode normal form C'],
    ['A'.repeat(61), 'has 61 characters, at most 60 are allowed'],
  ])('refuses %j, which could hurt a URL, a key or a log', (name, problem) => {
    expect(isPairName(name)).toBe(false);
    expect(pairNameProblem(name)).toContain(problem);
  });
});
