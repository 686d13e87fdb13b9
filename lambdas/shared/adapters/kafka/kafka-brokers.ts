import type { KafkaConfig, SASLOptions } from 'kafkajs';
import { credentialsFromEnvironment } from '../aws-signature';
import { createDeadline, type Deadline } from '../deadline';
import { mskToken } from './msk-token';
import { waitedOut } from './waited-out';

/** Settings with which kafkajs reaches a cluster. */
export type BrokerAccess = Pick<KafkaConfig, 'ssl' | 'sasl'> & { readonly brokers: string[] };

/** The brokers of a cluster could not be found; the message names the remedy. */
export class BrokersNotFoundError extends Error {
  override readonly name = 'BrokersNotFoundError';
}

const LOOK_UP_TIMEOUT_MS = 5_000;

/**
 * Finds the brokers of a cluster. Servers that are given are used as they are;
 * those of an MSK cluster are looked up by `GetBootstrapBrokers`, once in a
 * process. Many processes start at once after a deployment: a look-up that the
 * API throttles is made again for as long as the invocation has time.
 * Connections use TLS and IAM tokens if the cluster offers IAM, and plain text
 * if not.
 */
export function createBrokerLookUp(
  environment: {
    KAFKA_CLUSTER_ARN?: string | undefined;
    KAFKA_BOOTSTRAP_SERVERS?: string[] | undefined;
  },
  region: string,
  { hasTime }: Pick<Deadline, 'hasTime'> = createDeadline(),
): () => Promise<BrokerAccess> {
  const { KAFKA_CLUSTER_ARN: arn, KAFKA_BOOTSTRAP_SERVERS: servers } = environment;
  if (servers !== undefined) return () => Promise.resolve({ brokers: servers });
  if (arn === undefined) throw new BrokersNotFoundError('Neither brokers nor a cluster are given');
  let found: Promise<BrokerAccess> | undefined;
  return () => {
    found ??= patientLookUp(arn, region, hasTime).catch((cause: unknown) => {
      found = undefined;
      throw cause;
    });
    return found;
  };
}

/** Repetitions of a look-up that fails for another reason than throttling. */
const RETRIES = 3;

function patientLookUp(clusterArn: string, region: string, hasTime: () => boolean) {
  return waitedOut(
    () => lookUp(clusterArn, region),
    ({ error: { cause }, retriesConsumed }) =>
      isThrottled(cause)
        ? retriesConsumed < RETRIES || hasTime()
        : mayPass(cause) && retriesConsumed < RETRIES,
  );
}

/** Names of refusals that say "later". Source: the Amazon MSK API reference, "Clusters bootstrap-brokers". */
const THROTTLES: ReadonlySet<string> = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'ServiceUnavailableException',
]);

/** Compares names, as the classes of the errors are not loaded with the function. */
function isThrottled(cause: unknown): boolean {
  return cause instanceof Error && THROTTLES.has(cause.name);
}

/** True of all but a refusal that says that the request is wrong. */
function mayPass(cause: unknown): boolean {
  return cause instanceof Error && (cause as { readonly $fault?: unknown }).$fault !== 'client';
}

async function lookUp(clusterArn: string, region: string): Promise<BrokerAccess> {
  const answer = await bootstrapBrokers(clusterArn, region);
  const { BootstrapBrokerStringSaslIam: iam, BootstrapBrokerString: plain } = answer;
  if (iam !== undefined) return { brokers: iam.split(','), ssl: true, sasl: iamSasl(region) };
  if (plain !== undefined) return { brokers: plain.split(',') };
  throw new BrokersNotFoundError(
    `The MSK cluster ${clusterArn} offers neither IAM nor plain-text brokers; expected IAM authentication to be on, as the data stack sets it`,
  );
}

async function bootstrapBrokers(clusterArn: string, region: string) {
  // Loaded here, not with the function: one call in a process needs it.
  const { GetBootstrapBrokersCommand, KafkaClient } = await import('@aws-sdk/client-kafka');
  const client = new KafkaClient({ region, maxAttempts: 1 });
  try {
    const abortSignal = AbortSignal.timeout(LOOK_UP_TIMEOUT_MS);
    return await client.send(new GetBootstrapBrokersCommand({ ClusterArn: clusterArn }), {
      abortSignal,
    });
  } catch (cause) {
    throw new BrokersNotFoundError(
      `The brokers of the MSK cluster ${clusterArn} could not be looked up: ${String(cause)}; ${remedyOf(cause)}`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}

function remedyOf(cause: unknown): string {
  switch (cause instanceof Error ? cause.name : '') {
    case 'NotFoundException':
      return 'there is no such cluster: deploy the data stack, and then this function with the ARN of its cluster';
    case 'AccessDeniedException':
    case 'ForbiddenException':
    case 'UnauthorizedException':
      return 'the role of this function needs kafka:GetBootstrapBrokers on that cluster: deploy the pipeline stack again';
    case 'BadRequestException':
      return 'a cluster that is being created or deleted has no brokers: wait until its state is ACTIVE, and check the ARN';
    default:
      return 'check that the subnet of this function reaches the API of MSK through a NAT gateway or an endpoint';
  }
}

function iamSasl(region: string): SASLOptions {
  return {
    mechanism: 'oauthbearer',
    oauthBearerProvider: () => {
      const value = mskToken({
        region,
        credentials: credentialsFromEnvironment(),
        atMs: Date.now(),
      });
      return Promise.resolve({ value });
    },
  };
}
