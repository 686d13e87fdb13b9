import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '../../../cli/free-port';
import { lastLines, runCommand } from '../../../cli/processes/run-command';
import { javaCommand } from '../../../local/engines/java-runtime';
import { DEFAULT_JARS_DIR, prepareJars } from '../../../local/engines/jvm-jars';
import {
  formatArgs,
  type JvmKafkaOptions,
  kafkaArgs,
  kafkaProperties,
} from '../../../local/engines/jvm-kafka';
import { END_BY_PID, launchSupervised, PID_FILE } from '../../../local/engines/supervised-process';
import { type BrokerOptions, listenerProperties } from './broker-properties';

const FORMAT_LIMIT_MS = 60_000;
const CLUSTER_ID = 'candlestreamCandlestre';

/** Starts a broker as a process of this machine. @returns its end */
export async function startBrokerProcess(options: BrokerOptions): Promise<() => Promise<void>> {
  const { folder, port } = options;
  const jars = { jarsDir: DEFAULT_JARS_DIR, run: runCommand, onProgress: () => undefined };
  const jvm: JvmKafkaOptions = {
    java: javaCommand(),
    run: runCommand,
    jarsDir: await prepareJars('kafka', jars),
    dir: folder,
    logFile: join(folder, 'kafka.log'),
    port,
    controllerPort: await freePort(),
  };
  await writeConfig(jvm, options);
  const formatted = await runCommand(jvm.java, formatArgs(jvm, CLUSTER_ID), {
    timeoutMs: FORMAT_LIMIT_MS,
  });
  if (formatted.exitCode !== 0) throw new Error(`Not formatted: ${lastLines(formatted)}`);
  const broker = await launchSupervised({
    file: jvm.java,
    args: kafkaArgs(jvm),
    logFile: jvm.logFile,
    pidFile: join(folder, PID_FILE),
    onOrphaned: END_BY_PID,
  });
  return async () => {
    await broker.kill();
    await broker.ended;
  };
}

async function writeConfig(jvm: JvmKafkaOptions, options: BrokerOptions): Promise<void> {
  const { controllerPort } = jvm;
  const listeners = listenerProperties(options, { host: '127.0.0.1', controllerPort });
  const lines = Object.entries(listeners).map(([name, value]) => `${name}=${value}\n`);
  await mkdir(join(jvm.dir, 'data'));
  // Of a key that comes twice the later line counts.
  await writeFile(join(jvm.dir, 'server.properties'), kafkaProperties(jvm) + lines.join(''));
  await writeFile(join(jvm.dir, 'log4j2.xml'), '<Configuration/>');
}
