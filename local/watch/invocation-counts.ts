import type { InvocationResult } from '../emulator/lambda/invoker';
import type { FunctionStatus } from './run-status';

/** Counts the invocations of functions since the start. */
export class InvocationCounts {
  readonly #counts = new Map<string, { invocations: number; errors: number }>();

  add(name: string, { ok }: Pick<InvocationResult, 'ok'>): void {
    const { invocations, errors } = this.of(name);
    this.#counts.set(name, { invocations: invocations + 1, errors: errors + (ok ? 0 : 1) });
  }

  of(name: string): Pick<FunctionStatus, 'invocations' | 'errors'> {
    return this.#counts.get(name) ?? { invocations: 0, errors: 0 };
  }
}
