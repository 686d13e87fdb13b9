import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { CSV_TYPE, PLAIN_TYPE, PROBLEM_TYPE } from '../http/answer';
import type { ErrorForm, Route } from '../routes';

/** A JSON schema, or a part of one. */
type JsonSchema = Readonly<Record<string, unknown>>;

/** The form of a problem, as RFC 9457 has it. */
const ProblemSchema = v.object({
  type: v.string(),
  title: v.string(),
  status: v.pipe(v.number(), v.integer()),
  detail: v.string(),
  parameters: v.optional(v.array(v.strictObject({ name: v.string(), reason: v.string() }))),
});

/** The form of an error of UDF. */
const UdfErrorSchema = v.strictObject({ s: v.literal('error'), errmsg: v.string() });

const ERROR_TEXTS: Readonly<Record<string, string>> = {
  '400': 'Parameters are missing, unknown, repeated or malformed',
  '404': 'The market is not known',
  '422': 'Parameters are well-formed, and make no sense',
  '500': 'The request failed',
  '503': 'The database does not answer; ask again after Retry-After',
};

/**
 * The contract of the API as an OpenAPI 3.1 document, of the very schemas that
 * check requests.
 */
export function openApiJson(routes: readonly Route[]): string {
  return JSON.stringify({
    openapi: '3.1.0',
    info: {
      title: 'Candlestream',
      version: '1',
      description:
        'Candles as they are stored, exact to the last digit, and what is known of their completeness. Decimals are texts, times are ISO 8601 in UTC, ranges are half-open. On AWS, requests are signed with Signature Version 4 for the service lambda.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: Object.fromEntries(routes.map((route) => [route.path, { get: operation(route) }])),
    components: {
      schemas: {
        Problem: jsonSchema(ProblemSchema, 'output'),
        UdfError: jsonSchema(UdfErrorSchema, 'output'),
      },
    },
  });
}

function operation(route: Route) {
  return {
    operationId: route.path.slice(1).replaceAll('/', '-'),
    summary: route.summary,
    parameters: parametersOf(route),
    responses: {
      '200': { description: 'The answer', content: contentOf(route) },
      '304': { description: 'The answer is the one that If-None-Match names' },
      ...errorsOf(route),
    },
  };
}

function parametersOf({ parameters }: Route) {
  const { properties = {}, required = [] } = jsonSchema(parameters, 'input') as {
    properties?: Readonly<Record<string, JsonSchema>>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function contentOf({ json, hasCsv }: Route) {
  if (json === undefined) return { [PLAIN_TYPE]: { schema: { type: 'string' } } };
  const csv = { [CSV_TYPE]: { schema: { type: 'string' } } };
  return {
    'application/json': { schema: jsonSchema(json, 'output') },
    ...(hasCsv ? csv : {}),
  };
}

function errorsOf({ errors, hasMarket, parameters }: Route) {
  const hasTimes = 'from' in parameters.entries && errors === 'problem';
  const statuses = [
    '400',
    ...(hasMarket ? ['404'] : []),
    ...(hasTimes ? ['422'] : []),
    '500',
    '503',
  ];
  const content = ERROR_CONTENT[errors];
  return Object.fromEntries(
    statuses.map((status) => [status, { description: ERROR_TEXTS[status], content }]),
  );
}

const ERROR_CONTENT: Readonly<Record<ErrorForm, unknown>> = {
  problem: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  udf: { 'application/json': { schema: { $ref: '#/components/schemas/UdfError' } } },
};

function jsonSchema(schema: v.GenericSchema, typeMode: 'input' | 'output'): JsonSchema {
  const options = { typeMode, target: 'draft-2020-12', errorMode: 'throw' } as const;
  // The document names the dialect of all its schemas itself.
  return { ...toJsonSchema(schema, options), $schema: undefined };
}
