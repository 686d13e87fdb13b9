/** The answer of a function. */
export type InvocationResult =
  { readonly ok: true; readonly payload: unknown } | ({ readonly ok: false } & InvocationFailure);

/** Why an invocation failed, in the words of AWS Lambda. */
export interface InvocationFailure {
  /** The error's name, or `Runtime.ExitError`, `Sandbox.Timedout` and the like. */
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** Calls a function with an event; it does not throw for what goes wrong in the function. */
export interface Invoker {
  readonly invoke: (event: unknown) => Promise<InvocationResult>;
}

/** A failed invocation. */
export function failed(failure: InvocationFailure): { readonly ok: false } & InvocationFailure {
  return { ok: false, ...failure };
}

/** A failure in one line, the same for each attempt: without the id of the request. */
export function invocationFailureText({ errorType, errorMessage }: InvocationFailure): string {
  return `${errorType}: ${errorMessage.replace(/^RequestId: \S+ /, '')}`;
}
