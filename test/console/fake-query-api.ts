import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type {
  CandlesAnswer,
  CoverageAnswer,
  DaysAnswer,
  GapsAnswer,
  MarketsAnswer,
  RunAnswer,
} from '../../console/answers/answers';
import { isChartInterval } from '../../console/chart/chart-interval';
import { floorTo, MINUTE_MS } from '../../lambdas/shared/domain/interval';
import type { GeneratedMarket, Range } from './generated-market';

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  txt: 'text/plain; charset=utf-8',
};

const SECURITY = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
};

/** Settings of the fake API. */
export interface FakeApiSettings {
  /** Of the bundled page. */
  readonly pageFolder: string;
  /** Worst first. */
  readonly markets: readonly GeneratedMarket[];
  /** The clock of the API, in milliseconds. */
  readonly now: () => number;
  /** The local run's state; none by default, as on a stage. */
  readonly run?: () => RunAnswer;
}

/**
 * The query API as the console page knows it, of generated candles. It refuses
 * what it does not know. The page's files come with the headers that the
 * function sends.
 */
export class FakeQueryApi {
  readonly #settings: FakeApiSettings;
  readonly #server: Server;
  /** The paths with queries of all requests, and the status of their answers. */
  readonly requests: { readonly url: string; readonly status: number }[] = [];
  /** If it answers with 503. */
  isDown = false;

  constructor(settings: FakeApiSettings) {
    this.#settings = settings;
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  get markets(): readonly GeneratedMarket[] {
    return this.#settings.markets;
  }

  /** Starts on a free port of the loopback interface; gives the page's address. */
  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isFile = !url.pathname.startsWith('/v1/');
    const [status, headers, body] = isFile ? this.#file(url) : this.#data(request, url);
    this.requests.push({ url: `${url.pathname}${url.search}`, status });
    response.writeHead(status, headers).end(body);
  }

  #file({ pathname }: URL): Answer {
    const path = pathname === '/' ? '/index.html' : pathname;
    if (!/^\/(index\.html|assets\/[\w.]+)$/.test(path)) return problem(404, `no ${path}`);
    const type = TYPES[path.split('.').at(-1) ?? ''] ?? '';
    const body = readFileSync(join(this.#settings.pageFolder, path));
    return [200, { ...SECURITY, 'content-type': type }, body];
  }

  #data(request: IncomingMessage, url: URL): Answer {
    if (this.isDown) return problem(503, 'Cassandra does not answer', { 'retry-after': '5' });
    const answer = this.#route(url);
    if (answer === undefined) return problem(404, `no ${url.pathname} with ${url.search}`);
    const body = Buffer.from(JSON.stringify(answer));
    const etag = `W/"${createHash('sha256').update(body).digest('hex').slice(0, 16)}"`;
    const headers = { etag, 'cache-control': 'private, no-cache' };
    if (request.headers['if-none-match'] === etag) return [304, headers, ''];
    return [200, { ...headers, 'content-type': 'application/json' }, body];
  }

  #route({ pathname, searchParams }: URL): object | undefined {
    if (pathname === '/v1/markets') return this.#markets();
    if (pathname === '/v1/run') return this.#settings.run?.();
    const market = this.#settings.markets.find(
      (each) => each.market === searchParams.get('market'),
    );
    if (market === undefined) return undefined;
    switch (pathname) {
      case '/v1/candles':
        return this.#candles(market, searchParams);
      case '/v1/coverage':
        return this.#coverage(market);
      case '/v1/gaps':
        return { market: market.market, gaps: market.gaps() } satisfies GapsAnswer;
      case '/v1/days': {
        const days = market.days(this.#settings.now());
        return { market: market.market, days } satisfies DaysAnswer;
      }
      default:
        return undefined;
    }
  }

  #markets(): MarketsAnswer {
    // To the minute, as the real API.
    const nowMs = floorTo(this.#settings.now(), MINUTE_MS);
    const markets = this.#settings.markets.map((market) => market.row(nowMs));
    return { now: new Date(nowMs).toISOString().replace('.000Z', 'Z'), stage: 'dev', markets };
  }

  #candles(market: GeneratedMarket, parameters: URLSearchParams): CandlesAnswer | undefined {
    const interval = parameters.get('interval') ?? '';
    const limit = Number(parameters.get('limit') ?? '1000');
    if (!isChartInterval(interval) || limit > 5_000) return undefined;
    const all = market.candles(interval, rangeOf(parameters), this.#settings.now());
    const next = all[limit]?.time ?? null;
    return { market: market.market, interval, candles: all.slice(0, limit), gaps: [], next };
  }

  #coverage(market: GeneratedMarket): CoverageAnswer {
    const nowMs = this.#settings.now();
    const stretches = market.coverage(nowMs);
    const [first, last] = [stretches[0], stretches.at(-1)];
    const { covered } = market.row(nowMs);
    const [from, to] = [first?.from ?? '', last?.to ?? ''];
    return { market: market.market, from, to, covered, stretches };
  }
}

type Answer = readonly [number, Record<string, string>, Buffer | string];

function problem(status: number, detail: string, headers = {}): Answer {
  const body = JSON.stringify({ type: 'about:blank', title: 'refused', status, detail });
  return [status, { ...headers, 'content-type': 'application/problem+json' }, body];
}

function rangeOf(parameters: URLSearchParams): Range {
  const [from, to] = [parameters.get('from'), parameters.get('to')];
  if (from === null || to === null) throw new RangeError('The page asks with from and to');
  return { fromMs: Date.parse(from), toMs: Date.parse(to) };
}
