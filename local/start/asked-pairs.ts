import { UsageError } from '../../cli/command-line';
import type { FollowedPairs } from '../run/run-exchange';

/**
 * The pairs that a command line asks for of an exchange: those without an
 * exchange are of each. Undefined if it asks for none of this one.
 */
export function askedPairs(
  asked: readonly string[] | undefined,
  exchange: string,
): readonly string[] | undefined {
  const pairs = (asked ?? []).flatMap((market) => {
    const [of, pair] = market.includes(':') ? market.split(':', 2) : [exchange, market];
    return of === exchange && pair !== undefined ? [pair] : [];
  });
  return pairs.length === 0 ? undefined : [...new Set(pairs)];
}

/**
 * Checks what a flag asks for, such as `binance:BTC_USDT`.
 *
 * @throws UsageError if it is of an exchange that is not followed
 */
export function assertFollowed(
  flag: '--pairs' | '--lies',
  asked: readonly string[] | undefined,
  followed: readonly FollowedPairs[],
): void {
  const names: readonly string[] = followed.map(({ exchange }) => exchange);
  for (const one of asked ?? []) {
    const exchange = one.slice(0, Math.max(0, one.indexOf(':')));
    if (exchange === '' || names.includes(exchange)) continue;
    throw new UsageError(
      `${flag} ${one} is of an exchange that is not followed: follow it with --exchanges ${[...names, exchange].join(',')}`,
    );
  }
}
