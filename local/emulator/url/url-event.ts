import { randomUUID } from 'node:crypto';
import type { LoopbackRequest } from '../../../cli/loopback/loopback-answer';
import { LOCAL_ACCOUNT } from '../template/intrinsics/physical-names';

/** When and to which host a request was sent. */
export interface UrlCall {
  readonly request: LoopbackRequest;
  readonly atMs: number;
}

/**
 * The event of a function URL for a request: payload format 2.0.
 * Source: the AWS Lambda developer guide, "Invoking Lambda function URLs".
 */
export function urlEvent({ request, atMs }: UrlCall) {
  const { method, path, query, headers } = request;
  const domainName = headers['host'] ?? '127.0.0.1';
  const parsed = Object.fromEntries(joinedParameters(query));
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query,
    headers,
    ...(query === '' ? {} : { queryStringParameters: parsed }),
    requestContext: {
      accountId: LOCAL_ACCOUNT,
      apiId: 'local',
      domainName,
      domainPrefix: 'local',
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: '$default',
      stage: '$default',
      time: clockText(atMs),
      timeEpoch: atMs,
    },
    isBase64Encoded: false,
  };
}

/** Lambda joins repeated parameters by commas. */
function joinedParameters(query: string): Map<string, string> {
  const joined = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    const before = joined.get(name);
    joined.set(name, before === undefined ? value : `${before},${value}`);
  }
  return joined;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

/** `15/Jan/2026:12:00:00 +0000` */
function clockText(timeMs: number): string {
  const text = new Date(timeMs).toISOString();
  const month = MONTHS.slice(3 * (Number(text.slice(5, 7)) - 1), 3 * Number(text.slice(5, 7)));
  return `${text.slice(8, 10)}/${month}/${text.slice(0, 4)}:${text.slice(11, 19)} +0000`;
}
