import * as v from 'valibot';
import { TemplateError } from './stack-template';
import { Count, read, type Resource } from './resource';

/** The error controls of provisioned mode. */
export interface BoundedFailures {
  readonly kind: 'bounded';
  /** Retries of a failed batch; Infinity for no limit. */
  readonly retryAttempts: number;
  /** Older records are not tried; Infinity for no limit. */
  readonly maxRecordAgeMs: number;
  /** True if a failed batch is split in two. */
  readonly bisect: boolean;
  /** True if the function's answer may name the records that failed. */
  readonly reportsItemFailures: boolean;
  /** The topic that takes the records that are given up; null if they are dropped. */
  readonly destinationTopic: string | null;
}

/** The fate of a failed batch: on-demand mode retries it, provisioned mode has limits. */
export type MappingFailures = { readonly kind: 'retry-until-success' } | BoundedFailures;

/**
 * Settings that AWS takes of a Kafka event source in provisioned mode only. The
 * number of pollers, metrics and log levels do not change what is done.
 */
const PROVISIONED_ONLY = [
  'BisectBatchOnFunctionError',
  'FunctionResponseTypes',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
] as const;

/** The limit of endless retries if there is a destination. */
const RETRIES_BEFORE_DESTINATION = 10;
const ENDLESS = -1;

const within = (min: number, max: number) => v.pipe(Count, v.minValue(min), v.maxValue(max));
const Pollers = v.object({
  MinimumPollers: v.optional(within(1, 200)),
  MaximumPollers: v.optional(within(1, 2_000)),
});
const RetryAttempts = v.optional(within(ENDLESS, 10_000), ENDLESS);
const RecordAgeSeconds = v.optional(
  v.union([v.pipe(Count, v.value(ENDLESS)), within(60, 604_800)]),
  ENDLESS,
);
const ResponseTypes = v.optional(v.array(v.literal('ReportBatchItemFailures')), []);
const DestinationConfig = v.optional(
  v.object({ OnFailure: v.optional(v.object({ Destination: v.optional(v.string()) })) }),
);

/**
 * The fate of a mapping's failed batches, with the settings that are not
 * emulated: a destination that is not a Kafka topic.
 *
 * @throws TemplateError if AWS does not take a setting
 */
export function mappingFailuresOf(
  resource: Resource,
  topics: readonly string[],
): { readonly failures: MappingFailures; readonly notEmulated: readonly string[] } {
  const config = read(resource, 'DestinationConfig', DestinationConfig);
  const destination = config?.OnFailure?.Destination ?? null;
  const topic = topicOf(destination);
  const notEmulated = destination !== null && topic === null ? ['DestinationConfig'] : [];
  if (read(resource, 'ProvisionedPollerConfig', v.optional(Pollers))) {
    if (topic !== null) refuseLoop(resource, topic, topics);
    return { failures: boundedFailures(resource, destination, topic), notEmulated };
  }
  const refused: string[] = PROVISIONED_ONLY.filter(
    (name) => resource.property(name) !== undefined,
  );
  if (topic !== null) refused.push('DestinationConfig with a Kafka topic');
  if (refused.length === 0) return { failures: { kind: 'retry-until-success' }, notEmulated };
  throw new TemplateError(
    `mapping ${resource.logicalId} has ${refused.join(', ')} but no ProvisionedPollerConfig, without which AWS refuses it; give it pollers, or leave it out`,
  );
}

function boundedFailures(
  resource: Resource,
  destination: string | null,
  destinationTopic: string | null,
): BoundedFailures {
  const attempts = read(resource, 'MaximumRetryAttempts', RetryAttempts);
  const endless = destination === null ? Number.POSITIVE_INFINITY : RETRIES_BEFORE_DESTINATION;
  const ageSeconds = read(resource, 'MaximumRecordAgeInSeconds', RecordAgeSeconds);
  return {
    kind: 'bounded',
    retryAttempts: attempts === ENDLESS ? endless : attempts,
    maxRecordAgeMs: ageSeconds === ENDLESS ? Number.POSITIVE_INFINITY : ageSeconds * 1000,
    bisect: read(resource, 'BisectBatchOnFunctionError', v.optional(v.boolean(), false)),
    reportsItemFailures: read(resource, 'FunctionResponseTypes', ResponseTypes).length > 0,
    destinationTopic,
  };
}

function topicOf(destination: string | null): string | null {
  return /^kafka:\/\/([\w.-]+)$/.exec(destination ?? '')?.[1] ?? null;
}

/** AWS refuses it too: failed records would come again for ever. */
function refuseLoop(resource: Resource, topic: string, topics: readonly string[]): void {
  if (!topics.includes(topic)) return;
  throw new TemplateError(
    `mapping ${resource.logicalId} reads ${topic}, which is its on-failure destination too; name another topic`,
  );
}
