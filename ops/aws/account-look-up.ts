import type { RegionLookUp } from './region-look-up';

/** The caller of AWS, and its account. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** Questions to AWS before anything is changed. */
export interface AccountLookUp {
  /** The region of the environment or the profile; undefined if none is set. */
  region(): Promise<string | undefined>;
  /** @throws OperationError if there are no credentials, or AWS rejects them */
  identity(): Promise<Identity>;
  /**
   * The version of the CDK's bootstrap stack in a region; undefined if there is none.
   *
   * @throws OperationError
   * @throws LookUpDeniedError if the caller may not read it
   */
  bootstrapVersion(region: string): Promise<number | undefined>;
  /** What the account has in a region. */
  inRegion(region: string): RegionLookUp;
}

/** The caller may not look, although the roles that the CDK assumes may. */
export class LookUpDeniedError extends Error {
  override readonly name = 'LookUpDeniedError';
}
