import { stackNames } from '../../lib/naming/stage-names';
import type { CdkOptions } from '../aws/run-cdk';
import { interfacesGone, type Holder } from './held-interfaces';
import type { LeftoverLookUp, Stack } from './leftover-look-up';
import { whatIsLeft } from './what-is-left';

/** The surroundings of a deletion. */
export interface DestroySurroundings {
  readonly print: (text: string) => void;
  readonly lookUp: LeftoverLookUp;
  readonly pause: (ms: number) => Promise<void>;
  /** @returns the exit code. @throws OperationError */
  readonly runCdk: (args: readonly string[], options: CdkOptions) => Promise<number>;
}

/** The stage to delete. */
export interface Destruction {
  readonly stage: string;
  readonly region: string;
  /** A profile of AWS's configuration files; undefined for the credentials of the environment. */
  readonly profile: string | undefined;
  /** Passed to `cdk` unchanged. */
  readonly cdkFlags: readonly string[];
}

/** A stack as it was before the deletion. */
interface NamedStack extends Stack {
  readonly name: string;
}

/**
 * Deletes the stacks of a stage, last deployed first, and lists what is left. `cdk` asks for
 * confirmation once, for the first. Between them, it waits until AWS has removed the functions'
 * network interfaces, which keep the network of the other stack from being deleted.
 *
 * @returns the exit code: that of `cdk`; 1 if a stack is still there
 * @throws OperationError, LookUpDeniedError
 */
export async function destroyStage(
  destruction: Destruction,
  io: DestroySurroundings,
): Promise<number> {
  const { stage, region } = destruction;
  const [dataName, pipelineName] = stackNames(stage);
  const pipeline = await existing(pipelineName, io);
  const data = await existing(dataName, io);
  const exitCode = await deleteBoth({ pipeline, data }, destruction, io);
  const stackIds = [pipeline, data].flatMap((stack) => stack?.id ?? []);
  const goneNames = [
    ...(pipeline === undefined ? [pipelineName] : []),
    ...(data === undefined ? [dataName] : []),
  ];
  io.print(await whatIsLeft({ stage, region, stackIds, goneNames }, io.lookUp));
  return exitCode;
}

async function existing(name: string, io: DestroySurroundings): Promise<NamedStack | undefined> {
  const stack = await io.lookUp.stack(name);
  if (stack !== undefined) return { name, ...stack };
  io.print(`${name}: not there\n`);
  return undefined;
}

async function deleteBoth(
  stacks: { readonly pipeline: NamedStack | undefined; readonly data: NamedStack | undefined },
  destruction: Destruction,
  io: DestroySurroundings,
): Promise<number> {
  const { pipeline, data } = stacks;
  if (pipeline !== undefined) {
    const exitCode = await deleteStack(pipeline, destruction, io);
    if (exitCode !== 0) return exitCode;
  }
  if (data === undefined) return 0;
  const confirmed = pipeline === undefined ? destruction : withForce(destruction);
  await waitFor('functions', data, confirmed, io);
  const exitCode = await deleteStack(data, confirmed, io);
  if (exitCode === 0 || !(await hasBegunAndFailed(data, confirmed, io))) return exitCode;
  // What the brokers leave behind may have kept the network from being deleted.
  await waitFor('functions and brokers', data, confirmed, io);
  return deleteStack(data, withForce(destruction), io);
}

/**
 * `cdk` fails in the same way if its question is answered with no. A deletion has begun if it was
 * not asked, or if the stack has become `DELETE_FAILED` since.
 */
async function hasBegunAndFailed(
  { name, status }: NamedStack,
  destruction: Destruction,
  { lookUp }: DestroySurroundings,
): Promise<boolean> {
  if (status === 'DELETE_FAILED' && !isForced(destruction)) return false;
  return (await lookUp.stack(name))?.status === 'DELETE_FAILED';
}

/** @returns 1 if `cdk` succeeds without deleting it, as without confirmation */
async function deleteStack(
  stack: NamedStack,
  { stage, region, profile, cdkFlags }: Destruction,
  io: DestroySurroundings,
): Promise<number> {
  const as = profile === undefined ? [] : ['--profile', profile];
  const args = ['destroy', stack.name, '--exclusively', '-c', `stage=${stage}`, ...as, ...cdkFlags];
  const exitCode = await io.runCdk(args, { environment: { AWS_REGION: region } });
  if (exitCode !== 0 || !(await isThere(stack, io))) return exitCode;
  io.print(`${stack.name} is still there: it was not confirmed, or its deletion failed\n`);
  return 1;
}

async function isThere({ name }: NamedStack, { lookUp }: DestroySurroundings): Promise<boolean> {
  return (await lookUp.stack(name)) !== undefined;
}

async function waitFor(
  holder: Holder,
  { id }: Stack,
  { region }: Destruction,
  { lookUp, pause, print }: DestroySurroundings,
): Promise<void> {
  const resources = await lookUp.stackResources(id);
  const vpc = resources.find(
    ({ type, status }) => type === 'AWS::EC2::VPC' && status !== 'DELETE_COMPLETE',
  );
  if (vpc?.physicalId === undefined) return;
  await interfacesGone({ lookUp, vpcId: vpc.physicalId, region, holder, pause, print });
}

function withForce(destruction: Destruction): Destruction {
  if (isForced(destruction)) return destruction;
  return { ...destruction, cdkFlags: [...destruction.cdkFlags, '--force'] };
}

function isForced({ cdkFlags }: Destruction): boolean {
  return cdkFlags.some((flag) => flag === '--force' || flag === '-f');
}
