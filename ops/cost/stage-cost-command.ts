import { HelpRequested, UsageError } from '../../cli/command-line';
import {
  InvalidStageConfigError,
  type StageConfig,
  stageConfig,
} from '../../lib/stages/stage-config';
import { withStage } from '../find-stage';
import { OperationError } from '../operation-error';
import { assumptions, peerAssumptions } from './assumptions';
import { type CostReport, reportJson, reportText } from './cost-report';
import { type CostArguments, parseCostArguments } from './cost-request';
import { peerCost } from './peer-cost';
import { stageCost } from './stage-cost';
import { resourcesOf } from './stage-resources';

/** The surroundings of `npm run cost`. */
export interface CostSurroundings {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** @throws OperationError */
  readonly findStage: (name: string) => Promise<StageConfig>;
  /** The stages to choose from. @throws OperationError */
  readonly stageNames: () => Promise<readonly string[]>;
}

/**
 * Prints the monthly cost of a stage.
 *
 * @returns the exit code: 0; 1 if the cost is unknown; 2 for invalid arguments
 * @throws any error that is a mistake in the program
 */
export async function stageCostCommand(
  args: readonly string[],
  io: CostSurroundings,
): Promise<number> {
  try {
    const request = await withStage(parseCostArguments(args), io.stageNames);
    const report = reportOf(withPairs(await io.findStage(request.stage), request));
    io.print(request.json ? reportJson(report) : reportText(report));
    return 0;
  } catch (error) {
    if (error instanceof HelpRequested) {
      io.print(error.message);
      return 0;
    }
    if (!isExpected(error)) throw error;
    io.printError(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

function isExpected(error: unknown): error is Error {
  return [UsageError, OperationError, InvalidStageConfigError].some(
    (expected) => error instanceof expected,
  );
}

/** A stage with another number of pairs, within the same limits. */
function withPairs(stage: StageConfig, { pairs: wanted }: CostArguments): StageConfig {
  if (wanted === undefined) return stage;
  const further = Array.from(
    { length: Math.max(0, wanted - stage.pairs.length) },
    (_, index) => `PAIR${index + 1}_USDT`,
  );
  return stageConfig({ ...stage, pairs: [...stage.pairs.slice(0, wanted), ...further] });
}

function reportOf(stage: StageConfig): CostReport {
  const resources = resourcesOf(stage);
  return {
    stage: stage.name,
    pairs: stage.pairs.length,
    own: {
      title: 'Candlestream',
      lines: stageCost(resources),
      assumptions: assumptions(),
    },
    peer: {
      title: 'The same job on MWAA, EMR Serverless and three Cassandra nodes',
      lines: peerCost(resources),
      assumptions: peerAssumptions(),
    },
  };
}
