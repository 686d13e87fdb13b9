import { marketCount } from '../../lib/stages/settings/exchange-settings';
import { type StageConfig, stageConfig } from '../../lib/stages/stage-config';
import { asOperationError, withStage } from '../stages/find-stage';
import { type Printer, runOperation } from '../run-operation';
import { assumptions, peerAssumptions } from './workload/assumptions';
import { choicesCost } from './choices-cost';
import { type CostReport, reportJson, reportText } from './cost-report';
import { type CostArguments, parseCostArguments } from './cost-request';
import { historyCost } from './history-cost';
import { peerCost } from './peer-cost';
import { queriesCost } from './queries-cost';
import { stageCost } from './stage-cost';
import { resourcesOf } from '../stages/stage-resources';

/** The surroundings of `npm run cost`. */
export interface CostSurroundings extends Printer {
  /** @throws OperationError */
  readonly findStage: (name: string) => Promise<StageConfig>;
  /** The stages to choose from. @throws OperationError */
  readonly stageNames: () => Promise<readonly string[]>;
  readonly clock: () => number;
}

/**
 * Prints the monthly cost of a stage, and the cost of its history.
 *
 * @returns the exit code: 0; 1 if the cost is unknown; 2 for invalid arguments
 * @throws any error that is a mistake in the program
 */
export async function stageCostCommand(
  args: readonly string[],
  io: CostSurroundings,
): Promise<number> {
  return runOperation(io, async () => {
    const request = await withStage(parseCostArguments(args), io.stageNames);
    const stage = withPairs(await io.findStage(request.stage), request);
    const report = reportOf(stage, io.clock());
    io.print(request.json ? reportJson(report) : reportText(report));
    return 0;
  });
}

/** A stage with another number of pairs of each exchange, within the same limits. */
function withPairs(stage: StageConfig, { pairs: wanted }: CostArguments): StageConfig {
  if (wanted === undefined) return stage;
  const exchanges = stage.exchanges.map((exchange) =>
    exchange.expectedMarkets === undefined
      ? { ...exchange, pairs: soMany(exchange.pairs, wanted) }
      : { ...exchange, expectedMarkets: wanted },
  );
  try {
    return stageConfig({ ...stage, exchanges });
  } catch (error) {
    throw asOperationError(error);
  }
}

function soMany(pairs: readonly string[], wanted: number): string[] {
  const further = Array.from(
    { length: Math.max(0, wanted - pairs.length) },
    (_, index) => `PAIR${index + 1}_USDT`,
  );
  return [...pairs.slice(0, wanted), ...further];
}

function reportOf(stage: StageConfig, nowMs: number): CostReport {
  const resources = resourcesOf(stage);
  return {
    stage: stage.name,
    pairs: marketCount(stage.exchanges),
    own: {
      title: 'Candlestream',
      lines: stageCost(resources),
      assumptions: assumptions(),
    },
    choices: choicesCost(stage),
    history: historyCost(resources, stage, nowMs),
    queries: queriesCost(resources),
    peer: {
      title: 'The same job on MWAA, EMR Serverless and three Cassandra nodes',
      lines: peerCost(resources),
      assumptions: peerAssumptions(),
    },
  };
}
