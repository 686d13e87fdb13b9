import * as v from 'valibot';
import { TemplateError } from './stack-template';
import type { Resource } from './template';

/** A whole number, which a template may hold as text. */
export const Count = v.pipe(v.union([v.number(), v.string()]), v.transform(Number), v.integer());

/**
 * A property of the wanted shape.
 *
 * @throws TemplateError that says which property of which resource is not
 */
export function read<T extends v.GenericSchema>(
  resource: Resource,
  property: string,
  shape: T,
): v.InferOutput<T> {
  const value = resource.property(property);
  const parsed = v.safeParse(shape, value);
  if (parsed.success) return parsed.output;
  throw new TemplateError(
    `stack ${resource.stack}, resource ${resource.logicalId} (${resource.type}), property ${property}: ${v.summarize(parsed.issues)} (it is ${value === undefined ? 'not set' : JSON.stringify(value).slice(0, 160)})`,
  );
}
