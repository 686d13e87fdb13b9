/** `1 gap`, `3 gaps`, `1,204 gaps`. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** `BTC_USDT` as `BTC/USDT`: the pair as people write it. */
export function pairText(pair: string): string {
  return pair.replace('_', '/');
}
