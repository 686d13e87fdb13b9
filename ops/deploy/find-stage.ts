import type { StageConfig } from '../../lib/stage-config';
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
