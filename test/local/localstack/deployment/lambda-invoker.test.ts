import {
  type InvokeCommand,
  type InvokeCommandOutput,
  ServiceException,
  TooManyRequestsException,
} from '@aws-sdk/client-lambda';
import type { InvocationResult } from '../../../../local/emulator/lambda/invoker';
import { LambdaInvoker } from '../../../../local/localstack/deployment/lambda-invoker';

type Answer = { readonly FunctionError?: string; readonly text?: string } | Error;

async function invoke(answer: Answer) {
  const commands: InvokeCommand[] = [];
  const results: InvocationResult[] = [];
  const invoker = new LambdaInvoker({
    target: () => ({ functionName: 'Persist-1a2b', timeoutMs: 1_000 }),
    onResult: (result) => results.push(result),
    api: {
      send: (command) => {
        commands.push(command);
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(output(answer));
      },
    },
  });
  return { result: await invoker.invoke({ records: {} }), results, commands };
}

function output({ FunctionError, text }: Exclude<Answer, Error>): InvokeCommandOutput {
  return {
    $metadata: {},
    FunctionError,
    Payload: text === undefined ? undefined : Buffer.from(text),
  } as InvokeCommandOutput;
}

test('a function is invoked by its name and waited for, and its answer is the payload', async () => {
  const { result, results, commands } = await invoke({ text: '{"batchItemFailures":[]}' });
  expect(result).toEqual({ ok: true, payload: { batchItemFailures: [] } });
  expect(results).toEqual([result]);
  expect(commands[0]?.input).toMatchObject({
    FunctionName: 'Persist-1a2b',
    InvocationType: 'RequestResponse',
  });
  expect(Buffer.from(commands[0]?.input.Payload as Uint8Array).toString()).toBe('{"records":{}}');
});

test.each([undefined, 'null', ''])('no payload (%j) is null', async (text) => {
  const { result } = await invoke(text === undefined ? {} : { text });
  expect(result).toEqual({ ok: true, payload: null });
});

test.each<[string, Answer, Partial<InvocationResult>]>([
  [
    'what a function throws',
    {
      FunctionError: 'Unhandled',
      text: '{"errorType":"CassandraError","errorMessage":"away","trace":["at x"]}',
    },
    { errorType: 'CassandraError', errorMessage: 'away', trace: ['at x'] },
  ],
  [
    'a time-out, of which LocalStack does not say the type',
    {
      FunctionError: 'Unhandled',
      text: '{"errorMessage":"... Task timed out after 3.00 seconds"}',
    },
    { errorType: 'Sandbox.Timedout' },
  ],
  [
    'an error that is not JSON',
    { FunctionError: 'Unhandled', text: 'crash' },
    { errorType: 'Unhandled', errorMessage: 'crash' },
  ],
  [
    'an answer that is not JSON',
    { text: '{"half' },
    { errorType: 'Runtime.MalformedResponse', errorMessage: 'it answered {"half' },
  ],
  [
    'a throttle',
    new TooManyRequestsException({ message: 'Rate Exceeded.', $metadata: {} }),
    { errorType: 'TooManyRequestsException', errorMessage: 'Rate Exceeded.' },
  ],
  [
    'a failure of the service',
    new ServiceException({ message: 'oops', $metadata: {} }),
    { errorType: 'ServiceException', errorMessage: 'oops' },
  ],
  [
    'nobody there',
    Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }),
    { errorType: 'ECONNREFUSED', errorMessage: 'Lambda cannot be reached' },
  ],
])('%s is a failed invocation', async (_, answer, failure) => {
  const { result, results } = await invoke(answer);
  expect(result).toMatchObject({ ok: false, ...failure });
  expect(results).toEqual([result]);
});
