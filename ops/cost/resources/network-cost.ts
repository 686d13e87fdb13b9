import * as v from 'valibot';
import type { Decimal } from '../../../lambdas/shared/domain/decimal';
import { ASSUMED } from '../workload/assumptions';
import { type CostLine, fixedLine, growingLine } from '../cost-line';
import { gigabytes, gigabytesText, times } from '../money';
import { INSTANCE_PER_HOUR, PRICES } from '../prices';
import { propertiesOf, UnreadableResourceError } from './priced-properties';
import { ofType, type StageResource } from '../../stages/stage-resources';
import type { Usage } from '../workload/usage';

const Endpoint = v.object({
  VpcEndpointType: v.optional(v.picklist(['Gateway', 'Interface']), 'Gateway'),
  SubnetIds: v.optional(v.array(v.unknown()), []),
});

const Instance = v.object({
  InstanceType: v.string(),
  NetworkInterfaces: v.tuple([v.object({ AssociatePublicIpAddress: v.boolean() })]),
  BlockDeviceMappings: v.tuple([
    v.object({ Ebs: v.object({ VolumeType: v.literal('gp3'), VolumeSize: v.number() }) }),
  ]),
  Monitoring: v.optional(v.literal(false)),
});

const FunctionProperties = v.object({
  VpcConfig: v.object({ SubnetIds: v.array(v.unknown()) }),
});

/** Cost of NAT gateways without traffic. */
export function natGatewayLines(gateways: readonly StageResource[]): CostLine[] {
  const hours = BigInt(gateways.length) * ASSUMED.hoursPerMonth;
  const usd = times(PRICES.natGatewayPerHour, hours);
  return [fixedLine('Network', `${gateways.length} x NAT gateway`, usd)];
}

/** Cost of instances that forward packets: hours, disk, and the public address. Traffic through them is free. */
export function natInstanceLines(instances: readonly StageResource[]): CostLine[] {
  return instances.flatMap((resource) => {
    const { InstanceType, NetworkInterfaces, BlockDeviceMappings } = propertiesOf(
      resource,
      Instance,
    );
    const [{ AssociatePublicIpAddress: hasAddress }] = NetworkInterfaces;
    const [{ Ebs: disk }] = BlockDeviceMappings;
    const hours = times(instancePerHour(resource, InstanceType), ASSUMED.hoursPerMonth);
    return [
      fixedLine('Network', `1 x ${InstanceType} as NAT instance`, hours),
      fixedLine(
        'Network',
        `${disk.VolumeSize} GB of its disk`,
        times(PRICES.gp3PerGbMonth, BigInt(disk.VolumeSize)),
      ),
      ...(hasAddress ? addressLines([resource]) : []),
    ];
  });
}

function instancePerHour(resource: StageResource, type: string): Decimal {
  const price = Object.entries(INSTANCE_PER_HOUR).find(([known]) => known === type)?.[1];
  if (price !== undefined) return price;
  throw new UnreadableResourceError(
    resource,
    `the price of ${type} is not listed, only ${Object.keys(INSTANCE_PER_HOUR).join(', ')}`,
  );
}

/** Cost of public addresses. */
export function addressLines(addresses: readonly StageResource[]): CostLine[] {
  const count = BigInt(addresses.length);
  const usd = times(PRICES.publicAddressPerHour, count, ASSUMED.hoursPerMonth);
  return [fixedLine('Network', `${count} x public address`, usd)];
}

/** Cost of endpoints without traffic. */
export function endpointLines(endpoints: readonly StageResource[]): CostLine[] {
  const zones = endpoints.reduce((count, resource) => count + zonesOf(resource), 0);
  if (zones === 0) return [];
  return [
    fixedLine(
      'Network',
      `interface endpoints in ${zones} ${zones === 1 ? 'zone' : 'zones'}`,
      times(PRICES.endpointPerZoneMonth, BigInt(zones)),
    ),
  ];
}

function zonesOf(resource: StageResource): number {
  const { VpcEndpointType: type, SubnetIds: subnets } = propertiesOf(resource, Endpoint);
  if (type === 'Gateway') return 0;
  if (subnets.length > 0) return subnets.length;
  throw new UnreadableResourceError(resource, 'it is in no subnet');
}

/** What is sent, by where it goes. */
export type Traffic = Pick<Usage, 'recordBytes' | 'natBytes' | 'rowBytes'>;

/** Cost of traffic: through NAT gateways, to the tables, and from zone to zone. */
export function trafficLines(resources: readonly StageResource[], traffic: Traffic): CostLine[] {
  const { natBytes, rowBytes } = traffic;
  const gateways = ofType(resources, 'AWS::EC2::NatGateway');
  const endpoints = ofType(resources, 'AWS::EC2::VPCEndpoint');
  return [
    ...(gateways.length === 0 || natBytes === 0n
      ? []
      : [trafficLine('through NAT', natBytes, PRICES.natGatewayPerGb)]),
    endpoints.length === 0
      ? trafficLine('of rows by public addresses', rowBytes, PRICES.publicAddressPerGb)
      : trafficLine('through endpoints', rowBytes, PRICES.endpointPerGb),
    // Charged for leaving one zone, and for entering the other.
    trafficLine(
      'between zones',
      bytesBetweenZones(resources, traffic),
      times(PRICES.betweenZonesPerGbEachWay, 2n),
    ),
  ];
}

/** Functions that are all in the zone of what they reach tables through send no rows to another. */
function bytesBetweenZones(
  resources: readonly StageResource[],
  { recordBytes, natBytes, rowBytes }: Traffic,
): bigint {
  const isOneZone = ofType(resources, 'AWS::Lambda::Function').every(
    (resource) => propertiesOf(resource, FunctionProperties).VpcConfig.SubnetIds.length === 1,
  );
  return recordBytes + natBytes + (isOneZone ? 0n : rowBytes);
}

function trafficLine(way: string, bytes: bigint, perGb: Decimal): CostLine {
  return growingLine('Network', `${gigabytesText(bytes)} ${way}`, times(perGb, gigabytes(bytes)));
}
