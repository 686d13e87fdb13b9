import { OperationError } from '../operation-error';
import { type AccountLookUp, LookUpDeniedError } from '../aws/account-look-up';

/**
 * What stacks with the default synthesizer need (`MIN_BOOTSTRAP_STACK_VERSION` in aws-cdk-lib's
 * default-synthesizer, and `requiresBootstrapStackVersion` in the manifest of an assembly).
 */
export const LEAST_BOOTSTRAP_VERSION = 6;

/** The account and region that stacks are deployed to. */
export interface Target {
  readonly account: string;
  readonly region: string;
  readonly profile: string | undefined;
}

/** Problems that stop a command, and notes to read before it begins. */
export interface Findings {
  readonly problems: readonly string[];
  readonly notes: readonly string[];
}

/** Checks that the CDK's bootstrap stack is there, and recent enough. */
export async function checkBootstrap(lookUp: AccountLookUp, target: Target): Promise<Findings> {
  try {
    const version = await lookUp.bootstrapVersion(target.region);
    return { problems: versionProblems(version, target), notes: [] };
  } catch (error) {
    if (error instanceof OperationError) return { problems: [error.message], notes: [] };
    if (!(error instanceof LookUpDeniedError)) throw error;
    // A caller that may only assume the roles of the CDK can deploy all the same.
    const note = `cdk will check whether the account is bootstrapped: ${error.message}`;
    return { problems: [], notes: [note] };
  }
}

function versionProblems(
  version: number | undefined,
  { account, region, profile }: Target,
): string[] {
  const flags = profile === undefined ? '' : ` --profile ${profile}`;
  const remedy = `run npx cdk bootstrap aws://${account}/${region}${flags}`;
  if (version === undefined) {
    return [`The account ${account} is not bootstrapped for the CDK in ${region}: ${remedy}`];
  }
  if (version >= LEAST_BOOTSTRAP_VERSION) return [];
  return [
    `The CDK's bootstrap stack of ${account} in ${region} has version ${version}, but ${LEAST_BOOTSTRAP_VERSION} is needed: ${remedy}`,
  ];
}
