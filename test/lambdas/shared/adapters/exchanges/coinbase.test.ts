import { createExchange } from '../../../../../lambdas/shared/adapters/exchanges/exchange';
import { at } from '../../../../fakes/candles';
import { COINBASE_ANSWERS } from './conformance/answers/coinbase-answers';
import { prepare, queryOf, servedMinute, timesOf } from './conformance/subject';
import { ScriptedServer } from './scripted-server';

const server = new ScriptedServer();
beforeAll(() => server.start());
beforeEach(() => server.reset());
afterAll(() => server.stop());

const adapter = createExchange.bind(undefined, 'coinbase');
const { row, rowsAnswer } = COINBASE_ANSWERS;

test('the answer to a range that is asked for from an earlier row on keeps and reports what cannot be candles', async () => {
  const earlier = row(servedMinute(at(11, 50)));
  const timeless = { ...(row(servedMinute(at(12, 1))) as object), start: 'noon' };
  const upside = row(servedMinute(at(12, 2), { low: '120', high: '100' }));
  server.script = ({ query }) => {
    const isWider = Number(query.get('start')) * 1_000 < at(12);
    return { body: rowsAnswer([earlier, timeless, ...(isWider ? [upside] : [])]) };
  };
  const { exchange, telemetry } = prepare({ answers: COINBASE_ANSWERS, adapter, server });

  const answer = await exchange.candles(queryOf(COINBASE_ANSWERS, at(12), at(12, 5)));

  expect(server.seen).toHaveLength(2);
  expect(answer.candles).toEqual([]);
  expect(timesOf(answer.rejected)).toEqual([at(12, 2)]);
  expect(answer.misplaced?.rows).toBe(2);
  expect(telemetry.counted('RejectedPrices')).toBe(1);
});
