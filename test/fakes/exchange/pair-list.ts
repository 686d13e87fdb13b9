import type { ListedPair, Listings } from '../../../lambdas/shared/domain/ports';

/** What an exchange lists; it can be made to fail. */
export class FakePairList implements Pick<Listings, 'pairs'> {
  /** Undefined: it is not to be asked. */
  listed: readonly ListedPair[] | Error | undefined;
  asked = 0;

  /** Lists pairs that are traded. */
  list(...pairs: readonly string[]): void {
    this.listed = pairs.map((pair) => ({ pair, isTrading: true }));
  }

  pairs(): Promise<readonly ListedPair[]> {
    this.asked += 1;
    if (this.listed === undefined) throw new Error('The listing is not to be asked for.');
    if (this.listed instanceof Error) return Promise.reject(this.listed);
    return Promise.resolve(this.listed);
  }
}
