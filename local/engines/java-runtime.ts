import { join } from 'node:path';
import { CommandNotFoundError, lastLines } from '../../cli/run-command';
import type { CommandResult, RunCommand } from '../../cli/run-command';
import { MissingProgramError } from './engine';

/** The version that both engines run on: Kafka 4 needs 17 or later, Cassandra 5.0 11 or 17. */
const javaMajor = 17;

const versionLimitMs = 20_000;

/** How to get what the JVM engines need. */
const javaRemedy =
  `Install a Java ${javaMajor} runtime ("apt install openjdk-${javaMajor}-jre-headless", ` +
  `"brew install openjdk@${javaMajor}") and put it on the PATH or into JAVA_HOME`;

/** The `java` to run: that of JAVA_HOME where it is set, else that of the PATH. */
export function javaCommand(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment['JAVA_HOME'];
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}

/**
 * Makes sure that `java` is there in the version that both engines run on.
 *
 * @throws MissingProgramError where it is not, with what to install
 */
export async function assertJava(run: RunCommand, java: string): Promise<void> {
  const result = await runJavaVersion(run, java);
  const found = /version "(?:1\.)?(\d+)/.exec(result.stderr + result.stdout)?.[1];
  if (result.exitCode !== 0 || found === undefined) {
    throw new MissingProgramError(`"${java}" does not work: ${lastLines(result)}\n${javaRemedy}.`);
  }
  if (Number(found) !== javaMajor) {
    throw new MissingProgramError(
      `"${java}" is Java ${found}, and Kafka 4 and Cassandra 5.0 both run on Java ${javaMajor} ` +
        `only. ${javaRemedy}.`,
    );
  }
}

async function runJavaVersion(run: RunCommand, java: string): Promise<CommandResult> {
  try {
    return await run(java, ['-version'], { timeoutMs: versionLimitMs });
  } catch (cause) {
    if (!(cause instanceof CommandNotFoundError)) throw cause;
    throw new MissingProgramError(`There is no "${java}". ${javaRemedy}.`, { cause });
  }
}
