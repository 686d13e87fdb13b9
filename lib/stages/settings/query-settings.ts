import * as v from 'valibot';
import { group, oneOfKinds, wholeNumber } from './setting-values';

/** Lambda gives an account at most so many at a time, unless it is asked for more. */
const MAX_CONCURRENCY = 900;

/** Answers whoever signs requests with credentials of the account that may invoke it. */
const IamQueryApi = group({
  kind: v.literal('iam'),
  /**
   * Requests that are answered at a time: they are reserved, and taken from those of the account,
   * which must be left with 100.
   */
  maxConcurrency: wholeNumber(1, MAX_CONCURRENCY),
});

/** Nothing can be asked. */
const NoQueryApi = group({ kind: v.literal('none') });

/** The query API of a stage. */
export const QuerySettings = oneOfKinds([IamQueryApi, NoQueryApi]);
export type QuerySettings = Readonly<v.InferOutput<typeof QuerySettings>>;
