import { RemovalPolicy } from 'aws-cdk-lib';
import { dayText } from '../../cli/utc-time';
import { SCHEMA_METADATA } from '../../lib/kafka/schema-metadata';
import { nobodyIsNotified } from '../../lib/stages/alarm-address';
import { pairsByExchange } from '../../lib/stages/followed-pairs';
import type { StageConfig } from '../../lib/stages/stage-config';
import type { StageTemplates } from '../stages/stage-resources';
import { OperationError } from '../operation-error';
import { type AccountLookUp, type Identity, LookUpDeniedError } from '../aws/account-look-up';
import { checkBootstrap, type Findings } from './bootstrap';
import { exportProblems } from './changes/export-changes';
import { pairNotes } from './changes/pair-changes';
import { resourceProblems } from './changes/resource-changes';
import { schemaProblems } from './changes/schema-changes';
import { statusProblems } from './changes/stack-status';
import { checkRegion } from './region/check-region';
import type { RegionLookUp } from '../aws/region-look-up';
import { type DeployedStage, deployedStage } from './deployed-resources';
import type { StageRequest } from './stage-request';

/** The surroundings of a check. */
export interface PreflightSurroundings {
  /** @throws OperationError */
  readonly findStage: (name: string, settings?: string) => Promise<StageConfig>;
  readonly lookUp: AccountLookUp;
  readonly synthesize: (stage: StageConfig) => StageTemplates;
  /** Such as `20.19.0`. */
  readonly nodeVersion: string;
  readonly clock: () => number;
}

/** All that a command needs. */
export interface Readiness {
  readonly stage: StageConfig;
  readonly region: string;
  readonly identity: Identity;
  /** The synthesized templates of a stage that is to be deployed; undefined for another command. */
  readonly templates: StageTemplates | undefined;
  /** Notes to read before the command begins. */
  readonly notes: readonly string[];
}

/** A command lacks something that it needs: all of it, in one message. */
export class NotReadyError extends OperationError {
  override readonly name = 'NotReadyError';
  constructor({ verb, stage }: StageRequest, problems: readonly string[]) {
    super(`${verb} of the stage ${stage} cannot begin:\n- ${problems.join('\n- ')}`);
  }
}

/** Major and minor version, as in `engines` of package.json. */
export const LEAST_NODE_VERSION: readonly [number, number] = [20, 19];

/**
 * Checks all that a command needs: stage, Node.js, credentials, region, bootstrap; for a
 * deployment, also what the region has, and that nothing changes that cannot.
 *
 * @throws NotReadyError with everything that is missing, and the remedies
 */
export async function preflight(
  request: StageRequest,
  surroundings: PreflightSurroundings,
): Promise<Readiness> {
  const { findStage, lookUp, nodeVersion, clock } = surroundings;
  const problems = oldNode(nodeVersion);
  const [stageAnswer, regionAnswer, identityAnswer] = await Promise.allSettled([
    findStage(request.stage, request.settings),
    regionOf(lookUp),
    lookUp.identity(),
  ]);
  const stage = answerOr(problems, stageAnswer);
  const region = answerOr(problems, regionAnswer);
  const identity = answerOr(problems, identityAnswer);
  const findings = [
    await bootstrapFindings(lookUp, { region, identity, profile: request.profile }),
    destroyFindings(request, stage),
    historyFindings(request, stage, clock()),
    alarmFindings(request, stage),
  ];
  const isComplete = stage !== undefined && region !== undefined && identity !== undefined;
  const templates =
    isComplete && request.verb === 'deploy' ? surroundings.synthesize(stage) : undefined;
  if (templates !== undefined && isComplete) {
    findings.push(await regionFindings({ stage, region, templates }, surroundings));
  }
  if (isComplete && request.verb === 'diff') {
    findings.push(await pairFindings({ stage, region }, surroundings));
  }
  problems.push(...findings.flatMap((found) => found.problems));
  const notes = findings.flatMap((found) => found.notes);
  if (!isComplete || problems.length > 0) throw new NotReadyError(request, problems);
  return { stage, region, identity, templates, notes };
}

/**
 * Checks what a command needs that does not call AWS: stage and Node.js.
 *
 * @throws NotReadyError with everything that is missing, and the remedies
 */
export async function preflightOffline(
  request: StageRequest,
  { findStage, nodeVersion }: Pick<PreflightSurroundings, 'findStage' | 'nodeVersion'>,
): Promise<void> {
  const problems = oldNode(nodeVersion);
  const [stageAnswer] = await Promise.allSettled([findStage(request.stage, request.settings)]);
  answerOr(problems, stageAnswer);
  if (problems.length > 0) throw new NotReadyError(request, problems);
}

const NOTHING_FOUND: Findings = { problems: [], notes: [] };

/** The answer; an error that the user can mend joins the problems. */
function answerOr<Answer>(
  problems: string[],
  settled: PromiseSettledResult<Answer>,
): Answer | undefined {
  if (settled.status === 'fulfilled') return settled.value;
  if (!(settled.reason instanceof OperationError)) throw settled.reason;
  problems.push(settled.reason.message);
  return undefined;
}

