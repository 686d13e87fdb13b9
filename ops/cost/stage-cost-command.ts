import { HelpRequested, UsageError } from '../../cli/command-line';
import { type StageConfig, stageConfig } from '../../lib/stages/stage-config';
import { assumptions, peerAssumptions } from './assumptions';
import { type CostReport, reportJson, reportText } from './cost-report';
import { type CostRequest, parseCostArguments } from './cost-request';
import { peerCost } from './peer-cost';
import { stageCost } from './stage-cost';
import { resourcesOf } from './stage-resources';

/** What `npm run cost` stands on. */
export interface CostSurroundings {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
  /** The stage of a name; the message of what it throws is for the user. */
  readonly findStage: (name: string) => Promise<StageConfig>;
}

/** Errors that tell a user all that there is to know. */
const TOLD: ReadonlySet<string> = new Set([
  ...['UsageError', 'DeploymentProblem', 'InvalidStageConfigError'],
  ...['UnpricedResourceError', 'UnreadableResourceError'],
]);

/**
 * Prints what a stage costs as the arguments of `npm run cost` ask for.
 *
 * @returns the exit code: 0; 1 where it cannot be told; 2 for arguments that cannot be
 * @throws errors that say nothing of what a user could do
 */
export async function stageCostCommand(
  args: readonly string[],
  io: CostSurroundings,
): Promise<number> {
  try {
    const request = parseCostArguments(args);
    const report = reportOf(withPairs(await io.findStage(request.stage), request));
    io.print(request.json ? reportJson(report) : reportText(report));
    return 0;
  } catch (error) {
    if (error instanceof HelpRequested) {
      io.print(error.message);
      return 0;
    }
    if (!(error instanceof Error && TOLD.has(error.name))) throw error;
    io.printError(`${error.message}\n`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** A stage with another number of pairs, held against the same limits. */
function withPairs(stage: StageConfig, { pairs: wanted }: CostRequest): StageConfig {
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
