import { ScriptedServer } from '../scripted-server';
import { CHECKS, type CheckName } from './checks/checks';
import { EXCHANGES } from './exchanges';
import { TRAPS } from './traps';

const server = new ScriptedServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterAll(() => server.stop());

test.each(TRAPS)('$exchange: $fault: it is noticed', async ({ exchange, noticedBy, adapter }) => {
  const answers = EXCHANGES.find((one) => one.exchange === exchange);
  if (answers === undefined) throw new Error(`no answers of ${exchange}`);
  const checked = CHECKS[noticedBy]({ answers, adapter, server });
  await expect(checked).rejects.toThrow(/expect\(|ExchangeError|answered/);
});

test('every check notices something; that a quiet market is believed keeps others from noticing too much', () => {
  const noticing = new Set<CheckName>(TRAPS.map(({ noticedBy }) => noticedBy));
  const silent = Object.keys(CHECKS).filter((name) => !noticing.has(name as CheckName));
  expect(silent).toEqual(['a quiet market is believed']);
});