function oldNode(nodeVersion: string): string[] {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  const [leastMajor, leastMinor] = LEAST_NODE_VERSION;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return [];
  const least = LEAST_NODE_VERSION.join('.');
  return [`Node.js ${nodeVersion} is too old: install Node.js ${least} or later`];
}

async function regionOf(lookUp: AccountLookUp): Promise<string> {
  const region = await lookUp.region();
  if (region !== undefined) return region;
  throw new OperationError(
    'No region is set: set AWS_REGION, or give --region, such as --region eu-central-1',
  );
}

async function bootstrapFindings(
  lookUp: AccountLookUp,
  answers: {
    readonly region: string | undefined;
    readonly identity: Identity | undefined;
    readonly profile: string | undefined;
  },
): Promise<Findings> {
  const { region, identity, profile } = answers;
  if (region === undefined || identity === undefined) return NOTHING_FOUND;
  return checkBootstrap(lookUp, { account: identity.account, region, profile });
}

async function regionFindings(
  {
    stage,
    region,
    templates,
  }: Pick<Readiness, 'stage' | 'region'> & { readonly templates: StageTemplates },
  { lookUp }: PreflightSurroundings,
): Promise<Findings> {
  return ofRegion(lookUp.inRegion(region), async (inRegion) => {
    const deployed = await deployedStage(inRegion, stage.name);
    const { problems, notes } = await checkRegion({
      stage: stage.name,
      region,
      lookUp: inRegion,
      resources: templates.resources,
      deployed: deployed.resources,
    });
    const changes = [
      ...statusProblems(deployed.stacks, { stage: stage.name, region }),
      ...changeProblems(stage.name, templates, deployed),
    ];
    return {
      problems: [...problems, ...changes],
      notes: [...notes, ...changedPairs(stage, deployed)],
    };
  });
}

/** The template that `cdk diff` shows has pairs as metadata alone, which it may leave out. */
async function pairFindings(
  { stage, region }: Pick<Readiness, 'stage' | 'region'>,
  { lookUp }: PreflightSurroundings,
): Promise<Findings> {
  return ofRegion(lookUp.inRegion(region), async (inRegion) => ({
    problems: [],
    notes: changedPairs(stage, await deployedStage(inRegion, stage.name)),
  }));
}

function changedPairs({ exchanges }: StageConfig, { pairs }: DeployedStage): string[] {
  return pairNotes(pairsByExchange(exchanges), pairs);
}

/** A caller who may not look in the region goes on, and is told so. */
async function ofRegion(
  inRegion: RegionLookUp,
  look: (inRegion: RegionLookUp) => Promise<Findings>,
): Promise<Findings> {
  try {
    return await look(inRegion);
  } catch (error) {
    if (error instanceof OperationError) return { problems: [error.message], notes: [] };
    if (!(error instanceof LookUpDeniedError)) throw error;
    return { problems: [], notes: [`not checked: the region (${error.message})`] };
  }
}

/** What a deployment, or another one that takes it back, cannot do. */
function changeProblems(
  stage: string,
  { resources, exports: names }: StageTemplates,
  deployed: DeployedStage,
): readonly string[] {
  return [
    ...resourceProblems(resources, deployed.resources),
    ...exportProblems({ stage, names }, deployed.imports),
    ...schemaProblems(SCHEMA_METADATA, deployed.schemas),
  ];
}

function destroyFindings({ verb }: StageRequest, stage: StageConfig | undefined): Findings {
  if (stage === undefined || verb !== 'destroy') return NOTHING_FOUND;
  return { problems: protectionProblems(stage), notes: [dataNote(stage)] };
}

function protectionProblems({ name, terminationProtection }: StageConfig): string[] {
  if (!terminationProtection) return [];
  return [
    `The stage ${name} is protected from deletion: set terminationProtection to false in lib/stages/${name}.ts, deploy it, then destroy it`,
  ];
}

function dataNote({ removalPolicy }: StageConfig): string {
  return removalPolicy === RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    ? 'The tables, the schema registry and the logs are kept, under their names, and still cost money; the brokers are deleted, with all records in flight and all dead letters.'
    : 'All data is deleted with the stacks: brokers, topics, tables with their candles, logs.';
}

/** Without an address, `cdk` would refuse a stage that requires one once it is bundled. */
function alarmFindings({ verb }: StageRequest, stage: StageConfig | undefined): Findings {
  if (verb !== 'deploy' || stage === undefined) return NOTHING_FOUND;
  const { name, alarmEmail, alarmEmailRequired } = stage;
  if (alarmEmail !== undefined) return NOTHING_FOUND;
  const said = [nobodyIsNotified(name)];
  return alarmEmailRequired ? { problems: said, notes: [] } : { problems: [], notes: said };
}

/** A day to come is taken for a typing error. */
function historyFindings(
  { verb }: StageRequest,
  stage: StageConfig | undefined,
  nowMs: number,
): Findings {
  if (verb !== 'deploy' || stage === undefined || Date.parse(stage.historyStart) <= nowMs) {
    return NOTHING_FOUND;
  }
  const problem = `historyStart is ${stage.historyStart}, after today (${dayText(nowMs)}, UTC): give an earlier day in lib/stages/${stage.name}.ts`;
  return { problems: [problem], notes: [] };
}
