import type { Answer } from './http/answer';
import { encodeAnswer, type FunctionUrlResponse } from './http/encode-answer';
import { failureDetail, notFound, Problem, problemAnswer, udfErrorAnswer } from './http/problem';
import type { HttpRequest } from './http/request';
import { openApiJson } from './openapi/openapi';
import type { QueryPorts, QuerySettings } from './ports';
import { createRoutes, type ErrorForm, type Route } from './routes';

const METHODS = ['GET', 'HEAD'];
const RETRY_AFTER_SECONDS = 5;

/** An address that can be asked. */
interface Address {
  readonly errors: ErrorForm;
  answer(request: HttpRequest): Promise<Answer>;
}

/**
 * The query function's use case: answers requests from what is stored, and
 * changes nothing.
 *
 * @returns a function of a request, which never rejects: a failure is an answer too
 */
export function createQuery(ports: QueryPorts, settings: QuerySettings) {
  const addresses = addressesOf(ports, settings);
  return async (request: HttpRequest): Promise<FunctionUrlResponse> => {
    const address = addresses.get(request.path);
    try {
      if (address === undefined) throw notFound(request.path);
      refuseMethod(request);
      return encodeAnswer(request, await address.answer(request));
    } catch (cause) {
      const problem = cause instanceof Problem ? cause : failure(ports, request, cause);
      const form = address?.errors ?? 'problem';
      return encodeAnswer(
        request,
        form === 'udf' ? udfErrorAnswer(problem) : problemAnswer(problem),
      );
    }
  };
}

function addressesOf(ports: QueryPorts, settings: QuerySettings): ReadonlyMap<string, Address> {
  const routes = createRoutes();
  const files = [...ports.pageFiles].map(
    ([path, file]) => [path, fileAddress({ status: 200, ...file }, path)] as const,
  );
  const openApi = { status: 200, contentType: OPENAPI_TYPE, body: openApiJson(routes) };
  return new Map<string, Address>([
    ...routes.map((route) => [route.path, routeAddress(route, ports, settings)] as const),
    ['/openapi.json', fileAddress(openApi, '/openapi.json')],
    ...files,
  ]);
}

const OPENAPI_TYPE = 'application/json; charset=utf-8';

function routeAddress(route: Route, ports: QueryPorts, settings: QuerySettings): Address {
  return {
    errors: route.errors,
    async answer({ query, path, atMs }) {
      const answer = await route.answer(query, { ...ports, settings, nowMs: atMs });
      return answer.next === undefined
        ? answer
        : { ...answer, headers: { ...answer.headers, link: nextLink(path, query, answer.next) } };
    },
  };
}

/** Files of the page that have their hash in their name never change. */
function fileAddress(file: Answer, path: string): Address {
  const freshness = path.startsWith('/assets/') ? 'immutable' : 'changing';
  return { errors: 'problem', answer: () => Promise.resolve({ ...file, freshness }) };
}

function refuseMethod({ method }: HttpRequest): void {
  if (METHODS.includes(method)) return;
  throw new Problem(405, 'method-not-allowed', `${method} is not allowed: this API only reads`, {
    headers: { allow: METHODS.join(', ') },
  });
}

/** The same request with one parameter of another value. */
function nextLink(
  path: string,
  query: string,
  { name, value }: NonNullable<Answer['next']>,
): string {
  const others = query.split('&').filter((part) => part !== '' && nameOf(part) !== name);
  const next = [...others, `${name}=${value}`].join('&');
  return `<${path}?${next}>; rel="next"`;
}

/** The name of a parameter that was understood, so that its escapes are valid. */
function nameOf(part: string): string {
  const [name = ''] = part.split('=', 1);
  return decodeURIComponent(name);
}

function failure(
  { telemetry, isUnavailable }: QueryPorts,
  { path }: HttpRequest,
  cause: unknown,
): Problem {
  telemetry.error('request failed', { path }, cause);
  telemetry.count('Failures', 1);
  if (isUnavailable(cause)) {
    return new Problem(503, 'unavailable', 'The database does not answer: ask again in a while', {
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
      cause,
    });
  }
  return new Problem(500, 'failure', failureDetail(cause), { cause });
}
