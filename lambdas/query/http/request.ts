import { inspect } from 'node:util';
import * as v from 'valibot';

/** A request, as a function URL passes it on. */
export interface HttpRequest {
  readonly method: string;
  /** Before any decoding. */
  readonly path: string;
  /** The query string before any decoding, without its question mark. */
  readonly query: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Time at which the request was received. */
  readonly atMs: number;
}

/**
 * The part of an event of payload format 2.0 that is used. Its parsed query
 * joins repeated parameters by commas, so that the raw one is read.
 * Source: the AWS Lambda developer guide, "Invoking Lambda function URLs".
 */
const FunctionUrlEvent = v.object({
  version: v.literal('2.0'),
  rawPath: v.string(),
  rawQueryString: v.string(),
  headers: v.record(v.string(), v.string()),
  requestContext: v.object({
    timeEpoch: v.number(),
    http: v.object({ method: v.string() }),
  }),
});

/** An event that is not a request to a function URL. */
export class InvalidUrlEventError extends Error {
  override readonly name = 'InvalidUrlEventError';
}

/**
 * Reads the event of a function URL.
 *
 * @throws InvalidUrlEventError
 */
export function requestOf(event: unknown): HttpRequest {
  const parsed = v.safeParse(FunctionUrlEvent, event);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const said = inspect(event, { breakLength: Infinity }).slice(0, 200);
    throw new InvalidUrlEventError(
      `Not a request to a function URL: ${said}; expected payload format 2.0 (${v.getDotPath(issue) ?? 'event'}: ${issue.message})`,
    );
  }
  const { rawPath, rawQueryString, headers, requestContext } = parsed.output;
  return {
    method: requestContext.http.method,
    path: rawPath,
    query: rawQueryString,
    headers,
    atMs: requestContext.timeEpoch,
  };
}
