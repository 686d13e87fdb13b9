import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Answer, Freshness } from './answer';
import type { HttpRequest } from './request';

/**
 * A response as a function URL takes it.
 * Source: the AWS Lambda developer guide, "Invoking Lambda function URLs".
 */
export interface FunctionUrlResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Smaller bodies are not worth compressing. */
const SMALLEST_COMPRESSED = 1_024;
const GZIP_LEVEL = 6;

/** Answers are for who signed the request alone: nothing on the way may keep them. */
const CACHE_CONTROL: Readonly<Record<Freshness, string>> = {
  changing: 'private, no-cache',
  sealed: 'private, max-age=3600',
  immutable: 'private, max-age=31536000, immutable',
};

/** The page's own scripts and styles alone, and no request to another host. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * The response to a request: 304 if who asks has the answer already, without a
 * body for HEAD, and compressed if that is accepted.
 */
export function encodeAnswer(
  request: Pick<HttpRequest, 'method' | 'headers'>,
  answer: Answer,
): FunctionUrlResponse {
  const body = Buffer.isBuffer(answer.body) ? answer.body : Buffer.from(answer.body, 'utf8');
  const headers = { ...commonHeaders(answer), ...answer.headers };
  const typed = { ...headers, 'content-type': answer.contentType };
  if (answer.status !== 200) return written(request, answer.status, typed, body);
  const tag = `W/"${createHash('sha256').update(body).digest('base64url')}"`;
  if (isKnown(request.headers['if-none-match'], tag)) {
    return {
      statusCode: 304,
      headers: { ...headers, etag: tag },
      body: '',
      isBase64Encoded: false,
    };
  }
  return written(request, 200, { ...typed, etag: tag }, body);
}

function commonHeaders({ status, freshness = 'changing' }: Answer) {
  return {
    'cache-control': status === 200 ? CACHE_CONTROL[freshness] : 'no-store',
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    vary: 'accept-encoding',
  };
}

/** Tags are compared weakly: encodings of one body differ. */
function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const known = ifNoneMatch.split(',').map((text) => text.trim());
  return known.some((one) => one === '*' || opaque(one) === opaque(tag));
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, '');
}

function written(
  { method, headers: asked }: Pick<HttpRequest, 'method' | 'headers'>,
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): FunctionUrlResponse {
  if (method === 'HEAD') return { statusCode, headers, body: '', isBase64Encoded: false };
  if (body.byteLength > SMALLEST_COMPRESSED && acceptsGzip(asked['accept-encoding'])) {
    const compressed = gzipSync(body, { level: GZIP_LEVEL }).toString('base64');
    const encoded = { ...headers, 'content-encoding': 'gzip' };
    return { statusCode, headers: encoded, body: compressed, isBase64Encoded: true };
  }
  const isText = /^text\/|json|javascript|svg/.test(headers['content-type'] ?? '');
  return isText
    ? { statusCode, headers, body: body.toString('utf8'), isBase64Encoded: false }
    : { statusCode, headers, body: body.toString('base64'), isBase64Encoded: true };
}

/** Whether `gzip` is in a list of encodings, and not refused by a quality of 0. */
function acceptsGzip(accepted: string | undefined): boolean {
  const encodings = (accepted ?? '').toLowerCase().split(',');
  const quality = (name: string): number | undefined => {
    for (const encoding of encodings) {
      const [one, ...terms] = encoding.split(';').map((part) => part.trim());
      if (one !== name) continue;
      const weight = terms.find((term) => term.startsWith('q='));
      return weight === undefined ? 1 : Number(weight.slice(2));
    }
    return undefined;
  };
  return (quality('gzip') ?? quality('*') ?? 0) > 0;
}
