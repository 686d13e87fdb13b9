import {
  type FunctionConfiguration,
  LambdaClient,
  ListFunctionsCommand,
} from '@aws-sdk/client-lambda';
import type { AnyFunction, FunctionName } from '../../../lib/naming/function-names';
import { clientConfig, type LocalstackProject } from '../localstack-project';

/** A function in LocalStack's Lambda. */
export interface DeployedFunction {
  /** Its name in Lambda. */
  readonly functionName: string;
  /** Its own time limit, as it was when it was looked up. */
  readonly timeoutMs: number;
}

/** The deployed functions, by their names in the pipeline. */
export type DeployedFunctions = Readonly<Record<FunctionName, DeployedFunction>> & {
  /** The function that answers queries; undefined if none is deployed. */
  readonly query: DeployedFunction | undefined;
};

/** LocalStack does not answer, or a function is not deployed in it. */
export class NotDeployedError extends Error {
  override readonly name = 'NotDeployedError';
}

/** LocalStack loads a service when it is first asked for: on a busy machine that takes a while. */
export const ANSWER_LIMIT_MS = 60_000;
const STACK_PREFIX = 'Candlestream-localstack-Pipeline-';

/**
 * Looks up the functions deployed in LocalStack.
 *
 * @throws NotDeployedError if one is missing, or LocalStack does not answer
 */
export async function deployedFunctions(project: LocalstackProject): Promise<DeployedFunctions> {
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

/** Finds the functions by the variable that names each in its logs. @throws NotDeployedError */
export function functionsOf(functions: readonly FunctionConfiguration[]): DeployedFunctions {
  const named = (name: AnyFunction): DeployedFunction | undefined => {
    const configuration = functions.find(
      ({ FunctionName: own, Environment }) =>
        own?.startsWith(STACK_PREFIX) &&
        Environment?.Variables?.['POWERTOOLS_SERVICE_NAME'] === name,
    );
    const { FunctionName: functionName, Timeout: timeoutSeconds } = configuration ?? {};
    if (functionName !== undefined && timeoutSeconds !== undefined) {
      return { functionName, timeoutMs: timeoutSeconds * 1_000 };
    }
    return undefined;
  };
  const found = (name: FunctionName): DeployedFunction => {
    const one = named(name);
    if (one !== undefined) return one;
    throw new NotDeployedError(
      `The function ${name} is not deployed in LocalStack: run "npm run localstack"`,
    );
  };
  return {
    fetch: found('fetch'),
    reconcile: found('reconcile'),
    transform: found('transform'),
    persist: found('persist'),
    query: named('query'),
  };
}
