import { failureText } from '../../cli/failure-text';
import {
  type LoopbackAnswer,
  type LoopbackRequest,
  problemAnswer,
} from '../../cli/loopback/loopback-answer';
import type { AwsCredentials } from '../../lambdas/shared/adapters/aws-signature';
import { OperationError } from '../operation-error';
import { queryText, signedHeaders, type UnsignedRequest } from './signed-request';

/** Options for `signingForward`. */
export interface SigningForwardOptions {
  /** The function URL, without a slash at its end. */
  readonly url: string;
  readonly region: string;
  /** The credentials of now. @throws OperationError if there are none any more */
  readonly credentials: () => Promise<AwsCredentials>;
  readonly clock: () => number;
}

/** The service whose requests a function URL takes. */
const SERVICE = 'lambda';
const ANSWER_LIMIT_MS = 30_000;

/** The headers of a request that matter to the function. */
const PASSED_ON = ['accept', 'if-none-match'] as const;
/** The headers of an answer that are of its way here, or that name what it is not any more. */
const LEFT_OUT =
  /^(?:connection|keep-alive|transfer-encoding|content-encoding|content-length|date|set-cookie|x-amz.*)$/;

/**
 * Forwards requests to a function URL, signed with the credentials of who started
 * it. A request that cannot be sent is answered with 502 and the reason, one that
 * AWS refuses with 403.
 */
export function signingForward(options: SigningForwardOptions) {
  return async (request: LoopbackRequest): Promise<LoopbackAnswer> => {
    const parameters = readParameters(request.query);
    if (parameters === undefined) return problemAnswer(400, 'The query has an invalid escape');
    try {
      const answer = await send(options, request, parameters);
      return answer.status === 403 ? refusal(answer) : answer;
    } catch (cause) {
      if (!(cause instanceof OperationError)) throw cause;
      return problemAnswer(502, cause.message);
    }
  };
}

/** A `+` is a plus, as the function reads it; undefined for an escape that is invalid. */
function readParameters(query: string): UnsignedRequest['parameters'] | undefined {
  const parts = query.split('&').filter((part) => part !== '');
  try {
    return parts.map((part) => {
      const [name = '', ...value] = part.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value.join('='))] as const;
    });
  } catch {
    // The only failure of decoding is a wrong escape.
    return undefined;
  }
}

async function send(
  { url, region, credentials, clock }: SigningForwardOptions,
  { method, path, headers }: LoopbackRequest,
  parameters: UnsignedRequest['parameters'],
): Promise<LoopbackAnswer> {
  const unsigned = { method, host: new URL(url).host, path, parameters };
  const terms = { credentials: await credentials(), region, service: SERVICE, atMs: clock() };
  const passedOn = PASSED_ON.flatMap((name) => {
    const value = headers[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const query = parameters.length === 0 ? '' : `?${queryText(parameters)}`;
  return fetched(`${url}${path}${query}`, {
    method,
    headers: { ...Object.fromEntries(passedOn), ...signedHeaders(unsigned, terms) },
  });
}

async function fetched(address: string, init: RequestInit): Promise<LoopbackAnswer> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  try {
    const response = await fetch(address, { ...init, redirect: 'manual', signal });
    const headers = [...response.headers].filter(([name]) => !LEFT_OUT.test(name));
    const body = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: Object.fromEntries(headers), body };
  } catch (cause) {
    throw new OperationError(
      `The stage does not answer (${failureText(cause)}): check the network and its proxy`,
      { cause },
    );
  }
}

/** The function itself never answers so: AWS does, before it. */
function refusal({ body }: LoopbackAnswer): LoopbackAnswer {
  return problemAnswer(
    403,
    `AWS refuses the request (${saidIn(String(body))}): your credentials need lambda:InvokeFunctionUrl and lambda:InvokeFunction on the function query, and must not have expired`,
  );
}

/** The message of an answer of AWS. */
function saidIn(body: string): string {
  return /"[Mm]essage"\s*:\s*"([^"]{1,200})"/.exec(body)?.[1] ?? 'HTTP 403';
}
