import * as v from 'valibot';
import { type InvalidParameter, parameterProblem } from './problem';

/** The schema of the parameters of a route: a strict one refuses those that it does not name. */
export type ParameterSchema = v.GenericSchema<unknown, object> & {
  readonly type: 'object' | 'strict_object';
  readonly entries: v.ObjectEntries;
};

/**
 * Reads the parameters of a query string. A `+` is a plus, not a space: so
 * `timezone=+05:30` may be written as it is.
 *
 * @throws Problem with status 400 if they break the schema or one comes twice, with 422 if they
 *   are well-formed and make no sense
 */
export function readParameters<T extends ParameterSchema>(
  schema: T,
  rawQuery: string,
): v.InferOutput<T> {
  const parsed = v.safeParse(schema, withNumbers(schema, textsOf(rawQuery)));
  if (parsed.success) return parsed.output;
  const issues: readonly v.BaseIssue<unknown>[] = parsed.issues;
  const isWellFormed = issues.every(({ type }) => type === 'check');
  throw parameterProblem(isWellFormed ? 422 : 400, issues.map(invalidParameter));
}

function textsOf(rawQuery: string): Map<string, string> {
  const texts = new Map<string, string>();
  for (const part of rawQuery.split('&')) {
    if (part === '') continue;
    const [name, value] = nameAndValue(part);
    if (texts.has(name)) throw parameterProblem(400, [{ name, reason: 'it is given twice' }]);
    texts.set(name, value);
  }
  return texts;
}

function nameAndValue(part: string): [name: string, value: string] {
  const equals = part.indexOf('=');
  const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
  return [decoded(name, name), decoded(name, value)];
}

function decoded(name: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // The only failure of decoding is a wrong escape.
    const shown = JSON.stringify(text.slice(0, 60));
    throw parameterProblem(400, [{ name, reason: `${shown} has an escape that is invalid` }]);
  }
}

/** Programs write numbers that are nearly zero with an exponent. */
const NUMBER = /^-?\d{1,15}(?:\.\d{1,30})?(?:e-\d{1,3})?$/;

/** Numbers become numbers where the schema expects them; other texts stay, and are refused there. */
function withNumbers(
  { entries }: ParameterSchema,
  texts: ReadonlyMap<string, string>,
): Record<string, string | number> {
  const values = [...texts].map(([name, text]) => {
    const isNumber = isNumeric(entries[name]) && NUMBER.test(text);
    return [name, isNumber ? Number(text) : text] as const;
  });
  return Object.fromEntries(values);
}

function isNumeric(schema: v.ObjectEntries[string] | undefined): boolean {
  if (schema === undefined) return false;
  if ('wrapped' in schema) return isNumeric(schema.wrapped);
  return schema.type === 'number';
}

function invalidParameter(issue: v.BaseIssue<unknown>): InvalidParameter {
  return { name: v.getDotPath(issue) ?? 'query', reason: reasonOf(issue) };
}

function reasonOf({ type, input, expected, message }: v.BaseIssue<unknown>): string {
  if (type === 'strict_object' && expected === 'never') return 'there is no such parameter';
  if (input === undefined) return 'it is missing';
  return `${message}, got ${JSON.stringify(input).slice(0, 80)}`;
}
