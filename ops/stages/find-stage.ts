import { UsageError } from '../../cli/command-line';
import type { StageConfig } from '../../lib/stages/stage-config';
import { OperationError } from '../operation-error';

/** Errors of a stage's settings, which the user can mend; any other is a mistake in the program. */
const MENDABLE: ReadonlySet<string> = new Set([
  'UnknownStageError',
  'InvalidStageConfigError',
  'InvalidSettingsError',
]);

/**
 * Finds the stage of a name. All stages are checked when they are loaded.
 *
 * @param settings JSON that replaces settings of it, as the context of the app has it
 * @throws OperationError if there is no such stage, or a stage has an invalid setting
 */
export async function findStage(name: string, settings?: string): Promise<StageConfig> {
  const { stageNamed, askedStages } = await loadStages();
  try {
    const stage = stageNamed(name);
    if (settings === undefined) return stage;
    const [changed = stage] = askedStages(name, settings);
    return changed;
  } catch (error) {
    throw asOperationError(error);
  }
}

/**
 * Finds the stage of a name that is meant for AWS.
 *
 * @throws OperationError if it is not meant for AWS, or for the reasons of {@link findStage}
 */
export async function findAwsStage(name: string, settings?: string): Promise<StageConfig> {
  const stage = await findStage(name, settings);
  if (isForAws(stage)) return stage;
  throw new OperationError(
    `The stage ${name} is not for AWS, where nothing would invoke its functions: run it with "npm run localstack", or choose another one`,
  );
}

/** The names of the stages that are meant for AWS. @throws OperationError if a setting is invalid */
export async function awsStageNames(): Promise<string[]> {
  const { STAGES } = await loadStages();
  return STAGES.filter(isForAws).map(({ name }) => name);
}

/**
 * Makes sure that a command line names a stage.
 *
 * @throws UsageError that lists the names if it does not
 */
export async function withStage<Request extends { readonly stage: string | undefined }>(
  request: Request,
  stageNames: () => Promise<readonly string[]>,
): Promise<Request & { readonly stage: string }> {
  const { stage } = request;
  if (stage !== undefined) return { ...request, stage };
  const names = (await stageNames()).join(', ');
  throw new UsageError(`No stage is given: choose one of ${names} with --stage <name>`);
}

function isForAws({ eventSources }: StageConfig): boolean {
  return eventSources.mode.kind !== 'none';
}

/** Loaded when needed: the CDK takes a second, which help need not wait for. */
async function loadStages() {
  try {
    const [{ STAGES, stageNamed }, { askedStages }] = await Promise.all([
      import('../../lib/stages'),
      import('../../lib/stages/asked-stages'),
    ]);
    return { STAGES, stageNamed, askedStages };
  } catch (error) {
    throw asOperationError(error);
  }
}

/** An error of a stage's settings as one for the user; any other stays as it is. */
export function asOperationError(error: unknown): unknown {
  if (!(error instanceof Error && MENDABLE.has(error.name))) return error;
  return new OperationError(error.message, { cause: error });
}
