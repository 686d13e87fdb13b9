import type { HostEvent } from './host-messages';
import type { InvocationFailure } from './invoker';

/** The function that did not load, and the event of its process instead. */
export interface NotLoaded {
  readonly name: string;
  readonly event: HostEvent;
  readonly limitMs: number;
  readonly logFile: string;
}

/** The failure of invocations after the end of the run. */
export const STOPPED: InvocationFailure = {
  errorType: 'Local.Stopped',
  errorMessage: 'the local run is stopping',
  trace: [],
};

/** An invocation that did not answer within the function's time limit. */
export function timedOut(requestId: string, timeoutMs: number): InvocationFailure {
  const seconds = (timeoutMs / 1000).toFixed(2);
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage, trace: [] };
}

/** An invocation whose process ended, or sent something else than an answer. */
export function exited(requestId: string, event: HostEvent): InvocationFailure {
  const status = 'status' in event ? event.status : `unexpected ${event.type}`;
  const errorMessage = `RequestId: ${requestId} Error: Runtime exited with error: ${status}`;
  return { errorType: 'Runtime.ExitError', errorMessage, trace: [] };
}

/** A process that ended, or used up its time, before its handler was loaded. */
export function notLoaded({ name, event, limitMs, logFile }: NotLoaded): InvocationFailure {
  if (event.type === 'init-failed') return event.failure;
  const status = 'status' in event ? event.status : undefined;
  return {
    errorType: status === undefined ? 'Sandbox.Timedout' : 'Runtime.ExitError',
    errorMessage: `${name} did not load: ${status ?? `no answer within ${limitMs} ms`}; see ${logFile}`,
    trace: [],
  };
}
