/** A request that is not refused. */
export interface LoopbackRequest {
  readonly method: 'GET' | 'HEAD';
  /** Before any decoding; it has no `..`. */
  readonly path: string;
  /** Before any decoding, without its question mark. */
  readonly query: string;
  /** By their names in lower case; repeated ones are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A response. */
export interface LoopbackAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** A problem, as RFC 9457 describes it. */
export function problemAnswer(
  status: number,
  detail: string,
  headers: Readonly<Record<string, string>> = {},
): LoopbackAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: JSON.stringify({ type: 'about:blank', title: TITLES[status] ?? 'Error', status, detail }),
  };
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  403: 'Forbidden',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};
