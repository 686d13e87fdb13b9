import { warningHooks } from '../../../local/watch/run-warnings';

function setUp() {
  const lines: string[] = [];
  return { lines, hooks: warningHooks((line) => lines.push(line)) };
}

const failed = (attempt: number, requestId: string) =>
  ({
    kind: 'batch-failed',
    attempt,
    records: 3,
    failure: {
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${requestId} Error: Runtime exited`,
      trace: [],
    },
  }) as const;

test('each problem is a line', () => {
  const { lines, hooks } = setUp();

  hooks.onEventSourceProblem('persist', failed(1, 'a'));
  hooks.onEventSourceProblem('persist', { kind: 'commit-failed', error: new Error('gone') });
  hooks.onEventSourceProblem('transform', {
    kind: 'records-dropped',
    records: [{ topic: 'observed', partition: 2, offset: 7 }],
    reason: { kind: 'too-large', jsonBytes: 7_000_000 },
  });
  hooks.onEventSourceProblem('persist', {
    kind: 'records-sent',
    destination: 'undelivered',
    records: [
      { topic: 'rolled', partition: 0, offset: 3 },
      { topic: 'rolled', partition: 0, offset: 4 },
    ],
    reason: { kind: 'retries-used-up', retryAttempts: 5, failure: failed(6, 'c').failure },
  });
  hooks.onEventSourceProblem('persist', {
    kind: 'destination-failed',
    destination: 'undelivered',
    error: new Error('no broker'),
  });
  hooks.onFiringProblem({
    kind: 'firing-failed',
    target: 'fetch',
    timeMs: 0,
    attempt: 1,
    message: 'Error: no',
  });
  hooks.onFiringProblem({
    kind: 'firing-skipped',
    target: 'reconcile',
    timeMs: 0,
    attempt: 0,
    message: 'at work',
  });
  hooks.onWarning('Connection: error');

  expect(lines).toEqual([
    'warning: persist: a batch failed and is tried again: Runtime.ExitError: Error: Runtime exited',
    'warning: persist: offsets could not be committed: Error: gone',
    'warning: transform: the record at observed-2 offset 7 is left out: no event can hold its 7000000 bytes',
    'warning: persist: 2 records, the first at rolled-0 offset 3, are sent to undelivered: failed again after 5 retries: Runtime.ExitError: Error: Runtime exited',
    'warning: persist: undelivered did not take records; they are sent again: Error: no broker',
    'warning: a firing of fetch failed: Error: no',
    'warning: a firing of reconcile was left out: at work',
    'warning: Connection: error',
  ]);
});

test('the same problem is told once in a row', () => {
  const { lines, hooks } = setUp();

  hooks.onEventSourceProblem('persist', failed(1, 'a'));
  hooks.onEventSourceProblem('persist', failed(2, 'b'));
  hooks.onWarning('else');
  hooks.onEventSourceProblem('persist', failed(3, 'c'));

  expect(lines).toHaveLength(3);
  expect(lines[0]).toBe(lines[2]);
});
