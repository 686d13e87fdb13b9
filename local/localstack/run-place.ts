import { join } from 'node:path';
import { type ComposeProject, composeProject, endpointOf } from '../containers/compose-project';
import { defaultDataDir } from '../run/run-description';

const DEFAULT_PROJECT = 'candlestream-localstack';

/** Where a LocalStack run takes place: two of them with nothing in common may run side by side. */
export interface Place extends ComposeProject {
  /** Everything of the run that is not in containers. */
  readonly folder: string;
  /** Where it is said that a stack runs, for `npm run show`. */
  readonly dataDir: string;
}

/**
 * The place that the environment says: `COMPOSE_PROJECT_NAME`,
 * `CANDLESTREAM_DATA_DIR`, and a variable for each port.
 *
 * @throws UsageError for a port that is none
 */
export function placeOf(environment: NodeJS.ProcessEnv): Place {
  const dataDir = defaultDataDir(environment);
  return {
    ...composeProject(environment, DEFAULT_PROJECT),
    folder: join(dataDir, 'localstack'),
    dataDir,
  };
}

/** What the AWS SDK and `cdk` find LocalStack by, over the user's own endpoints. */
export function awsEnvironment(
  place: Place,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const url = `http://${endpointOf(place, 'localstack')}`;
  const others = Object.keys(environment).filter((name) => name.startsWith('AWS_ENDPOINT_URL'));
  return {
    ...Object.fromEntries(others.map((name) => [name, url])),
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_S3: url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: '',
    AWS_PROFILE: '',
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
  };
}

/** The region that is played. */
export const REGION = 'us-east-1';

/** What a client of the AWS SDK is made with. One attempt: whoever asks tries again himself. */
export function clientConfig(place: Place) {
  return {
    endpoint: `http://${endpointOf(place, 'localstack')}`,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  } as const;
}
