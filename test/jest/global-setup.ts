import type { Config } from 'jest';
import { prepareDays } from '../oracle/replayed-days';

/** Runs once before the test files of a project: writes the days that they replay. */
export default function setUp(_: Config, { displayName }: { displayName: { name: string } }): void {
  const line = prepareDays();
  if (displayName.name !== 'unit') process.stderr.write(`${line}\n`);
}
