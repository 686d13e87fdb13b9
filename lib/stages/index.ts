import type { StageConfig } from './stage-config';
import { dev } from './dev';
import { localstack } from './localstack';
import { prod } from './prod';

/** All stages. */
export const STAGES: readonly StageConfig[] = [dev, prod, localstack];

/** No stage has the name. */
export class UnknownStageError extends Error {
  override readonly name = 'UnknownStageError';
}

/**
 * Finds the stage of a name.
 *
 * @throws UnknownStageError that lists the stages
 */
export function stageNamed(name: unknown): StageConfig {
  const stage = STAGES.find((candidate) => candidate.name === name);
  if (stage !== undefined) return stage;
  const known = STAGES.map((candidate) => candidate.name).join(', ');
  throw new UnknownStageError(
    `There is no stage ${JSON.stringify(name)}: choose one of ${known} with --stage <name>, or add it in lib/stages/`,
  );
}
