import { join } from 'node:path';
import {
  CommandNotFoundError,
  type CommandResult,
  lastLines,
  type RunCommand,
} from '../../cli/processes/run-command';
import { MissingProgramError } from './engine';

/** The version that both engines run on: Kafka 4 needs 17 or later, Cassandra 5.0 11 or 17. */
const JAVA_MAJOR = 17;

const VERSION_LIMIT_MS = 20_000;

const JAVA_REMEDY =
  `Install a Java ${JAVA_MAJOR} runtime ("apt install openjdk-${JAVA_MAJOR}-jre-headless", ` +
  `"brew install openjdk@${JAVA_MAJOR}") and put it on the PATH or into JAVA_HOME`;

/** The `java` of JAVA_HOME if it is set, otherwise that of the PATH. */
export function javaCommand(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment['JAVA_HOME'];
  return home === undefined || home === '' ? 'java' : join(home, 'bin', 'java');
}

/**
 * Makes sure that `java` is there in the version that both engines run on.
 *
 * @throws MissingProgramError that says what to install
 */
export async function assertJava(run: RunCommand, java: string): Promise<void> {
  const result = await runJavaVersion(run, java);
  const found = /version "(?:1\.)?(\d+)/.exec(result.stderr + result.stdout)?.[1];
  if (result.exitCode !== 0 || found === undefined) {
    throw new MissingProgramError(`"${java}" does not work: ${lastLines(result)}\n${JAVA_REMEDY}.`);
  }
  if (Number(found) !== JAVA_MAJOR) {
    throw new MissingProgramError(
      `"${java}" is Java ${found}, and Kafka 4 and Cassandra 5.0 both run on Java ${JAVA_MAJOR} ` +
        `only. ${JAVA_REMEDY}.`,
    );
  }
}

async function runJavaVersion(run: RunCommand, java: string): Promise<CommandResult> {
  try {
    return await run(java, ['-version'], { timeoutMs: VERSION_LIMIT_MS });
  } catch (cause) {
    if (!(cause instanceof CommandNotFoundError)) throw cause;
    throw new MissingProgramError(`There is no "${java}". ${JAVA_REMEDY}.`, { cause });
  }
}
