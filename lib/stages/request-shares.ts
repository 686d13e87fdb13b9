/** Requests that each function may send to the exchange in 10 s. */
export interface RequestShares {
  readonly fetch: number;
  readonly reconcile: number;
}

/**
 * Shares out the requests that the exchange answers to one address in 10 s: live
 * candles come first, so reconcile gets a fifth, and at least one.
 */
export function requestShares(requestsPer10Seconds: number): RequestShares {
  const reconcile = Math.max(1, Math.floor(requestsPer10Seconds / 5));
  return { fetch: requestsPer10Seconds - reconcile, reconcile };
}
