import type { StageConfig } from '../../lib/stages/stage-config';
import { DeploymentProblem } from './deployment-problem';

/** What is told of a stage, as opposed to what is a mistake in the program. */
const TOLD: ReadonlySet<string> = new Set(['UnknownStageError', 'InvalidStageConfigError']);

/**
 * The stage of a name. The stages are checked as they are loaded.
 *
 * @throws DeploymentProblem where there is none of that name, or a stage has wrong values
 */
export async function findStage(name: string): Promise<StageConfig> {
  try {
    const { stageNamed } = await import('../../lib/stages');
    return stageNamed(name);
  } catch (cause) {
    if (!(cause instanceof Error && TOLD.has(cause.name))) throw cause;
    throw new DeploymentProblem(cause.message, { cause });
  }
}

/**
 * The stage of a name that is meant for AWS.
 *
 * @throws DeploymentProblem for one that is not, beside what {@link findStage} throws
 */
export async function findAwsStage(name: string): Promise<StageConfig> {
  const stage = await findStage(name);
  if (stage.eventSources.mode.kind !== 'none') return stage;
  throw new DeploymentProblem(
    `The stage ${name} is not for AWS, where nothing would invoke its functions: run it with "npm run localstack", or choose another one`,
  );
}
