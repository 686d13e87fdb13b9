import type { StageConfig } from './stage-config';
import { dev } from './dev';
import { localstack } from './localstack';
import { prod } from './prod';

/** All stages. */
export const STAGES: readonly StageConfig[] = [dev, prod, localstack];

/** A stage that there is not. */
export class UnknownStageError extends Error {
  override readonly name = 'UnknownStageError';
}

/**
 * The stage of a name.
 *
 * @throws UnknownStageError that names the stages that there are
 */
export function stageNamed(name: unknown): StageConfig {
  const stage = STAGES.find((candidate) => candidate.name === name);
  if (stage !== undefined) return stage;
  const known = STAGES.map((candidate) => candidate.name).join(', ');
  throw new UnknownStageError(
    `There is no stage ${JSON.stringify(name)}: choose one of ${known} with --stage <name>, or add it in lib/stages/`,
  );
}
