import type { Config } from 'jest';
import { MissingProgramError } from '../../local/engines/engine';
import { availableEngines } from '../../local/engines/start-engines';
import { prepareDays } from '../oracle/replayed-days';

/** Runs once before the test files of a project: chooses the engines, and writes the days to replay. */
export default async function setUp(
  _: Config,
  { displayName: { name } }: { displayName: { name: string } },
): Promise<void> {
  if (name === 'integration') process.env['TEST_ENGINES'] ||= await enginesOrExit();
  const line = prepareDays();
  if (name !== 'unit') process.stderr.write(`${line}\n`);
}

/** What to install is one line, which jest would bury under a stack. */
async function enginesOrExit(): Promise<string> {
  try {
    return await availableEngines();
  } catch (error) {
    if (!(error instanceof MissingProgramError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
