import { LookUpDeniedError } from '../aws/account-look-up';
import { OperationError } from '../operation-error';
import type { LeftoverLookUp, StackResource } from './leftover-look-up';
import { removalOf } from './removal';

/** The stage, and its stacks as they were before they were deleted. */
export interface DeletedStage {
  readonly stage: string;
  readonly region: string;
  readonly stackIds: readonly string[];
  /** The names of those that were gone before: an earlier deletion may have left something of them. */
  readonly goneNames: readonly string[];
}

/** Something that is left of a stage. */
interface Leftover {
  readonly type: string;
  readonly id: string;
  readonly why: string;
}

/**
 * Asks AWS what is left of a deleted stage, and lists it: what is paid for first, each with the
 * command that removes it.
 */
export async function whatIsLeft(deleted: DeletedStage, lookUp: LeftoverLookUp): Promise<string> {
  try {
    return leftText(deleted, await leftoversOf(deleted, lookUp));
  } catch (error) {
    if (!(error instanceof LookUpDeniedError || error instanceof OperationError)) throw error;
    return `What is left of the stage ${deleted.stage} could not be found out: ${error.message}\n`;
  }
}

async function leftoversOf(
  { stage, stackIds, goneNames }: DeletedStage,
  lookUp: LeftoverLookUp,
): Promise<Leftover[]> {
  const resourcesOf = async (ids: readonly string[]): Promise<StackResource[]> => {
    const stacks = await Promise.all(ids.map((id) => lookUp.stackResources(id)));
    return stacks.flat();
  };
  const goneIds = await Promise.all(goneNames.map((name) => lookUp.deletedStackId(name)));
  const [deleted, gone] = await Promise.all([
    resourcesOf(stackIds),
    resourcesOf(goneIds.filter((id) => id !== undefined)),
  ]);
  const inStacks = [...deleted.flatMap(leftover), ...gone.flatMap(leftoverOfGone)];
  const logGroups = await lookUp.logGroups(`Candlestream-${stage}-`);
  const known = new Set(inStacks.map(({ id }) => id));
  const older = logGroups
    .filter(({ name }) => !known.has(name))
    .map(({ name }) => ({
      type: 'AWS::Logs::LogGroup',
      id: name,
      why: 'kept by an earlier deletion',
    }));
  return [...inStacks, ...older];
}

/** CloudFormation skips what is to be kept. */
function leftover({ type, physicalId, status, reason }: StackResource): Leftover[] {
  if (physicalId === undefined || status === 'DELETE_COMPLETE') return [];
  if (status === 'DELETE_SKIPPED') return [{ type, id: physicalId, why: 'kept by the stage' }];
  const why = reason === undefined ? status : `${status}: ${reason}`;
  return [{ type, id: physicalId, why }];
}

/** Nobody asks each service whether it is still there. */
function leftoverOfGone(resource: StackResource): Leftover[] {
  const why = 'kept by an earlier deletion, unless someone has removed it since';
  return leftover(resource).map((one) => ({ ...one, why }));
}

function leftText({ stage, region }: DeletedStage, leftovers: readonly Leftover[]): string {
  const removable = leftovers.flatMap((one) => {
    const removal = removalOf(one.type, one.id, region);
    return removal === undefined ? [] : [{ ...one, ...removal }];
  });
  if (removable.length === 0) return `Nothing is left of the stage ${stage} in ${region}.\n`;
  const lines = [...removable]
    .sort((one, other) => Number(other.costs) - Number(one.costs))
    .map(
      ({ type, id, why, costs, command }) =>
        `- ${costs ? 'costs money' : 'free'}: ${type} ${id} (${why})\n  ${command}`,
    );
  return `Left of the stage ${stage} in ${region}, with the commands that remove it for good:\n${lines.join('\n')}\n`;
}
