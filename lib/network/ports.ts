/** Port of brokers for clients that authenticate with IAM. */
export const KAFKA_IAM_PORT = 9098;

/** The distinct ports of `host:port` addresses. */
export function portsOf(addresses: readonly string[]): number[] {
  return [...new Set(addresses.map((text) => Number(text.slice(text.lastIndexOf(':') + 1))))];
}
