import * as v from 'valibot';
import type { Resource } from './resource';
import { TemplateError } from './stack-template';

/** The input transformer of a rule's target. */
export const InputTransformer = v.object({
  InputPathsMap: v.optional(v.record(v.string(), v.string()), {}),
  InputTemplate: v.string(),
});
type InputTransformer = v.InferOutput<typeof InputTransformer>;

/** The payload of a target's invocation, made of the event of a firing. */
export type TargetInput = (event: object) => unknown;

const TOP_LEVEL_PATH = /^\$\.([\w-]+)$/;
const PLACEHOLDER = /<([\w.-]+)>/g;

/**
 * The input of a target: the event itself, or what its transformer makes of it.
 * Of EventBridge's input transformers, those are emulated whose template is JSON
 * with placeholders for whole values, and whose paths name fields of the event.
 *
 * @throws TemplateError for another one
 */
export function targetInput(
  rule: Resource,
  transformer: InputTransformer | undefined,
): TargetInput {
  if (transformer === undefined) return (event) => event;
  const transform: TargetInput = (event) => transformed(transformer, event, rule);
  // At once, so that a template that is no JSON is no failure of a firing.
  transform(Object.fromEntries(fieldsOf(transformer, rule).map(([, field]) => [field, ''])));
  return transform;
}

function transformed(transformer: InputTransformer, event: object, rule: Resource): unknown {
  const fields = new Map(fieldsOf(transformer, rule));
  const values = event as Readonly<Record<string, unknown>>;
  const text = transformer.InputTemplate.replace(PLACEHOLDER, (_, name: string) => {
    const field = fields.get(name);
    if (field !== undefined) return JSON.stringify(values[field] ?? '');
    throw notEmulated(rule, `the placeholder <${name}> of InputTemplate`);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notEmulated(
      rule,
      `the InputTemplate ${transformer.InputTemplate}, which is no JSON,`,
      cause,
    );
  }
}

/** The fields of the event by their placeholders. */
function fieldsOf({ InputPathsMap: paths }: InputTransformer, rule: Resource): [string, string][] {
  return Object.entries(paths).map(([name, path]) => {
    const [, field] = TOP_LEVEL_PATH.exec(path) ?? [];
    if (field !== undefined) return [name, field];
    throw notEmulated(rule, `the path ${path} of InputPathsMap`);
  });
}

function notEmulated({ logicalId }: Resource, what: string, cause?: unknown): TemplateError {
  return new TemplateError(`rule ${logicalId}: ${what} is not emulated locally`, { cause });
}
