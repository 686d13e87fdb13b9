/** Time that a client may keep an answer: until it has requested it again, an hour, or for ever. */
export type Freshness = 'changing' | 'sealed' | 'immutable';

/** An answer before it is compressed, or told from one that is known. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  /** @default 'changing' */
  readonly freshness?: Freshness;
  /** The parameter with which the next page is asked for; no page follows without it. */
  readonly next?: { readonly name: string; readonly value: string };
  /** Further headers, in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
}

export const JSON_TYPE = 'application/json; charset=utf-8';
export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';
export const PLAIN_TYPE = 'text/plain; charset=utf-8';
export const PROBLEM_TYPE = 'application/problem+json';

/** An answer of JSON. */
export function jsonAnswer(value: unknown, freshness: Freshness = 'changing'): Answer {
  return { status: 200, contentType: JSON_TYPE, body: JSON.stringify(value), freshness };
}
