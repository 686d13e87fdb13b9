import type {
  FilterLogEventsCommand,
  FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { FunctionLogs } from '../../../../local/localstack/deployment/function-logs';
import { resultsOf } from '../../../../local/localstack/deployed-run';

const SINCE_MS = 1_000_000;

function logsOf(pages: (Partial<FilterLogEventsCommandOutput> | Error)[]) {
  const commands: FilterLogEventsCommand[] = [];
  const api = {
    send: (command: FilterLogEventsCommand) => {
      commands.push(command);
      const page = pages.shift() ?? new Error('not expected');
      return page instanceof Error
        ? Promise.reject(page)
        : Promise.resolve({ $metadata: {}, ...page });
    },
  };
  const inputs = () => commands.map(({ input }) => input);
  return { logs: new FunctionLogs(api, 'Fetch-1a2b', SINCE_MS), inputs };
}

function event(eventId: string, timestamp: number, message = `line ${eventId}\n`) {
  return { eventId, timestamp, message, logStreamName: 's' };
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

test('all pages are read, and a line that comes again is given once', async () => {
  const { logs, inputs } = logsOf([
    // A line of page 1 that is more than a minute younger does not move the start of page 2.
    { events: [event('young', SINCE_MS + 100_000)], nextToken: 'more' },
    { events: [event('0', SINCE_MS + 5), event('1', SINCE_MS + 5)] },
    {
      events: [event('young', SINCE_MS + 100_000), event('2', SINCE_MS + 200_000)],
    },
    { events: [] },
  ]);
  expect((await logs.newLines()).map(({ message }) => message)).toEqual([
    'line 0',
    'line 1',
    'line young',
  ]);
  expect(await logs.newLines()).toEqual([{ timeMs: SINCE_MS + 200_000, message: 'line 2' }]);
  expect(await logs.newLines()).toEqual([]);
  expect(inputs()).toMatchObject([
    { logGroupName: '/aws/lambda/Fetch-1a2b', startTime: SINCE_MS, nextToken: undefined },
    { nextToken: 'more', startTime: SINCE_MS },
    { startTime: SINCE_MS + 40_000 },
    // A line may be late by a minute.
    { startTime: SINCE_MS + 140_000 },
  ]);
});

test('what a look that failed half-way had read comes with the next one', async () => {
  const { logs } = logsOf([
    { events: [event('0', SINCE_MS)], nextToken: 'more' },
    named('TimeoutError'),
    { events: [event('0', SINCE_MS)] },
  ]);
  await expect(logs.newLines()).rejects.toThrow('TimeoutError');
  expect(await logs.newLines()).toHaveLength(1);
});

test('a function that has not logged yet has no lines', async () => {
  const { logs } = logsOf([named('ResourceNotFoundException')]);
  expect(await logs.newLines()).toEqual([]);
});

test('a LocalStack that does not answer is an error', async () => {
  const { logs } = logsOf([named('TimeoutError')]);
  await expect(logs.newLines()).rejects.toThrow('TimeoutError');
});

test('invocations are counted by their reports, failures by the lines before them', () => {
  const results = resultsOf([
    'START RequestId: 1 Version: $LATEST',
    'REPORT RequestId: 1\tDuration: 2 ms',
    '2026-11-23T08:06:50.907Z\t2\tERROR\tInvoke Error\t{"errorType":"CassandraError"}',
    'REPORT RequestId: 2\tDuration: 2 ms',
    '2026-11-23T08:06:51.907Z 3 Task timed out after 55.00 seconds',
    'REPORT RequestId: 3\tDuration: 2 ms',
    '{"message":"stored"}',
    'REPORT RequestId: 4\tDuration: 2 ms',
  ]);
  expect(results.map(({ ok }) => ok)).toEqual([true, false, false, true]);
});
