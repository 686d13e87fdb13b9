import {
  ALL_FUNCTIONS,
  type AnyFunction,
  FUNCTION_NAMES,
  type FunctionName,
  SCHEDULED_FUNCTIONS,
  type ScheduledFunction,
} from '../../../lib/naming/function-names';
import type { Assembly } from './assembly';
import { type FunctionTemplate, functionsOf } from './function-template';
import { mappingOf, type MappingTemplate } from './mapping-template';
import { rulesOf, type RuleTemplates } from './rule-template';
import { tableOf, type TableTemplate } from './table-template';
import { topicOf, type TopicTemplate } from './topic-template';
import { urlOf, type UrlTemplate } from './url-template';

// For rooms that do not import lib/.
export {
  ALL_FUNCTIONS,
  type AnyFunction,
  FUNCTION_NAMES,
  type FunctionName,
  SCHEDULED_FUNCTIONS,
  type ScheduledFunction,
};

/** The parts of a stage's templates that the local run emulates. */
export interface PipelineTemplate {
  readonly functions: Readonly<Record<FunctionName, FunctionTemplate>>;
  /** The address that queries are sent to; undefined if the stage has none. */
  readonly url: UrlTemplate | undefined;
  readonly rules: RuleTemplates;
  readonly mappings: readonly MappingTemplate[];
  readonly topics: readonly TopicTemplate[];
  readonly keyspaces: readonly string[];
  readonly tables: readonly TableTemplate[];
  /** The MSK clusters of the template. */
  readonly clusterArns: readonly string[];
}

const CLUSTER_TYPES = ['AWS::MSK::Cluster', 'AWS::MSK::ServerlessCluster'] as const;

/**
 * The pipeline that the stacks of an assembly deploy.
 *
 * @throws TemplateError if a part of it is missing or has no local meaning
 */
export function readPipelineTemplate(assembly: Assembly): PipelineTemplate {
  const functions = functionsOf(assembly);
  return {
    functions,
    url: urlOf(assembly, functions.query),
    rules: rulesOf(assembly, functions),
    mappings: assembly
      .required('AWS::Lambda::EventSourceMapping')
      .map((resource) => mappingOf(resource, functions)),
    topics: assembly.ofType('AWS::MSK::Topic').map(topicOf),
    keyspaces: assembly.required('AWS::Cassandra::Keyspace').map(({ ref }) => ref),
    tables: assembly.required('AWS::Cassandra::Table').map(tableOf),
    clusterArns: CLUSTER_TYPES.flatMap((type) => assembly.ofType(type).map(({ arn }) => arn)),
  };
}
