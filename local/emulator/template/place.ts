import { type Stack, TemplateError } from './stack-template';

/** The place of a value in the templates, for messages. */
export interface Place {
  readonly stack: Stack;
  readonly resource: string;
  readonly property: string;
}

/** A member of the value at a place. */
export function within(place: Place, key: string): Place {
  return { ...place, property: `${place.property}.${key}` };
}

/** The error of a value that has no local meaning. */
export function unresolvable(place: Place, intrinsic: string, why: string): TemplateError {
  const { stack, resource, property } = place;
  return new TemplateError(
    `stack ${stack.name}, resource ${resource}, property ${property}: cannot resolve ${intrinsic} locally: ${why}`,
  );
}

/** A value as JSON, cut for a message. */
export function brief(value: unknown): string {
  return (JSON.stringify(value) as string | undefined)?.slice(0, 160) ?? 'nothing';
}
