import { gunzipSync } from 'node:zlib';
import { createQuery } from '../../../lambdas/query/answer-request';
import type { FunctionUrlResponse } from '../../../lambdas/query/http/encode-answer';
import type { PageFiles, QuerySettings } from '../../../lambdas/query/ports';
import { MINUTE_MS } from '../../../lambdas/shared/domain/interval';
import { at } from '../../fakes/candles';
import { FakeQueryStore } from '../../fakes/query-store';
import { FakeTelemetry } from '../../fakes/telemetry';

/** The market of the scenes. */
export const MARKET = { exchange: 'gate-io', pair: 'BTC_USDT' };
/** Noon of a Thursday. */
export const NOW = at(12);

/** The database does not answer. */
export class DatabaseDown extends Error {
  override readonly name = 'DatabaseDown';
}

/** A request, by default a GET at noon. */
export interface SceneRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly atMs?: number;
}

/** The query function before tables in memory. */
export function queryScene(
  settings: Partial<QuerySettings> = {},
  pageFiles: PageFiles = new Map(),
) {
  const store = new FakeQueryStore();
  const telemetry = new FakeTelemetry();
  const query = createQuery(
    { store, pageFiles, telemetry, isUnavailable: (cause) => cause instanceof DatabaseDown },
    {
      stage: 'dev',
      exchanges: [
        { exchange: 'gate-io', pairs: ['BTC_USDT', 'ETH_USDT'], retentionMs: 9_900 * MINUTE_MS },
      ],
      historyStartMs: Date.UTC(2026, 0, 1),
      ...settings,
    },
  );
  const ask = (
    address: string,
    { method = 'GET', headers = {}, atMs = NOW }: SceneRequest = {},
  ): Promise<FunctionUrlResponse> => {
    const mark = address.indexOf('?');
    const path = mark < 0 ? address : address.slice(0, mark);
    const rawQuery = mark < 0 ? '' : address.slice(mark + 1);
    return query({ method, path, query: rawQuery, headers, atMs });
  };
  const json = async (address: string, request: SceneRequest = {}): Promise<unknown> =>
    JSON.parse(bodyOf(await ask(address, request))) as unknown;
  return { store, telemetry, ask, json };
}

/** The body of a response as a text, decompressed. */
export function bodyOf({ body, isBase64Encoded, headers }: FunctionUrlResponse): string {
  if (!isBase64Encoded) return body;
  const bytes = Buffer.from(body, 'base64');
  return (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
}
