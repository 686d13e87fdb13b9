import * as v from 'valibot';

/** A cloud assembly that is invalid, or a value in it that has no local meaning. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
}

/** A plain value, as JSON has it, with no intrinsic left in it. */
export type PlainValue =
  string | number | boolean | null | readonly PlainValue[] | { readonly [key: string]: PlainValue };

const Json = v.record(v.string(), v.unknown());
/** The part of a CloudFormation template that is read. */
export const StackTemplate = v.object({
  Parameters: v.optional(v.record(v.string(), Json), {}),
  Mappings: v.optional(v.record(v.string(), v.record(v.string(), Json)), {}),
  Resources: v.optional(
    v.record(
      v.string(),
      v.object({
        Type: v.string(),
        Properties: v.optional(Json, {}),
        Metadata: v.optional(Json, {}),
      }),
    ),
    {},
  ),
  Outputs: v.optional(v.record(v.string(), Json), {}),
});
/** A template, its intrinsics not resolved. */
export type StackTemplate = v.InferOutput<typeof StackTemplate>;

/** A stack by its name. */
export interface Stack {
  readonly name: string;
  readonly template: StackTemplate;
}

/** True for a value of a template that is an object with members. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
