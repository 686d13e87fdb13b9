import * as v from 'valibot';
import type { Assembly } from './assembly';
import type { FunctionTemplate } from './function-template';
import { Count, read } from './resource';
import { TemplateError } from './stack-template';

/** A function with an address of its own. */
export interface UrlTemplate {
  readonly function: FunctionTemplate;
  /** Invocations at a time that the function reserves. */
  readonly reservedConcurrency: number;
}

/** Whoever reaches the loopback interface is taken for one who has signed. */
const AuthType = v.literal('AWS_IAM');
const InvokeMode = v.optional(v.literal('BUFFERED'), 'BUFFERED');
/** What an account has if nothing is reserved. */
const ACCOUNT_CONCURRENCY = 1_000;

/**
 * The address of the query function; undefined if the stage has none.
 *
 * @throws TemplateError if there is one of another function, or one that is not emulated
 */
export function urlOf(
  assembly: Assembly,
  query: FunctionTemplate | undefined,
): UrlTemplate | undefined {
  const [url, ...others] = assembly.ofType('AWS::Lambda::Url');
  if (url === undefined) return undefined;
  const target = read(url, 'TargetFunctionArn', v.string());
  if (query?.arn !== target || others.length > 0) {
    throw new TemplateError(
      `expected one AWS::Lambda::Url, of the query function; found ${[url, ...others].map(({ logicalId }) => logicalId).join(', ')}`,
    );
  }
  read(url, 'AuthType', AuthType);
  read(url, 'InvokeMode', InvokeMode);
  return { function: query, reservedConcurrency: reservedOf(assembly, query) };
}

function reservedOf(assembly: Assembly, query: FunctionTemplate): number {
  const resource = assembly.ofType('AWS::Lambda::Function').find(({ arn }) => arn === query.arn);
  if (resource === undefined) return ACCOUNT_CONCURRENCY;
  return read(resource, 'ReservedConcurrentExecutions', v.optional(Count, ACCOUNT_CONCURRENCY));
}
