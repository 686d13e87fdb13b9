import type { InvocationResult } from '../emulator/lambda/invoker';
import type { FunctionStatus } from './run-status';

type Counts = Pick<FunctionStatus, 'invocations' | 'errors'>;

/** Counts the invocations of functions since the start. */
export class InvocationCounts {
  readonly #counts = new Map<string, Counts & { readonly lastAtMs: number }>();

  /** @param atMs when the invocation ended */
  add(name: string, { ok }: Pick<InvocationResult, 'ok'>, atMs: number): void {
    const { invocations, errors } = this.of(name);
    this.#counts.set(name, {
      invocations: invocations + 1,
      errors: errors + (ok ? 0 : 1),
      lastAtMs: atMs,
    });
  }

  of(name: string): Counts {
    const { invocations, errors } = this.#counts.get(name) ?? { invocations: 0, errors: 0 };
    return { invocations, errors };
  }

  /** Time at which the latest invocation ended; undefined before the first. */
  lastAtMs(name: string): number | undefined {
    return this.#counts.get(name)?.lastAtMs;
  }
}
