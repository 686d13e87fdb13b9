import type { MappingTemplate } from '../../template/mapping-template';
import type { EventSourceProblem } from '../event-source-problem';
import { BoundedRetries, type NamedDestination } from './bounded-retries';
import type { Delivery, RetryDelays } from './delivery';
import type { FailureDestination } from './failure-destination';
import { RetryUntilSuccess } from './retry-until-success';

/** A mapping, and what a delivery of its events works with. */
export interface CreateDeliveryOptions {
  readonly mapping: Pick<MappingTemplate, 'failures'>;
  readonly openDestination: (topic: string) => FailureDestination;
  readonly retryDelaysMs: RetryDelays;
  readonly report: (problem: EventSourceProblem) => void;
  /** In ms since 1970. */
  readonly now: () => number;
}

/** The delivery of a mapping's mode, and the destination that it sends to, if there is one. */
export function createDelivery(options: CreateDeliveryOptions): {
  readonly delivery: Delivery;
  readonly destination: FailureDestination | null;
} {
  const { retryDelaysMs: delays, report, now } = options;
  const { failures } = options.mapping;
  if (failures.kind === 'retry-until-success') {
    return { delivery: new RetryUntilSuccess(delays, report), destination: null };
  }
  const destination = namedDestination(failures.destinationTopic, options);
  const delivery = new BoundedRetries({ failures, destination, delays, report, now });
  return { delivery, destination: destination?.port ?? null };
}

function namedDestination(
  name: string | null,
  { openDestination }: Pick<CreateDeliveryOptions, 'openDestination'>,
): NamedDestination | null {
  return name === null ? null : { name, port: openDestination(name) };
}
