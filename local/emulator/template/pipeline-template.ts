import * as v from 'valibot';
import { FUNCTION_NAMES, type FunctionName } from '../../../lib/naming/function-names';
import { TemplateError } from './stack-template';
import type { Assembly, Resource } from './template';
import { mappingOf, type MappingTemplate } from './mapping-template';
import { Count, read } from './template-property';

export { FUNCTION_NAMES, type FunctionName };
export type { MappingTemplate } from './mapping-template';

/** A function as it deploys. */
export interface FunctionTemplate {
  readonly name: FunctionName;
  readonly logicalId: string;
  readonly arn: string;
  /** Absolute: where the bundle stands. */
  readonly bundleFolder: string;
  /** `file.export`, such as `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMiB: number;
  /** How often an asynchronous invocation that failed is repeated. */
  readonly asyncRetryAttempts: number;
}

/** The rule that starts a tick. */
export interface RuleTemplate {
  readonly arn: string;
  readonly rateMs: number;
  readonly target: FunctionName;
}

/** A topic. */
export interface TopicTemplate {
  readonly name: string;
  readonly partitions: number;
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

/** A column with its CQL type. */
export interface ColumnTemplate {
  readonly name: string;
  readonly type: string;
}

/** A table. */
export interface TableTemplate {
  readonly keyspace: string;
  readonly name: string;
  readonly partitionKey: readonly ColumnTemplate[];
  readonly clusteringKey: readonly (ColumnTemplate & { readonly order: 'ASC' | 'DESC' })[];
  readonly columns: readonly ColumnTemplate[];
}

/** All of the templates that the local run plays. */
export interface PipelineTemplate {
  readonly functions: Readonly<Record<FunctionName, FunctionTemplate>>;
  readonly rule: RuleTemplate;
  readonly mappings: readonly MappingTemplate[];
  readonly topics: readonly TopicTemplate[];
  readonly keyspaces: readonly string[];
  readonly tables: readonly TableTemplate[];
  /** The MSK clusters of the template. */
  readonly clusterArns: readonly string[];
}

const Column = v.object({ ColumnName: v.string(), ColumnType: v.string() });
const ClusteringColumn = v.object({
  Column,
  OrderBy: v.optional(v.picklist(['ASC', 'DESC']), 'ASC'),
});
const EnvironmentVariables = v.object({
  Variables: v.record(v.string(), v.pipe(v.union([v.string(), v.number()]), v.transform(String))),
});
const Targets = v.pipe(v.array(v.object({ Arn: v.string() })), v.minLength(1));

/** What AWS Lambda takes where the template says nothing, after its developer guide. */
const DEFAULTS = {
  timeoutSeconds: 3,
  memoryMiB: 128,
  asyncRetryAttempts: 2,
} as const;

/**
 * The pipeline that the stacks of an assembly deploy.
 *
 * @throws TemplateError where a part of it is missing or has no local meaning
 */
export function readPipelineTemplate(assembly: Assembly): PipelineTemplate {
  const functions = functionsOf(assembly);
  return {
    functions,
    rule: ruleOf(assembly, functions),
    mappings: required(assembly, 'AWS::Lambda::EventSourceMapping').map((resource) =>
      mappingOf(resource, functions),
    ),
    topics: assembly.ofType('AWS::MSK::Topic').map(topicOf),
    keyspaces: required(assembly, 'AWS::Cassandra::Keyspace').map((resource) => resource.ref),
    tables: required(assembly, 'AWS::Cassandra::Table').map(tableOf),
    clusterArns: ['AWS::MSK::Cluster', 'AWS::MSK::ServerlessCluster'].flatMap((type) =>
      assembly.ofType(type).map((cluster) => cluster.arn),
    ),
  };
}

function required(assembly: Assembly, type: string): readonly Resource[] {
  const resources = assembly.ofType(type);
  if (resources.length > 0) return resources;
  throw new TemplateError(`the stacks in ${assembly.folder} have no ${type}`);
}

function functionsOf(assembly: Assembly): Record<FunctionName, FunctionTemplate> {
  const found = new Map<FunctionName, FunctionTemplate>();
  for (const resource of required(assembly, 'AWS::Lambda::Function')) {
    const name = functionNameOf(resource);
    if (!name) continue;
    const other = found.get(name);
    if (other) {
      throw new TemplateError(
        `${other.logicalId} and ${resource.logicalId} both are the ${name} function; choose one stage`,
      );
    }
    found.set(name, functionOf(assembly, resource, name));
  }
  const functionNamed = (name: FunctionName): FunctionTemplate => {
    const one = found.get(name);
    if (one) return one;
    throw new TemplateError(`the stacks in ${assembly.folder} have no ${name} function`);
  };
  return {
    fetch: functionNamed('fetch'),
    transform: functionNamed('transform'),
    persist: functionNamed('persist'),
  };
}

/** By the variable that names the service in its logs, else by the construct path's end. */
function functionNameOf(resource: Resource): FunctionName | undefined {
  const environment = v.safeParse(EnvironmentVariables, resource.property('Environment'));
  const service = environment.success
    ? environment.output.Variables['POWERTOOLS_SERVICE_NAME']
    : undefined;
  const segments = resource.path.toLowerCase().split('/');
  return (
    FUNCTION_NAMES.find((name) => service?.toLowerCase() === name) ??
    FUNCTION_NAMES.find((name) => segments.some((segment) => segment === name)) ??
    FUNCTION_NAMES.find((name) => segments.some((segment) => segment === `${name}function`))
  );
}

function functionOf(assembly: Assembly, resource: Resource, name: FunctionName): FunctionTemplate {
  const { S3Key: s3Key } = read(resource, 'Code', v.object({ S3Key: v.string() }));
  const environment = read(resource, 'Environment', v.optional(EnvironmentVariables));
  const timeoutSeconds = read(resource, 'Timeout', v.optional(Count, DEFAULTS.timeoutSeconds));
  return {
    name,
    logicalId: resource.logicalId,
    arn: resource.arn,
    bundleFolder: assembly.assetPath(s3Key),
    handler: read(resource, 'Handler', v.pipe(v.string(), v.regex(/^[\w/-]+\.\w+$/))),
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

function ruleOf(
  assembly: Assembly,
  functions: Readonly<Record<FunctionName, FunctionTemplate>>,
): RuleTemplate {
  const rules = required(assembly, 'AWS::Events::Rule').flatMap((resource) => {
    const targets = read(resource, 'Targets', Targets);
    const target = FUNCTION_NAMES.find((name) =>
      targets.some(({ Arn }) => Arn === functions[name].arn),
    );
    return target ? [{ arn: resource.arn, rateMs: rateOf(resource), target }] : [];
  });
  const [rule, ...others] = rules;
  if (rule && others.length === 0) return rule;
  throw new TemplateError(
    `expected one AWS::Events::Rule whose target is a function of the pipeline, found ${rules.length}`,
  );
}

const UNIT_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

function rateOf(resource: Resource): number {
  const expression = read(resource, 'ScheduleExpression', v.string());
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const unitMs = UNIT_MS[unit ?? ''];
  if (count !== undefined && unitMs !== undefined) return Number(count) * unitMs;
  throw new TemplateError(
    `rule ${resource.logicalId}: ${expression} is not played locally, only rate(...) is`,
  );
}

function topicOf(resource: Resource): TopicTemplate {
  const configs = read(resource, 'Configs', v.optional(v.string(), ''));
  return {
    name: read(resource, 'TopicName', v.string()),
    partitions: read(resource, 'PartitionCount', Count),
    replicationFactor: read(resource, 'ReplicationFactor', Count),
    configs: topicConfigs(resource, Buffer.from(configs, 'base64').toString('utf8')),
  };
}

function topicConfigs(resource: Resource, text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const [, key, value] = /^([^=]+)=(.*)$/.exec(line.trim()) ?? [];
      if (key !== undefined && value !== undefined) return [key.trim(), value.trim()];
      throw new TemplateError(
        `topic ${resource.logicalId}: Configs holds "${line.slice(0, 80)}", expected base64 of lines key=value`,
      );
    }),
  );
}

function tableOf(resource: Resource): TableTemplate {
  const [, generatedName = ''] = resource.ref.split('|');
  return {
    keyspace: read(resource, 'KeyspaceName', v.string()),
    name: read(resource, 'TableName', v.optional(v.string(), generatedName)),
    partitionKey: read(resource, 'PartitionKeyColumns', v.array(Column)).map(columnOf),
    clusteringKey: read(
      resource,
      'ClusteringKeyColumns',
      v.optional(v.array(ClusteringColumn), []),
    ).map(({ Column: column, OrderBy }) => ({ ...columnOf(column), order: OrderBy })),
    columns: read(resource, 'RegularColumns', v.optional(v.array(Column), [])).map(columnOf),
  };
}

function columnOf({ ColumnName, ColumnType }: v.InferOutput<typeof Column>): ColumnTemplate {
  return { name: ColumnName, type: ColumnType };
}
