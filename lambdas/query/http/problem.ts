import { UnreadableCandleError, UnreadableStatusError } from '../../shared/domain/ports';
import { type Answer, JSON_TYPE, PROBLEM_TYPE } from './answer';

/** An invalid parameter of a request. */
export interface InvalidParameter {
  readonly name: string;
  readonly reason: string;
}

interface ProblemOptions extends ErrorOptions {
  readonly parameters?: readonly InvalidParameter[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** The kinds of problem, with their titles. */
const TITLES = {
  'invalid-parameters': 'Parameters are invalid',
  'contradicting-parameters': 'Parameters do not go together',
  'unknown-market': 'The market is not known',
  'not-found': 'There is nothing at this address',
  'method-not-allowed': 'The method is not allowed',
  unavailable: 'The database does not answer',
  failure: 'The request failed',
} as const;

type ProblemKind = keyof typeof TITLES;

/** A request that cannot be answered, as RFC 9457 describes it. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly kind: ProblemKind;
  readonly headers: Readonly<Record<string, string>>;
  readonly parameters: readonly InvalidParameter[];

  constructor(status: number, kind: ProblemKind, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.status = status;
    this.kind = kind;
    this.headers = options.headers ?? {};
    this.parameters = options.parameters ?? [];
  }
}

/** Parameters that break their schema (400), or that are well-formed and make no sense (422). */
export function parameterProblem(
  status: 400 | 422,
  parameters: readonly InvalidParameter[],
): Problem {
  const kind = status === 400 ? 'invalid-parameters' : 'contradicting-parameters';
  const detail = parameters.map(({ name, reason }) => `${name}: ${reason}`).join('; ');
  return new Problem(status, kind, detail, { parameters });
}

/** A market that is neither followed nor stored. */
export function unknownMarket(name: string): Problem {
  return new Problem(
    404,
    'unknown-market',
    `${JSON.stringify(name)} is not stored here; /v1/markets lists the markets that are followed`,
  );
}

/** Nothing is at an address. */
export function notFound(path: string): Problem {
  return new Problem(404, 'not-found', `${path} is no address of this API; see /openapi.json`);
}

/** A failure for who asks: rows that cannot be read are named, all else is for the log alone. */
export function failureDetail(cause: unknown): string {
  return cause instanceof UnreadableCandleError || cause instanceof UnreadableStatusError
    ? cause.message
    : 'The answer could not be made: see the log of the function';
}

/** A problem in the form of RFC 9457. */
export function problemAnswer(problem: Problem): Answer {
  const { status, kind, message, parameters, headers } = problem;
  const body = {
    type: `urn:candlestream:problem:${kind}`,
    title: TITLES[kind],
    status,
    detail: message,
    ...(parameters.length === 0 ? {} : { parameters }),
  };
  return { status, contentType: PROBLEM_TYPE, body: JSON.stringify(body), headers };
}

/** A problem in UDF's form, which clients read whatever the status is. */
export function udfErrorAnswer({ status, kind, message, headers }: Problem): Answer {
  const errmsg = kind === 'unknown-market' ? 'unknown_symbol' : message;
  return { status, contentType: JSON_TYPE, body: JSON.stringify({ s: 'error', errmsg }), headers };
}
