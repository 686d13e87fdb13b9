import type { InvocationResult, Invoker } from '../lambda/invoker';
import { type EventOrigin, type EventRecord, kafkaEventOf } from './kafka-event';
import { orUntilEnd } from './run-end';

/** Invokes a function with events of one origin, until the end of the run. */
export class EventInvocation {
  readonly #invoker: Invoker;
  readonly #origin: EventOrigin;
  readonly #ended: AbortSignal;

  constructor(invoker: Invoker, origin: EventOrigin, ended: AbortSignal) {
    this.#invoker = invoker;
    this.#origin = origin;
    this.#ended = ended;
  }

  async invoke(records: readonly EventRecord[]): Promise<InvocationResult> {
    const event = kafkaEventOf(this.#origin, records);
    try {
      return await orUntilEnd(this.#ended, this.#invoker.invoke(event));
    } catch (error) {
      return failureOfThrown(error);
    }
  }
}

/** An invoker may be a network away: what it throws is a failed attempt too. */
function failureOfThrown(thrown: unknown): InvocationResult {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return {
    ok: false,
    errorType: error.name,
    errorMessage: error.message,
    trace: error.stack?.split('\n') ?? [],
  };
}
