import { InvokeCommand, type InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { InvocationFailure, InvocationResult, Invoker } from '../../emulator/lambda/invoker';
import type { DeployedFunction } from './deployed-functions';
import { clientConfig, type LocalstackProject } from '../localstack-project';

/** The part of Lambda's API that invokes a function. */
export interface InvokeApi {
  send(command: InvokeCommand, options: { abortSignal: AbortSignal }): Promise<InvokeCommandOutput>;
}

/** Options for `LambdaInvoker`. */
export interface LambdaInvokerOptions {
  readonly api: InvokeApi;
  /** Called for each invocation: a function may be deployed anew, with another name or time limit. */
  readonly target: () => DeployedFunction;
  readonly onResult?: (result: InvocationResult) => void;
}

/** Added to the function's own time limit: a container may have to start first. */
const START_LIMIT_MS = 75_000;

/** The answer of a failed function; LocalStack leaves out the type of a time-out. */
const ErrorPayload = v.object({
  errorType: v.optional(v.string()),
  errorMessage: v.optional(v.string(), 'no message'),
  trace: v.optional(v.array(v.string()), []),
  stackTrace: v.optional(v.array(v.string())),
});

/** A client for invokers. It does not retry: the event source does, according to its mapping. */
export function invokeApi(project: LocalstackProject): InvokeApi & Pick<LambdaClient, 'destroy'> {
  return new LambdaClient(clientConfig(project));
}

/**
 * A function behind Lambda's API. Every failure is a failed invocation: an error
 * that the function threw, its time-out, a throttle, an API that does not answer.
 */
export class LambdaInvoker implements Invoker {
  readonly #options: LambdaInvokerOptions;

  constructor(options: LambdaInvokerOptions) {
    this.#options = options;
  }

  async invoke(event: unknown): Promise<InvocationResult> {
    const result = await this.#invokeNow(event);
    this.#options.onResult?.(result);
    return result;
  }

  async #invokeNow(event: unknown): Promise<InvocationResult> {
    const { api } = this.#options;
    const target = this.#options.target();
    const command = new InvokeCommand({
      FunctionName: target.functionName,
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(JSON.stringify(event)),
    });
    const limitMs = target.timeoutMs + START_LIMIT_MS;
    const abortSignal = AbortSignal.timeout(limitMs);
    try {
      return resultOf(await api.send(command, { abortSignal }));
    } catch (error) {
      if (abortSignal.aborted) return failed('Sandbox.Timedout', `no answer within ${limitMs} ms`);
      return refused(error);
    }
  }
}

/** The result that the API's answer holds. */
function resultOf({ FunctionError, Payload }: InvokeCommandOutput): InvocationResult {
  const text = Payload === undefined ? '' : Buffer.from(Payload).toString('utf8');
  const payload = v.safeParse(v.pipe(v.string(), v.parseJson()), text === '' ? 'null' : text);
  if (FunctionError === undefined) {
    if (payload.success) return { ok: true, payload: payload.output };
    return failed('Runtime.MalformedResponse', `it answered ${text.slice(0, 200)}`);
  }
  const parsed = v.safeParse(ErrorPayload, payload.output);
  if (!parsed.success) return failed(FunctionError, text.slice(0, 500));
  const { errorMessage, trace, stackTrace } = parsed.output;
  const isTimeOut = /Task timed out after/.test(errorMessage);
  const errorType = parsed.output.errorType ?? (isTimeOut ? 'Sandbox.Timedout' : FunctionError);
  return { ok: false, errorType, errorMessage, trace: stackTrace ?? trace };
}

/** The API refused the invocation (throttled it, say), or does not answer. */
function refused(thrown: unknown): InvocationResult {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const { code } = error as NodeJS.ErrnoException;
  // A failed connection is an AggregateError without a message of its own.
  const errorMessage = error.message === '' ? 'Lambda cannot be reached' : error.message;
  return failed(code ?? error.name, errorMessage);
}

function failed(
  errorType: string,
  errorMessage: string,
): { readonly ok: false } & InvocationFailure {
  return { ok: false, errorType, errorMessage, trace: [] };
}
