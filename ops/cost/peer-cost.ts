import { ASSUMED } from './workload/assumptions';
import { type CostLine, fixedLine } from './cost-line';
import { brokerLines } from './resources/kafka-cost';
import { sum, times } from './money';
import { addressLines, natGatewayLines, natInstanceLines } from './resources/network-cost';
import { PRICES } from './prices';
import type { StageResource } from '../stages/stage-resources';

/**
 * Computes the monthly cost of the same job on MWAA, EMR Serverless and three
 * Cassandra nodes, with the brokers and the network of a stage.
 */
export function peerCost(resources: readonly StageResource[]): CostLine[] {
  const ofType = (wanted: string) => resources.filter(({ type }) => type === wanted);
  const shared = [
    ...brokerLines(ofType('AWS::MSK::Cluster')),
    ...natGatewayLines(ofType('AWS::EC2::NatGateway')),
    ...natInstanceLines(ofType('AWS::EC2::Instance')),
    ...addressLines(ofType('AWS::EC2::EIP')),
  ];
  return [
    ...shared.filter(({ usd }) => usd.unscaled > 0n),
    fixedLine('Airflow', '1 x MWAA environment, small', PRICES.airflowSmallPerMonth),
    sparkLine(),
    ...cassandraLines(),
  ];
}

function sparkLine(): CostLine {
  const { sparkWorkers, sparkVcpusPerWorker, sparkGbPerWorker, hoursPerMonth } = ASSUMED;
  const hours = sparkWorkers * hoursPerMonth;
  const usd = sum([
    times(PRICES.sparkPerVcpuHour, sparkVcpusPerWorker, hours),
    times(PRICES.sparkPerGbHour, sparkGbPerWorker, hours),
  ]);
  const what = `${sparkWorkers} x EMR Serverless worker, ${sparkVcpusPerWorker} vCPU, ${sparkGbPerWorker} GB`;
  return fixedLine('Spark', what, usd);
}

function cassandraLines(): CostLine[] {
  const { cassandraNodes, cassandraGbPerNode, hoursPerMonth } = ASSUMED;
  return [
    fixedLine(
      'Cassandra',
      `${cassandraNodes} x t4g.large`,
      times(PRICES.t4gLargePerHour, cassandraNodes, hoursPerMonth),
    ),
    fixedLine(
      'Cassandra',
      `${cassandraNodes} x ${cassandraGbPerNode} GB of gp3`,
      times(PRICES.gp3PerGbMonth, cassandraNodes, cassandraGbPerNode),
    ),
  ];
}
