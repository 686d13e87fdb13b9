import * as v from 'valibot';
import { OperationError } from '../../operation-error';
import type { StageResource } from '../../stages/stage-resources';

/** A resource has properties for which no price is known; the message names it. */
export class UnreadableResourceError extends OperationError {
  override readonly name = 'UnreadableResourceError';
  constructor({ stack, logicalId, type }: StageResource, problem: string, options?: ErrorOptions) {
    super(
      `The cost of ${logicalId} (${type}) in ${stack} is unknown: ${problem}; add its price in ops/cost/`,
      options,
    );
  }
}

/**
 * Reads the properties of a resource that determine its cost.
 *
 * @throws UnreadableResourceError
 */
export function propertiesOf<Schema extends v.GenericSchema>(
  resource: StageResource,
  schema: Schema,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, resource.properties);
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map((issue) => {
    return `${v.getDotPath(issue) ?? 'Properties'}: ${issue.message}`;
  });
  throw new UnreadableResourceError(resource, problems.join(', '));
}
