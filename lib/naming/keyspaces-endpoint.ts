/** Port of Keyspaces, with TLS. */
export const KEYSPACES_PORT = 9142;

/**
 * The host of Keyspaces in a region: `cassandra.eu-west-1.amazonaws.com`.
 *
 * @param suffix of the region's domain names, such as `amazonaws.com`
 */
export function keyspacesHost(region: string, suffix: string): string {
  return `cassandra.${region}.${suffix}`;
}
