import {
  BatchEnvironment,
  type BatchVariable,
  readEnvironment,
} from '../shared/adapters/environment';

/** What the persist function is configured with. */
export type PersistEnvironment = BatchEnvironment;

/** The variables that the persist function reads. */
export type PersistVariable = BatchVariable;

/** @throws InvalidEnvironmentError that names every variable that is missing or wrong */
export function readPersistEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): PersistEnvironment {
  return readEnvironment(BatchEnvironment, environment);
}
