import type { InvocationResult } from '../../../local/emulator/lambda/invoker';
import { InvocationCounts } from '../../../local/watch/invocation-counts';
import { startRunApi } from '../../../local/watch/run-api';
import { readRunState, type RunState } from '../../../local/watch/run-state';

/** The next server may have the same port: no connection is kept. */
const ALONE = { headers: { connection: 'close' } };
const AT = Date.UTC(2026, 0, 15, 12);

function countsOf(): InvocationCounts {
  const counts = new InvocationCounts();
  counts.add('fetch', { ok: true }, AT);
  counts.add('fetch', { ok: false }, AT + 60_000);
  return counts;
}

function lagOf(topic: string, partition: number, records: number) {
  return { function: 'persist' as const, topic, partition, processedTo: 0, end: records, records };
}

function stateOf(lag: () => Promise<ReturnType<typeof lagOf>[]>): Promise<RunState> {
  return readRunState({
    functions: ['fetch', 'query'],
    counts: countsOf(),
    lag,
    recordCount: (topic) => Promise.resolve(topic === 'candles.dead-letter' ? 3 : 0),
  });
}

test('the state of a run has its functions, waiting records and dead letters', async () => {
  const lags = [lagOf('candles.rolled', 0, 2), lagOf('candles.rolled', 1, 5)];
  expect(await stateOf(() => Promise.resolve(lags))).toEqual({
    functions: [
      { name: 'fetch', invocations: 2, failures: 1, lastAt: '2026-01-15T12:01:00.000Z' },
      { name: 'query', invocations: 0, failures: 0, lastAt: null },
    ],
    topics: [{ topic: 'candles.rolled', waiting: 7 }],
    deadLetters: 3,
  });
});

describe('the API of a run', () => {
  const answer: InvocationResult = { ok: true, payload: { statusCode: 200, body: 'of query' } };
  const startApi = (state: () => Promise<RunState>) =>
    startRunApi({
      query: { invoke: () => Promise.resolve(answer) },
      port: undefined,
      state,
      onWarning: (message) => {
        throw new Error(`unexpected warning: ${message}`);
      },
    });

  test('tells the state of the run, and hands all else to the function', async () => {
    const api = await startApi(() => stateOf(() => Promise.resolve([])));
    try {
      expect(await (await fetch(`${api.url}/v1/run`, ALONE)).json()).toMatchObject({
        deadLetters: 3,
      });
      expect(await (await fetch(`${api.url}/v1/markets`, ALONE)).text()).toBe('of query');
    } finally {
      await api.stop();
    }
  });

  test('says so if Kafka does not answer', async () => {
    const api = await startApi(() => stateOf(() => Promise.reject(new Error('no broker'))));
    try {
      const response = await fetch(`${api.url}/v1/run`, ALONE);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('5');
    } finally {
      await api.stop();
    }
  });
});
