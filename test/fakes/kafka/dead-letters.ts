import type { DeadLetter } from '../../../lambdas/shared/codec/dead-letter-codec';
import type { DeadLetters } from '../../../lambdas/shared/codec/dead-letters';

/** Dead letters that are kept. */
export class FakeDeadLetters implements DeadLetters {
  readonly letters: DeadLetter[] = [];
  broken: Error | undefined;
  send(letters: readonly DeadLetter[]): Promise<void> {
    if (this.broken !== undefined && letters.length > 0) return Promise.reject(this.broken);
    this.letters.push(...letters);
    return Promise.resolve();
  }
}
