import {
  type FunctionConfiguration,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import type { FunctionName } from '../../../lib/naming/function-names';
import { clientConfig, type LocalstackProject } from '../localstack-project';

/** A function as it is deployed. */
export interface DeployedFunction {
  /** Its name in Lambda. */
  readonly functionName: string;
  /** Its own time limit, as it was when it was looked up. */
  readonly timeoutMs: number;
}

/** Functions that are not deployed. */
export class NotDeployedError extends Error {
  override readonly name = 'NotDeployedError';
}

const ANSWER_LIMIT_MS = 10_000;
const STACK = 'Candlestream-localstack-Pipeline-';

/**
 * The functions that are deployed in LocalStack.
 *
 * @throws NotDeployedError where they are not there, or LocalStack is not
 */
export async function deployedFunctions(
  project: LocalstackProject,
): Promise<Record<FunctionName, DeployedFunction>> {
  const client = new LambdaClient(clientConfig(project));
  try {
    const abortSignal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const { Functions: functions = [] } = await client.send(new ListFunctionsCommand({}), {
      abortSignal,
    });
    return functionsOf(functions);
  } catch (cause) {
    if (cause instanceof NotDeployedError) throw cause;
    throw new NotDeployedError(
      `LocalStack does not answer on port ${project.ports.localstack} (${String(cause)}): start it with "npm run localstack"`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}

/** By the variable that names each in its logs. @throws NotDeployedError */
export function functionsOf(
  functions: readonly FunctionConfiguration[],
): Record<FunctionName, DeployedFunction> {
  const found = (name: FunctionName): DeployedFunction => {
    const one = functions.find(
      ({ FunctionName: own, Environment }) =>
        own?.startsWith(STACK) && Environment?.Variables?.['POWERTOOLS_SERVICE_NAME'] === name,
    );
    if (one?.FunctionName !== undefined && one.Timeout !== undefined) {
      return { functionName: one.FunctionName, timeoutMs: one.Timeout * 1_000 };
    }
    throw new NotDeployedError(
      `The function ${name} is not deployed in LocalStack: run "npm run localstack"`,
    );
  };
  return { fetch: found('fetch'), transform: found('transform'), persist: found('persist') };
}
