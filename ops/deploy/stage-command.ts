import { formatDecimal } from '../../lambdas/shared/domain/decimal';
import type { StageConfig } from '../../lib/stages/stage-config';
import { totalOf } from '../cost/cost-line';
import { historySummary } from '../cost/cost-report';
import { historyCost } from '../cost/history-cost';
import { type StageTemplates, synthesizedTemplates } from '../stages/stage-resources';
import { withStage } from '../stages/find-stage';
import { type Printer, runOperation } from '../run-operation';
import { destroyStage } from '../destroy/destroy-stage';
import type { LeftoverLookUp } from '../destroy/leftover-look-up';
import { type AccountLookUp, LookUpDeniedError } from '../aws/account-look-up';
import { preflight, preflightOffline, type Readiness } from './preflight';
import type { CdkOptions } from '../aws/run-cdk';
import { parseStageArguments, type StageRequest } from './stage-request';
import { whatNext } from './what-next';

/** The surroundings of the commands on a stage. */
export interface StageSurroundings extends Printer {
  /** Such as `20.19.0`. */
  readonly nodeVersion: string;
  readonly clock: () => number;
  /** @throws OperationError */
  readonly findStage: (name: string, settings?: string) => Promise<StageConfig>;
  /** The stages to choose from. @throws OperationError */
  readonly stageNames: () => Promise<readonly string[]>;
  readonly lookUp: (request: StageRequest) => AccountLookUp;
  /** Looks for what a deleted stage leaves in a region. */
  readonly leftovers: (request: StageRequest, region: string) => LeftoverLookUp;
  readonly pause: (ms: number) => Promise<void>;
  /** @returns the exit code. @throws OperationError */
  readonly runCdk: (args: readonly string[], options: CdkOptions) => Promise<number>;
}

/**
 * Runs a command on a stage. The first argument is the verb.
 *
 * @returns the exit code: that of `cdk`; 1 if something is missing; 2 for invalid arguments
 * @throws any error that is a mistake in the program
 */
export async function stageCommand(
  args: readonly string[],
  io: StageSurroundings,
): Promise<number> {
  return runOperation(io, async () => {
    const request = await withStage(parseStageArguments(args), io.stageNames);
    return request.verb === 'synth' ? synthesize(request, io) : callCdk(request, io);
  });
}

async function synthesize(request: StageRequest, io: StageSurroundings): Promise<number> {
  await preflightOffline(request, io);
  const args = ['synth', '--quiet', '-c', `stage=${request.stage}`, ...request.cdkFlags];
  // Without credentials, cdk would wait for those of a virtual machine.
  return io.runCdk(args, { environment: { AWS_EC2_METADATA_DISABLED: 'true' } });
}

async function callCdk(request: StageRequest, io: StageSurroundings): Promise<number> {
  const ready = await preflight(request, {
    ...io,
    lookUp: io.lookUp(request),
    synthesize: synthesizedTemplates,
  });
  io.print(announcement(request, ready, io.clock()));
  if (request.verb === 'destroy') return destroy(request, ready, io);
  const exitCode = await io.runCdk(cdkArguments(request), {
    environment: { AWS_REGION: ready.region },
  });
  if (request.verb === 'deploy' && exitCode === 0) {
    io.print(whatNext(ready.stage, ready.region, io.clock()));
  }
  return exitCode;
}

/** A caller who may not look is left to `cdk`. */
async function destroy(
  request: StageRequest,
  { region }: Readiness,
  io: StageSurroundings,
): Promise<number> {
  const lookUp = io.leftovers(request, region);
  try {
    return await destroyStage({ ...request, region }, { ...io, lookUp });
  } catch (error) {
    if (!(error instanceof LookUpDeniedError)) throw error;
    io.print(`cdk deletes both stacks, and nothing is said of what is left: ${error.message}\n`);
    return io.runCdk(cdkArguments(request), { environment: { AWS_REGION: region } });
  }
}

function announcement(
  { verb, stage }: StageRequest,
  { stage: config, region, identity: { account, arn }, templates, notes }: Readiness,
  nowMs: number,
): string {
  const lines = [
    `${verb}: stage ${stage}, account ${account}, region ${region}, as ${arn}`,
    ...notes,
  ];
  if (templates !== undefined) lines.push(costLine(config, templates, nowMs));
  return `${lines.join('\n')}\n`;
}

/** What is paid once for history, and where the monthly cost is told. */
function costLine(stage: StageConfig, { resources }: StageTemplates, nowMs: number): string {
  const history = historyCost(resources, stage, nowMs);
  const usd = formatDecimal(totalOf(history.once));
  return [
    `one-off cost: ${usd} USD for ${historySummary(history)}, less what of it is stored already`,
    `monthly cost: npm run cost -- --stage ${stage.name}`,
  ].join('\n');
}

function cdkArguments({ verb, stage, profile, cdkFlags }: StageRequest): string[] {
  // A diff without names covers all stacks, and has no --all.
  const stacks = verb === 'diff' ? [] : ['--all'];
  const as = profile === undefined ? [] : ['--profile', profile];
  return [verb, ...stacks, '-c', `stage=${stage}`, ...as, ...cdkFlags];
}
