import { ConnectionEnvironment, readEnvironment } from '../shared/adapters/environment';

/** What the transform function is configured with. */
export type TransformEnvironment = ConnectionEnvironment;

/** The variables that the transform function reads. */
export type TransformVariable = keyof typeof ConnectionEnvironment.entries;

/** @throws InvalidEnvironmentError that names every variable that is missing or wrong */
export function readTransformEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): TransformEnvironment {
  return readEnvironment(ConnectionEnvironment, environment);
}
