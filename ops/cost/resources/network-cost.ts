import * as v from 'valibot';
import { ASSUMED } from '../assumptions';
import { type CostLine, fixedLine, growingLine } from '../cost-line';
import { gigabytes, gigabytesText, times } from '../money';
import { PRICES } from '../prices';
import { propertiesOf, type StageResource, UnreadableResourceError } from '../stage-resources';
import type { Usage } from '../usage';

const Endpoint = v.object({
  VpcEndpointType: v.optional(v.picklist(['Gateway', 'Interface']), 'Gateway'),
  SubnetIds: v.optional(v.array(v.unknown()), []),
});

/** Cost of NAT gateways with their traffic to the exchange and to AWS APIs. */
export function natGatewayLines(gateways: readonly StageResource[], usage: Usage): CostLine[] {
  return [natGatewayHours(gateways), natTrafficLine(usage)];
}

/** Cost of what goes through NAT gateways. */
export function natTrafficLine({ natBytes }: Pick<Usage, 'natBytes'>): CostLine {
  const usd = times(PRICES.natGatewayPerGb, gigabytes(natBytes));
  return growingLine('Network', `${gigabytesText(natBytes)} through NAT`, usd);
}

/** Cost of NAT gateways without traffic. */
export function natGatewayHours(gateways: readonly StageResource[]): CostLine {
  const hours = BigInt(gateways.length) * ASSUMED.hoursPerMonth;
  const usd = times(PRICES.natGatewayPerHour, hours);
  return fixedLine('Network', `${gateways.length} x NAT gateway`, usd);
}

/** Cost of public addresses. */
export function addressLines(addresses: readonly StageResource[]): CostLine[] {
  const count = BigInt(addresses.length);
  const usd = times(PRICES.publicAddressPerHour, count, ASSUMED.hoursPerMonth);
  return [fixedLine('Network', `${count} x public address`, usd)];
}

/** Cost of endpoints: by zone, and by traffic to the tables. */
export function endpointLines(endpoints: readonly StageResource[], usage: Usage): CostLine[] {
  const zones = endpoints.reduce((count, resource) => count + zonesOf(resource), 0);
  if (zones === 0) return [];
  return [
    fixedLine(
      'Network',
      `interface endpoints in ${zones} ${zones === 1 ? 'zone' : 'zones'}`,
      times(PRICES.endpointPerZoneMonth, BigInt(zones)),
    ),
    endpointTrafficLine(usage),
  ];
}

/** Cost of what goes to the tables. */
export function endpointTrafficLine({ endpointBytes }: Pick<Usage, 'endpointBytes'>): CostLine {
  const usd = times(PRICES.endpointPerGb, gigabytes(endpointBytes));
  return growingLine('Network', `${gigabytesText(endpointBytes)} through endpoints`, usd);
}

function zonesOf(resource: StageResource): number {
  const { VpcEndpointType: type, SubnetIds: subnets } = propertiesOf(resource, Endpoint);
  if (type === 'Gateway') return 0;
  if (subnets.length > 0) return subnets.length;
  throw new UnreadableResourceError(resource, 'it is in no subnet');
}

/** Cost of traffic between zones: leaving one, and entering the other. */
export function betweenZonesLines(
  _vpcs: readonly StageResource[],
  usage: Pick<Usage, 'recordBytes' | 'natBytes' | 'endpointBytes'>,
): CostLine[] {
  const bytes = usage.recordBytes + usage.natBytes + usage.endpointBytes;
  const usd = times(PRICES.betweenZonesPerGbEachWay, gigabytes(bytes), 2n);
  return [growingLine('Network', `${gigabytesText(bytes)} between zones`, usd)];
}
