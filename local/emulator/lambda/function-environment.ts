import { join } from 'node:path';
import { LOCAL_REGION } from '../template/intrinsics/physical-names';
import type { FunctionTemplate } from '../template/function-template';

/** The variables of this process that a function may see. */
const INHERITED = ['PATH', 'HOME', 'NODE_EXTRA_CA_CERTS'] as const;

/**
 * The environment of a function: the template's variables with the overrides
 * over them, then those that Lambda itself sets. Of this process it inherits
 * only what a program needs to run at all: no credentials, no settings.
 */
export function functionEnvironment(
  template: FunctionTemplate,
  overrides: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...inheritedVariables(),
    TZ: 'UTC',
    LANG: 'en_US.UTF-8',
    ...template.environment,
    ...overrides,
    ...lambdaVariables(template),
  };
}

function inheritedVariables(): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(inherited);
}

/** The reserved variables, after the AWS Lambda developer guide. */
function lambdaVariables(template: FunctionTemplate): Record<string, string> {
  return {
    _HANDLER: template.handler,
    LAMBDA_TASK_ROOT: template.bundleFolder,
    AWS_REGION: LOCAL_REGION,
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    // The runtime brings the AWS SDK: bundles leave it out.
    NODE_PATH: join(__dirname, '..', '..', '..', 'node_modules'),
    AWS_LAMBDA_FUNCTION_NAME: template.arn.slice(template.arn.lastIndexOf(':') + 1),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(template.memoryMiB),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${template.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  };
}
