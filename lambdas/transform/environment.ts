import {
  BatchEnvironment,
  type BatchVariable,
  readEnvironment,
} from '../shared/adapters/environment';

/** What the transform function is configured with. */
export type TransformEnvironment = BatchEnvironment;

/** The variables that the transform function reads. */
export type TransformVariable = BatchVariable;

/** @throws InvalidEnvironmentError that names every variable that is missing or wrong */
export function readTransformEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): TransformEnvironment {
  return readEnvironment(BatchEnvironment, environment);
}
