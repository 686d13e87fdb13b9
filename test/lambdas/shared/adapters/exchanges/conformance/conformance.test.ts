import { createExchange } from '../../../../../../lambdas/shared/adapters/exchanges/exchange';
import {
  EXCHANGE_FACTS,
  EXCHANGE_NAMES,
} from '../../../../../../lambdas/shared/adapters/exchanges/exchange-facts';
import { ScriptedServer } from '../scripted-server';
import { CHECKS } from './checks/checks';
import { EXCHANGES } from './exchanges';

const server = new ScriptedServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterAll(() => server.stop());

test('every exchange that can be followed is held against its answers', () => {
  expect(EXCHANGES.map(({ exchange }) => exchange).sort()).toEqual([...EXCHANGE_NAMES].sort());
});

describe.each(EXCHANGES)('$exchange', (answers) => {
  const adapter = createExchange.bind(undefined, answers.exchange);

  test('its facts say the same of its quote volume', () => {
    expect(EXCHANGE_FACTS[answers.exchange].hasQuoteVolume).toBe(answers.hasQuoteVolume);
  });

  test.each(Object.entries(CHECKS))('%s', async (_, check) => {
    await check({ answers, adapter, server });
  });
});
