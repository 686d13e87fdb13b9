import { RemovalPolicy } from 'aws-cdk-lib';
import type { StageConfig } from '../../lib/stages/stage-config';
import { DeploymentProblem } from './deployment-problem';
import type { StageRequest } from './stage-request';

/** Who calls AWS, and in which account. */
export interface Identity {
  readonly account: string;
  readonly arn: string;
}

/** What is asked of AWS before anything is changed. */
export interface AccountLookUp {
  /** That of the environment or the profile; undefined where none is set. */
  region(): Promise<string | undefined>;
  /** @throws DeploymentProblem where there are no credentials, or AWS does not take them */
  identity(): Promise<Identity>;
  /**
   * The version of the CDK's bootstrap stack in a region; undefined where there is none.
   *
   * @throws DeploymentProblem
   * @throws LookUpDeniedError where the caller may not read it
   */
  bootstrapVersion(region: string): Promise<number | undefined>;
}

/** The caller may not look; whoever does the work for the caller may. */
export class LookUpDeniedError extends Error {
  override readonly name = 'LookUpDeniedError';
}

/** What a check stands on. */
export interface PreflightSurroundings {
  /** @throws DeploymentProblem */
  readonly findStage: (name: string) => Promise<StageConfig>;
  readonly lookUp: AccountLookUp;
  /** Such as `20.19.0`. */
  readonly nodeVersion: string;
}

/** All that a command needs is there. */
export interface Readiness {
  readonly stage: StageConfig;
  readonly region: string;
  readonly identity: Identity;
  /** What to know before it begins. */
  readonly notes: readonly string[];
}

/** Something that a command needs is missing: all of it, in one message. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  constructor({ verb, stage }: StageRequest, problems: readonly string[]) {
    super(`${verb} of the stage ${stage} cannot begin:\n- ${problems.join('\n- ')}`);
  }
}

/** Major and minor, as `engines` of package.json has them. */
export const LEAST_NODE_VERSION: readonly [number, number] = [20, 19];

/**
 * What stacks with the default synthesizer need (`MIN_BOOTSTRAP_STACK_VERSION` in aws-cdk-lib's
 * default-synthesizer, and `requiresBootstrapStackVersion` in the manifest of an assembly).
 */
export const LEAST_BOOTSTRAP_VERSION = 6;

/**
 * Looks for all that a command needs: stage, Node.js, credentials, region, bootstrap.
 *
 * @throws NotReadyError with everything that is missing, and the remedies
 */
export async function preflight(
  request: StageRequest,
  { findStage, lookUp, nodeVersion }: PreflightSurroundings,
): Promise<Readiness> {
  const problems = oldNode(nodeVersion);
  const notes: string[] = [];
  // Asked at once, and told in this order.
  const asked = await Promise.allSettled([
    findStage(request.stage),
    regionOf(lookUp),
    lookUp.identity(),
  ]);
  const stage = foundOr(problems, asked[0]);
  const region = foundOr(problems, asked[1]);
  const identity = foundOr(problems, asked[2]);
  if (region !== undefined && identity !== undefined) {
    const place = { region, account: identity.account, profile: request.profile };
    const found = await lookAtBootstrap(lookUp, place);
    problems.push(...found.problems);
    notes.push(...found.notes);
  }
  if (stage !== undefined && request.verb === 'destroy') {
    problems.push(...protectionOf(stage));
    notes.push(whatIsLeft(stage));
  }
  if (
    stage === undefined ||
    region === undefined ||
    identity === undefined ||
    problems.length > 0
  ) {
    throw new NotReadyError(request, problems);
  }
  return { stage, region, identity, notes };
}

/**
 * Looks for what a command needs that asks nothing of AWS: stage and Node.js.
 *
 * @throws NotReadyError with everything that is missing, and the remedies
 */
export async function preflightOffline(
  request: StageRequest,
  { findStage, nodeVersion }: Omit<PreflightSurroundings, 'lookUp'>,
): Promise<void> {
  const problems = oldNode(nodeVersion);
  const [asked] = await Promise.allSettled([findStage(request.stage)]);
  foundOr(problems, asked);
  if (problems.length > 0) throw new NotReadyError(request, problems);
}

/** What was found; what stands in the way joins the problems. */
function foundOr<T>(problems: string[], asked: PromiseSettledResult<T>): T | undefined {
  if (asked.status === 'fulfilled') return asked.value;
  if (!(asked.reason instanceof DeploymentProblem)) throw asked.reason;
  problems.push(asked.reason.message);
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
  throw new DeploymentProblem(
    'There is no region: set AWS_REGION, or give --region, such as --region eu-central-1',
  );
}

interface Place {
  readonly region: string;
  readonly account: string;
  readonly profile: string | undefined;
}

interface Findings {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

async function lookAtBootstrap(lookUp: AccountLookUp, place: Place): Promise<Findings> {
  try {
    const version = await lookUp.bootstrapVersion(place.region);
    return { problems: bootstrapProblems(version, place), notes: [] };
  } catch (error) {
    if (error instanceof DeploymentProblem) return { problems: [error.message], notes: [] };
    if (!(error instanceof LookUpDeniedError)) throw error;
    // Who may do no more than take the roles of the CDK can deploy nonetheless.
    const note = `cdk will see whether the account is bootstrapped: ${error.message}`;
    return { problems: [], notes: [note] };
  }
}

function bootstrapProblems(
  version: number | undefined,
  { account, region, profile }: Place,
): string[] {
  const flags = profile === undefined ? '' : ` --profile ${profile}`;
  const remedy = `run npx cdk bootstrap aws://${account}/${region}${flags}`;
  if (version === undefined) {
    return [`The account ${account} is not bootstrapped for the CDK in ${region}: ${remedy}`];
  }
  if (version >= LEAST_BOOTSTRAP_VERSION) return [];
  return [
    `The CDK's bootstrap stack of ${account} in ${region} has version ${version}, and needs ${LEAST_BOOTSTRAP_VERSION}: ${remedy}`,
  ];
}

function protectionOf({ name, terminationProtection }: StageConfig): string[] {
  if (!terminationProtection) return [];
  return [
    `The stage ${name} is protected from deletion: set terminationProtection to false in lib/stages/${name}.ts, deploy it, and destroy it then`,
  ];
}

function whatIsLeft({ removalPolicy }: StageConfig): string {
  return removalPolicy === RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
    ? 'the tables, the schema registry and the logs are kept, under their names, and go on costing; the brokers go, with all records that are on their way or were kept as dead letters'
    : 'all data goes with the stacks: brokers, topics, tables with their candles, logs';
}
