import * as v from 'valibot';
import { BatchEnvironment, wholeNumber } from '../shared/adapters/environment';

/** Variables of the transform function. */
export const TransformEnvironment = v.object({
  ...BatchEnvironment.entries,
  /** Time after which live windows that have not ended are written again. */
  OPEN_WINDOWS_EVERY_MINUTES: wholeNumber,
});

/** Names of the variables that the transform function reads. */
export type TransformVariable = keyof typeof TransformEnvironment.entries;
