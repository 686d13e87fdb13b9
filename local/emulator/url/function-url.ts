import * as v from 'valibot';
import {
  type LoopbackAnswer,
  type LoopbackRequest,
  problemAnswer,
} from '../../../cli/loopback/loopback-answer';
import { isThrottled } from '../lambda/function-pool';
import { invocationFailureText, type Invoker } from '../lambda/invoker';
import { urlEvent } from './url-event';

/** The response of a function, as a function URL takes it. */
const UrlResponse = v.object({
  statusCode: v.pipe(v.number(), v.integer(), v.minValue(100), v.maxValue(599)),
  headers: v.optional(
    v.record(v.string(), v.pipe(v.union([v.string(), v.number()]), v.transform(String))),
    {},
  ),
  body: v.optional(v.string(), ''),
  isBase64Encoded: v.optional(v.boolean(), false),
});

/** Options for `functionUrl`. */
export interface FunctionUrlOptions {
  readonly invoker: Invoker;
  readonly clock: () => number;
  /** Why a request was answered with 502. */
  readonly onFailure: (message: string) => void;
}

/**
 * Emulates a function URL: each request invokes the function once. As on AWS, a
 * function that fails is answered with 502, and one with too much to do with 429.
 */
export function functionUrl({ invoker, clock, onFailure }: FunctionUrlOptions) {
  return async (request: LoopbackRequest): Promise<LoopbackAnswer> => {
    const result = await invoker.invoke(urlEvent({ request, atMs: clock() }));
    if (isThrottled(result)) return problemAnswer(429, 'Too many requests are under way');
    if (!result.ok) {
      onFailure(invocationFailureText(result));
      return problemAnswer(502, 'The function failed: its log says why');
    }
    const response = v.safeParse(UrlResponse, result.payload);
    if (!response.success) {
      onFailure(`its answer is no response: ${response.issues[0].message}`);
      return problemAnswer(502, 'The answer of the function is no response');
    }
    const { statusCode, headers, body, isBase64Encoded } = response.output;
    return {
      status: statusCode,
      headers,
      body: isBase64Encoded ? Buffer.from(body, 'base64') : body,
    };
  };
}
