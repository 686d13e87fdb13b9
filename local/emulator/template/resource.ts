import * as v from 'valibot';
import { type PlainValue, TemplateError } from './stack-template';

/** One resource of a stack; its properties are resolved when they are asked for. */
export interface Resource {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  /** The construct path, `Stack/Functions/Fetch/Resource`; empty without metadata. */
  readonly path: string;
  /** The value of `Ref`. */
  readonly ref: string;
  /** The value of `Fn::GetAtt` of `Arn`. */
  readonly arn: string;
  /**
   * A property with every intrinsic resolved; undefined if it is not set.
   *
   * @throws TemplateError that names stack, resource, property and intrinsic
   */
  readonly property: (name: string) => PlainValue | undefined;
}

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
  const { stack, logicalId, type } = resource;
  const actual = value === undefined ? 'not set' : JSON.stringify(value).slice(0, 160);
  throw new TemplateError(
    `stack ${stack}, resource ${logicalId} (${type}), property ${property}: ${v.summarize(parsed.issues)} (it is ${actual})`,
  );
}
