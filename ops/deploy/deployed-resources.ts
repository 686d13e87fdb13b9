import type { StageResource } from '../cost/stage-resources';
import type { RegionLookUp } from './region-look-up';

/** The stacks of a stage, in the order of their deployment. */
export function stackNames(stage: string): readonly [data: string, pipeline: string] {
  return [`Candlestream-${stage}-Data`, `Candlestream-${stage}-Pipeline`];
}

/**
 * The resources of a stage's stacks as they are deployed; none of a stack that there is not.
 *
 * @throws OperationError, LookUpDeniedError
 */
export async function deployedResources(
  lookUp: RegionLookUp,
  stage: string,
): Promise<StageResource[]> {
  const stacks = await Promise.all(
    stackNames(stage).map(async (name) => ({ name, deployed: await lookUp.stack(name) })),
  );
  return stacks.flatMap(({ name, deployed }) =>
    Object.entries(deployed?.template.Resources ?? {}).map(
      ([logicalId, { Type: type, Properties: properties = {} }]) => ({
        stack: name,
        logicalId,
        type,
        properties,
      }),
    ),
  );
}
