import * as v from 'valibot';
import {
  ALL_FUNCTIONS,
  type AnyFunction,
  type FunctionName,
} from '../../../lib/naming/function-names';
import type { Assembly } from './assembly';
import { Count, read, type Resource } from './resource';
import { TemplateError } from './stack-template';

/** A function as it deploys. */
export interface FunctionTemplate {
  readonly name: AnyFunction;
  readonly logicalId: string;
  readonly arn: string;
  /** Absolute: the folder of the bundle. */
  readonly bundleFolder: string;
  /** `file.export`, such as `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMiB: number;
  /** Repetitions of an asynchronous invocation that failed. */
  readonly asyncRetryAttempts: number;
}

const EnvironmentVariables = v.object({
  Variables: v.record(v.string(), v.pipe(v.union([v.string(), v.number()]), v.transform(String))),
});
const Code = v.object({ S3Key: v.string() });
const Handler = v.pipe(v.string(), v.regex(/^[\w/-]+\.\w+$/));

/** The functions of a stage: those that candles flow through, and perhaps the one that answers queries. */
export type FunctionTemplates = Readonly<Record<FunctionName, FunctionTemplate>> & {
  readonly query?: FunctionTemplate;
};

/** AWS Lambda's defaults for what the template does not set, after its developer guide. */
const DEFAULTS = { timeoutSeconds: 3, memoryMiB: 128, asyncRetryAttempts: 2 } as const;

/**
 * The functions of the pipeline.
 *
 * @throws TemplateError if one is missing, or there are two of one name
 */
export function functionsOf(assembly: Assembly): FunctionTemplates {
  const found = new Map<AnyFunction, FunctionTemplate>();
  for (const resource of assembly.required('AWS::Lambda::Function')) {
    const name = functionNameOf(resource);
    if (!name) continue;
    refuseSecond(found.get(name), resource, name);
    found.set(name, functionOf(assembly, resource, name));
  }
  const functionNamed = (name: FunctionName): FunctionTemplate => {
    const one = found.get(name);
    if (one) return one;
    throw new TemplateError(`the stacks in ${assembly.folder} have no ${name} function`);
  };
  const query = found.get('query');
  return {
    fetch: functionNamed('fetch'),
    reconcile: functionNamed('reconcile'),
    transform: functionNamed('transform'),
    persist: functionNamed('persist'),
    ...(query === undefined ? {} : { query }),
  };
}

function refuseSecond(
  first: FunctionTemplate | undefined,
  second: Resource,
  name: AnyFunction,
): void {
  if (!first) return;
  throw new TemplateError(
    `${first.logicalId} and ${second.logicalId} both are the ${name} function; choose one stage`,
  );
}

/** By the variable that names the service in its logs, else by the construct path. */
function functionNameOf(resource: Resource): AnyFunction | undefined {
  const environment = v.safeParse(EnvironmentVariables, resource.property('Environment'));
  const service = environment.success
    ? environment.output.Variables['POWERTOOLS_SERVICE_NAME']
    : undefined;
  const segments = resource.path.toLowerCase().split('/');
  return (
    ALL_FUNCTIONS.find((name) => service?.toLowerCase() === name) ??
    ALL_FUNCTIONS.find((name) => segments.includes(name)) ??
    ALL_FUNCTIONS.find((name) => segments.includes(`${name}function`))
  );
}

function functionOf(assembly: Assembly, resource: Resource, name: AnyFunction): FunctionTemplate {
  const environment = read(resource, 'Environment', v.optional(EnvironmentVariables));
  const timeoutSeconds = read(resource, 'Timeout', v.optional(Count, DEFAULTS.timeoutSeconds));
  return {
    name,
    logicalId: resource.logicalId,
    arn: resource.arn,
    bundleFolder: assembly.assetPath(read(resource, 'Code', Code).S3Key),
    handler: read(resource, 'Handler', Handler),
    environment: environment?.Variables ?? {},
    timeoutMs: timeoutSeconds * 1000,
    memoryMiB: read(resource, 'MemorySize', v.optional(Count, DEFAULTS.memoryMiB)),
    asyncRetryAttempts: asyncRetryAttemptsOf(assembly, resource),
  };
}

function asyncRetryAttemptsOf(assembly: Assembly, of: Resource): number {
  const config = assembly
    .ofType('AWS::Lambda::EventInvokeConfig')
    .find((resource) => [of.ref, of.arn].includes(read(resource, 'FunctionName', v.string())));
  if (!config) return DEFAULTS.asyncRetryAttempts;
  return read(config, 'MaximumRetryAttempts', v.optional(Count, DEFAULTS.asyncRetryAttempts));
}
