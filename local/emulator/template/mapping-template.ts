import * as v from 'valibot';
import { FUNCTION_NAMES, type FunctionName } from '../../../lib/naming/function-names';
import { type MappingFailures, mappingFailuresOf } from './mapping-failures';
import { uuidOf } from './intrinsics/physical-names';
import { TemplateError } from './stack-template';
import { Count, read, type Resource } from './resource';

/** An event source mapping: from topics to a function. */
export interface MappingTemplate {
  readonly logicalId: string;
  readonly topics: readonly string[];
  readonly target: FunctionName;
  readonly consumerGroupId: string;
  /** Null for a cluster that only has the names of its bootstrap servers. */
  readonly eventSourceArn: string | null;
  /** The most records of one event. */
  readonly batchSize: number;
  readonly windowMs: number;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** The mode, which decides what becomes of a failed batch. */
  readonly failures: MappingFailures;
  /** Settings of the template that the local event source does not emulate. */
  readonly notEmulated: readonly string[];
}

type FunctionArns = Readonly<Record<FunctionName, { readonly arn: string }>>;

/** AWS Lambda's defaults for what the template does not set, after its developer guide. */
const DEFAULTS = { batchSize: 100, windowMs: 500 } as const;

const Position = v.picklist(['TRIM_HORIZON', 'LATEST']);
const SourceConfig = v.optional(v.object({ ConsumerGroupId: v.optional(v.string()) }));

/**
 * The event source mapping of a resource.
 *
 * @throws TemplateError if it has no local meaning, or AWS would refuse it
 */
export function mappingOf(resource: Resource, functions: FunctionArns): MappingTemplate {
  const windowSeconds = read(resource, 'MaximumBatchingWindowInSeconds', v.optional(Count));
  const topics = read(resource, 'Topics', v.pipe(v.array(v.string()), v.minLength(1)));
  const config =
    read(resource, 'AmazonManagedKafkaEventSourceConfig', SourceConfig) ??
    read(resource, 'SelfManagedKafkaEventSourceConfig', SourceConfig);
  const filters = resource.property('FilterCriteria');
  const { failures, notEmulated } = mappingFailuresOf(resource, topics);
  return {
    logicalId: resource.logicalId,
    topics,
    target: targetOf(resource, functions),
    consumerGroupId: config?.ConsumerGroupId ?? uuidOf(`${resource.stack}/${resource.logicalId}`),
    eventSourceArn: read(resource, 'EventSourceArn', v.optional(v.string())) ?? null,
    batchSize: read(resource, 'BatchSize', v.optional(Count, DEFAULTS.batchSize)),
    windowMs: windowSeconds === undefined ? DEFAULTS.windowMs : windowSeconds * 1000,
    startingPosition: read(resource, 'StartingPosition', Position),
    failures,
    notEmulated: filters === undefined ? notEmulated : [...notEmulated, 'FilterCriteria'],
  };
}

function targetOf(resource: Resource, functions: FunctionArns): FunctionName {
  const target = read(resource, 'FunctionName', v.string());
  const found = FUNCTION_NAMES.find(
    (name) => target === functions[name].arn || functions[name].arn.endsWith(`:${target}`),
  );
  if (found) return found;
  throw new TemplateError(
    `mapping ${resource.logicalId} invokes ${target}, which is none of ${FUNCTION_NAMES.join(', ')}`,
  );
}
