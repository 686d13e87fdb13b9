import { failureText } from '../../cli/failure-text';
import {
  EXCHANGE_FACTS,
  type ExchangeName,
} from '../../lambdas/shared/adapters/exchanges/exchange-facts';

/** The part of `fetch` that a look at an exchange needs. */
export type Fetch = (url: string, init: { readonly signal: AbortSignal }) => Promise<Response>;

/** Options of a look at real exchanges. */
export interface LookOptions {
  /** Asks an exchange. @default the platform's `fetch` */
  readonly fetch?: Fetch | undefined;
  /** Time that each has to answer. @default 2,000 */
  readonly timeoutMs?: number | undefined;
}

const DEFAULT_TIMEOUT_MS = 2_000;

/** Where each exchange gives its time, under its base URL, and what its answer has. */
const TIMES: Readonly<Record<ExchangeName, { readonly path: string; readonly answer: RegExp }>> = {
  'gate-io': { path: '/spot/time', answer: /"server_time"\s*:\s*\d/ },
  binance: { path: '/api/v3/time', answer: /"serverTime"\s*:\s*\d/ },
  okx: { path: '/api/v5/public/time', answer: /"ts"\s*:\s*"\d/ },
  coinbase: { path: '/api/v3/brokerage/time', answer: /"epochMillis"\s*:\s*"\d/ },
};

/**
 * Asks real exchanges for their time.
 *
 * @returns a reason for each that cannot be used, such as `Binance answered HTTP 451`; empty if all answer
 */
export async function silentExchanges(
  exchanges: readonly ExchangeName[],
  options: LookOptions,
): Promise<readonly string[]> {
  const reasons = await Promise.all(
    exchanges.map(async (exchange) => {
      const why = await whySilent(exchange, options);
      return why === undefined ? [] : [`${EXCHANGE_FACTS[exchange].title} ${why}`];
    }),
  );
  return reasons.flat();
}

/** Undefined if the exchange answers. */
async function whySilent(
  exchange: ExchangeName,
  { fetch = globalThis.fetch, timeoutMs = DEFAULT_TIMEOUT_MS }: LookOptions,
): Promise<string | undefined> {
  const signal = AbortSignal.timeout(timeoutMs);
  const { path, answer } = TIMES[exchange];
  try {
    const response = await fetch(EXCHANGE_FACTS[exchange].url + path, { signal });
    if (!response.ok) return `answered HTTP ${response.status}`;
    return answer.test(await response.text()) ? undefined : 'did not give its time';
  } catch (error) {
    if (signal.aborted) return `did not answer within ${timeoutMs / 1_000} s`;
    return `could not be reached: ${failureText(error)}`;
  }
}
