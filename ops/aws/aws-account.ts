import { GetParameterCommand, ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { BOOTSTRAP_PARAMETER } from '../../cli/cdk';
import { OperationError } from '../operation-error';
import type { AccountLookUp } from './account-look-up';
import { ask, type AwsAccountOptions, clientConfig } from './ask-aws';
import { awsRegion } from './aws-region';

/** STS answers here for every account, so that credentials can be checked before a region is chosen. */
const ANY_REGION = 'us-east-1';

/** Looks in the AWS account that the SDK's own chain of credentials and regions finds. */
export function awsAccount(options: AwsAccountOptions): AccountLookUp {
  const { questionTimeoutMs: timeoutMs } = options;
  const region = () => configuredRegion(options);
  return {
    region,
    identity: async () => {
      const client = new STSClient(clientConfig(options, (await region()) ?? ANY_REGION));
      const answer = await ask({ service: 'STS', client, timeoutMs }, (abortSignal) =>
        client.send(new GetCallerIdentityCommand({}), { abortSignal }),
      );
      const { Account: account, Arn: arn } = answer;
      if (account !== undefined && arn !== undefined) return { account, arn };
      throw new OperationError('STS did not name the account of the credentials: try again');
    },
    bootstrapVersion: async (inRegion) => {
      const client = new SSMClient(clientConfig(options, inRegion));
      return ask({ service: 'SSM', client, timeoutMs, mayDeny: true }, (abortSignal) =>
        readBootstrapVersion(client, abortSignal),
      );
    },
    inRegion: (name) => awsRegion(options, name),
  };
}

/** Credentials of a caller. */
export interface AccountCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/**
 * The credentials that the SDK's own chain finds, for a service that the SDK does not call.
 *
 * @throws OperationError if there are none
 */
export async function accountCredentials(
  options: Pick<AwsAccountOptions, 'profile' | 'region'>,
): Promise<AccountCredentials> {
  const client = new STSClient(
    clientConfig(options, (await configuredRegion(options)) ?? ANY_REGION),
  );
  const { accessKeyId, secretAccessKey, sessionToken } = await ask({ service: 'STS', client }, () =>
    client.config.credentials(),
  );
  return { accessKeyId, secretAccessKey, sessionToken };
}

/**
 * The same, again and again: those that expire are found anew in time.
 *
 * @returns a function that rejects with an OperationError if there are none
 */
export function credentialSource(
  options: Pick<AwsAccountOptions, 'profile' | 'region'>,
): () => Promise<AccountCredentials> {
  // Its provider keeps credentials until shortly before their end.
  const client = new STSClient(clientConfig(options, options.region ?? ANY_REGION));
  const kept = { destroy: () => undefined };
  return () => ask({ service: 'STS', client: kept }, () => client.config.credentials());
}

async function readBootstrapVersion(
  client: SSMClient,
  abortSignal: AbortSignal,
): Promise<number | undefined> {
  try {
    const command = new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER });
    const { Parameter: parameter } = await client.send(command, { abortSignal });
    return Number(parameter?.Value);
  } catch (cause) {
    if (cause instanceof ParameterNotFound) return undefined;
    throw cause;
  }
}

/** The variables that cdk reads too, then the profile. */
async function configuredRegion({
  profile,
  region,
}: AwsAccountOptions): Promise<string | undefined> {
  const chosen = region ?? process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  if (chosen !== undefined && chosen !== '') return chosen;
  try {
    return await new STSClient({ profile }).config.region();
  } catch (error) {
    if (error instanceof Error && error.message === 'Region is missing') return undefined;
    throw error;
  }
}
