import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';

const Usage = v.object({ cpuMs: v.number(), maxResidentBytes: v.number() });
const Failure = v.object({
  errorType: v.string(),
  errorMessage: v.string(),
  trace: v.array(v.string()),
});
const HostMessage = v.variant('type', [
  v.object({ type: v.literal('ready'), initMs: v.number(), usage: Usage }),
  v.object({ type: v.literal('init-failed'), failure: Failure }),
  v.object({
    type: v.literal('result'),
    requestId: v.string(),
    ok: v.boolean(),
    payload: v.optional(v.unknown()),
    failure: v.optional(Failure),
    usage: Usage,
  }),
]);

/** A message of `function-host.mjs`, or the end of its process or of the time for a message. */
export type HostEvent =
  | v.InferOutput<typeof HostMessage>
  | { readonly type: 'exit' | 'not-understood'; readonly status: string }
  | { readonly type: 'out-of-time' };

/** A call of the handler, for `function-host.mjs`. */
interface InvokeMessage {
  readonly type: 'invoke';
  readonly requestId: string;
  /** In ms since 1970. */
  readonly deadlineMs: number;
  readonly functionArn: string;
  readonly event: unknown;
}

/** A process that could not be started has no pid and never exits. */
export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

/** Calls the handler of a process; gives its result, or the event that came instead. */
export function callHandler(
  child: ChildProcess,
  call: Omit<InvokeMessage, 'type' | 'deadlineMs'>,
  limitMs: number,
): Promise<HostEvent> {
  const message: InvokeMessage = { ...call, type: 'invoke', deadlineMs: Date.now() + limitMs };
  const answer = nextHostEvent(child, limitMs);
  // If the process is gone, its exit is the event.
  child.send(message, () => undefined);
  return answer;
}

/** The next event of a process; `out-of-time` after `limitMs`. */
export async function nextHostEvent(child: ChildProcess, limitMs: number): Promise<HostEvent> {
  if (child.exitCode !== null || child.signalCode !== null) {
    return exitOf(child.exitCode, child.signalCode);
  }
  const over = new AbortController();
  const { signal } = over;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => hostEventOf(message)),
      once(child, 'exit', { signal }).then(([code, ended]) =>
        exitOf(code as number | null, ended as string | null),
      ),
      sleep(limitMs, { type: 'out-of-time' } as const, { signal }),
    ]);
  } catch (error) {
    // The process's own 'error' event: it could not be started.
    return { type: 'exit', status: error instanceof Error ? error.message : String(error) };
  } finally {
    over.abort();
  }
}

function exitOf(code: number | null, signal: string | null): HostEvent {
  return { type: 'exit', status: signal ? `signal: ${signal}` : `exit status ${code ?? ''}` };
}

/** A bundle has the channel as well, and may send anything. */
function hostEventOf(message: unknown): HostEvent {
  const parsed = v.safeParse(HostMessage, message);
  if (parsed.success) return parsed.output;
  const text = JSON.stringify(message).slice(0, 200);
  const [issue] = parsed.issues;
  return { type: 'not-understood', status: `it sent ${text}: ${issue.message}` };
}
