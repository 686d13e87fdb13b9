import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { BOOTSTRAP_PARAMETER, CDK } from '../../../cli/cdk';
import { type CommandResult, lastLines, type RunCommand } from '../../../cli/processes/run-command';
import {
  awsEnvironment,
  clientConfig,
  type LocalstackProject,
  REGION,
} from '../localstack-project';

/** The account that LocalStack emulates. */
const ACCOUNT = '000000000000';
/** LocalStack loads a service when it is first asked for: on a busy machine that takes a while. */
const LOOK_LIMIT_MS = 60_000;
const CDK_LIMIT_MS = 5 * 60_000;

/** LocalStack refused the stacks; the message has its reasons. */
export class DeployFailedError extends Error {
  override readonly name = 'DeployFailedError';
}

const REMEDY =
  'Correct it and run again. If a stack is stuck, run "npm run localstack -- --down" first: LocalStack then forgets the stacks, and the data stays.';

/** Options for `bootstrap` and `deploy`. */
export interface DeployOptions {
  readonly project: LocalstackProject;
  /** The folder of the cloud assembly. */
  readonly assembly: string;
  readonly run: RunCommand;
  readonly signal?: AbortSignal;
}

/**
 * True once `cdk bootstrap` has run on this LocalStack, which forgets it when it ends.
 *
 * @throws DeployFailedError if LocalStack does not answer
 */
export async function isBootstrapped(project: LocalstackProject): Promise<boolean> {
  const client = new SSMClient(clientConfig(project));
  try {
    const look = new GetParameterCommand({ Name: BOOTSTRAP_PARAMETER });
    await client.send(look, { abortSignal: AbortSignal.timeout(LOOK_LIMIT_MS) });
    return true;
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ParameterNotFound') return false;
    throw new DeployFailedError(
      `LocalStack does not answer on port ${project.ports.localstack} (${String(cause)}): see "docker logs ${project.projectName}-localstack-1", and run again`,
      { cause },
    );
  } finally {
    client.destroy();
  }
}

/** Creates the resources of an account that `cdk deploy` needs. @throws DeployFailedError */
export async function bootstrap(options: DeployOptions): Promise<void> {
  await cdk(['bootstrap', `aws://${ACCOUNT}/${REGION}`], options);
}

/**
 * Deploys the stacks of the stage that have changed.
 *
 * @throws DeployFailedError with the reasons of the resources that failed; the signal's reason
 */
export async function deploy(options: DeployOptions): Promise<void> {
  await cdk(['deploy', 'Candlestream-localstack-*', '--require-approval', 'never'], options);
}

async function cdk(args: readonly string[], options: DeployOptions): Promise<void> {
  const { assembly } = options;
  const quiet = ['--app', assembly, '--ci', '--no-notices', '--no-color'];
  const result = await runCdk([...args, ...quiet], options);
  if (result.exitCode === 0) return;
  const reasons = failureReasons(`${result.stdout}\n${result.stderr}`);
  throw new DeployFailedError(
    `"cdk ${args[0] ?? ''}" failed:\n${reasons.join('\n') || lastLines(result, 8)}\n${REMEDY}`,
  );
}

async function runCdk(
  args: readonly string[],
  { project, run, signal }: DeployOptions,
): Promise<CommandResult> {
  const environment = {
    ...awsEnvironment(project),
    // package.json states which Node.js is needed.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    // Telemetry would leave a process behind for a while.
    CDK_DISABLE_CLI_TELEMETRY: 'true',
  };
  signal?.throwIfAborted();
  try {
    return await run(CDK, args, { timeoutMs: CDK_LIMIT_MS, environment, signal });
  } catch (error) {
    // What failed after the abort failed because of it.
    signal?.throwIfAborted();
    throw error;
  }
}

/** The reasons of failed resources in the output of `cdk`: `<status> <type> <resource> <LocalStack's reason>`. */
export function failureReasons(output: string): string[] {
  const lines = output.split('\n');
  const resources = lines.flatMap((line) => {
    const [, status, type = '', rest = ''] =
      /\|\s*((?:CREATE|UPDATE|DELETE)_FAILED)\s*\|\s*(\S+)\s*\|\s*(.+)$/.exec(line) ?? [];
    // A resource that failed because of another one has no reason of its own.
    const hasReason = /\(\w+\)\s+\S/.test(rest);
    return status !== undefined && hasReason ? [`${status} ${type} ${rest.trim()}`] : [];
  });
  if (resources.length > 0) return [...new Set(resources)];
  const failed = lines.filter((line) => /❌|\w*Error: |is in a failed state/.test(line));
  return [...new Set(failed.map((line) => line.trim()))];
}
