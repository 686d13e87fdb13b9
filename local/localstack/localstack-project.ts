import { join } from 'node:path';
import { type ComposeProject, composeProject, endpointOf } from '../containers/compose-project';
import { defaultDataDir } from '../run/run-description';

const DEFAULT_PROJECT = 'candlestream-localstack';
/** The region that LocalStack emulates. */
export const REGION = 'us-east-1';

/** The compose project of a LocalStack run, and its folders. Two with nothing in common may run side by side. */
export interface LocalstackProject extends ComposeProject {
  /** Holds what the run keeps outside of containers. */
  readonly folder: string;
  /** Holds the description of the local run, which `npm run show` reads. */
  readonly dataDir: string;
}

/**
 * The project that the environment names by `COMPOSE_PROJECT_NAME`,
 * `CANDLESTREAM_DATA_DIR`, and a variable for each port.
 *
 * @throws UsageError if a port is invalid
 */
export function localstackProject(environment: NodeJS.ProcessEnv): LocalstackProject {
  const dataDir = defaultDataDir(environment);
  return {
    ...composeProject(environment, DEFAULT_PROJECT),
    folder: join(dataDir, 'localstack'),
    dataDir,
  };
}

/** Variables by which the AWS SDK and `cdk` reach LocalStack, set over the user's own endpoints. */
export function awsEnvironment(
  project: LocalstackProject,
  environment: NodeJS.ProcessEnv = process.env,
): Record<string, string> {
  const url = `http://${endpointOf(project, 'localstack')}`;
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

/** Configuration of AWS SDK clients. One attempt, as callers retry by themselves. */
export function clientConfig(project: LocalstackProject) {
  return {
    endpoint: `http://${endpointOf(project, 'localstack')}`,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  } as const;
}
