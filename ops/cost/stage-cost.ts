import { OperationError } from '../operation-error';
import type { CostLine } from './cost-line';
import { FREE_RESOURCES } from './resources/free-resources';
import { functionLines, pollerLines } from './resources/functions-cost';
import { brokerLines } from './resources/kafka-cost';
import {
  addressLines,
  endpointLines,
  natGatewayLines,
  natInstanceLines,
  trafficLines,
} from './resources/network-cost';
import {
  alarmLines,
  brokerLogLines,
  dashboardLines,
  flowLogLines,
  functionTelemetryLines,
  logStorageLines,
  scalingAlarmLines,
  subscriptionLines,
} from './resources/observability-cost';
import { ofType, type StageResource } from '../stages/stage-resources';
import { tableLines } from './resources/tables-cost';
import { type Usage, usageOf } from './workload/usage';

/** Prices all resources of one type. */
type Pricing = (resources: readonly StageResource[], usage: Usage) => CostLine[];

/** Priced types of resources, in the order of the report. */
const PRICED: readonly (readonly [type: string, pricing: Pricing])[] = [
  ['AWS::MSK::Cluster', brokerLines],
  ['AWS::EC2::NatGateway', natGatewayLines],
  ['AWS::EC2::Instance', natInstanceLines],
  ['AWS::EC2::EIP', addressLines],
  ['AWS::EC2::VPCEndpoint', endpointLines],
  ['AWS::Lambda::Function', functionLines],
  ['AWS::Lambda::EventSourceMapping', pollerLines],
  ['AWS::Cassandra::Table', tableLines],
  ['AWS::Lambda::Function', functionTelemetryLines],
  ['AWS::MSK::Cluster', brokerLogLines],
  ['AWS::EC2::FlowLog', flowLogLines],
  ['AWS::Logs::LogGroup', logStorageLines],
  ['AWS::CloudWatch::Alarm', alarmLines],
  ['AWS::ApplicationAutoScaling::ScalingPolicy', scalingAlarmLines],
  ['AWS::CloudWatch::Dashboard', dashboardLines],
  ['AWS::SNS::Subscription', subscriptionLines],
];

/** The templates have types of resources whose cost is unknown. */
export class UnpricedResourceError extends OperationError {
  override readonly name = 'UnpricedResourceError';
  constructor(types: readonly string[]) {
    super(
      `The cost of these resources is unknown: ${types.join(', ')}; price them in ops/cost/stage-cost.ts, or add them to ops/cost/resources/free-resources.ts`,
    );
  }
}

/**
 * Computes the monthly cost of a stage from its resources.
 *
 * @throws UnpricedResourceError, UnreadableResourceError
 */
export function stageCost(resources: readonly StageResource[]): CostLine[] {
  assertPriced(resources);
  const usage = usageOf(resources);
  const lines = PRICED.flatMap(([priced, pricing]) => {
    const priceable = ofType(resources, priced);
    return priceable.length === 0 ? [] : pricing(priceable, usage);
  });
  return [...lines, ...trafficLines(resources, usage)];
}

function assertPriced(resources: readonly StageResource[]): void {
  const priced = new Set(PRICED.map(([type]) => type));
  const types = new Set(resources.map(({ type }) => type));
  const unknown = [...types].filter((type) => !priced.has(type) && !FREE_RESOURCES.has(type));
  if (unknown.length > 0) throw new UnpricedResourceError(unknown.sort());
}
