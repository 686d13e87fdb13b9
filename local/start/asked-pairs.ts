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
  const names = followed.map(({ exchange }) => exchange);
  const stranger = (asked ?? []).find(
    (market) => market.includes(':') && !names.some((name) => market.startsWith(`${name}:`)),
  );
  if (stranger === undefined) return;
  throw new UsageError(
    `${flag} ${stranger} is of an exchange that is not followed: add it to --exchanges ${names.join(',')}`,
  );
}
