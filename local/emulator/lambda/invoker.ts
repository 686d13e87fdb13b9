/** What a function answered. */
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
