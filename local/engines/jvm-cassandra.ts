import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Engine } from './engine';
import { checkCassandraAnswers } from './engine-answers';
import { RestartableEngine } from './engine-lifecycle';
import { END_BY_PID, launchSupervised, PID_FILE } from './supervised-process';

/** Options for Cassandra as a process of this machine; its ports are those of 127.0.0.1. */
export interface JvmCassandraOptions {
  readonly java: string;
  readonly jarsDir: string;
  /** Absolute; holds the configuration and the tables. */
  readonly dir: string;
  readonly logFile: string;
  /** The port that clients connect to. */
  readonly port: number;
  /** The port for other nodes: there are none, but it is listened on. */
  readonly storagePort: number;
}

/** One Cassandra node as a JVM process. Not started yet. */
export function jvmCassandra(options: JvmCassandraOptions): Engine {
  const endpoint = `127.0.0.1:${options.port}`;
  return new RestartableEngine({
    name: 'cassandra',
    endpoint,
    startLimitMs: 120_000,
    stopLimitMs: 20_000,
    launch: async () => {
      await writeConfig(options);
      return launchSupervised({
        file: options.java,
        args: cassandraArgs(options, await jammJar(options.jarsDir)),
        logFile: options.logFile,
        pidFile: join(options.dir, PID_FILE),
        onOrphaned: END_BY_PID,
      });
    },
    checkAnswers: () => checkCassandraAnswers(endpoint),
  });
}

/** The text of `cassandra.yaml`. JSON is YAML, so that no path needs quoting of its own. */
export function cassandraYaml(options: JvmCassandraOptions): string {
  const folder = (name: string) => join(options.dir, name);
  const settings = {
    cluster_name: 'candlestream',
    num_tokens: 1,
    partitioner: 'org.apache.cassandra.dht.Murmur3Partitioner',
    data_file_directories: [folder('data')],
    commitlog_directory: folder('commitlog'),
    saved_caches_directory: folder('saved_caches'),
    hints_directory: folder('hints'),
    cdc_raw_directory: folder('cdc_raw'),
    // A kill loses the writes of the last 100 ms (with Cassandra's default, of 10 s): the loop asks
    // for them again. Syncing each write would take a third of the node's processor time.
    commitlog_sync: 'periodic',
    commitlog_sync_period: '100ms',
    seed_provider: [
      {
        class_name: 'org.apache.cassandra.locator.SimpleSeedProvider',
        parameters: [{ seeds: `127.0.0.1:${options.storagePort}` }],
      },
    ],
    listen_address: '127.0.0.1',
    rpc_address: '127.0.0.1',
    native_transport_port: options.port,
    storage_port: options.storagePort,
    endpoint_snitch: 'SimpleSnitch',
    auto_bootstrap: false,
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

/** The arguments of `java` for the node. */
export function cassandraArgs(options: JvmCassandraOptions, jammJarFile: string): string[] {
  const { dir, jarsDir } = options;
  return [
    ...['-Xms512m', '-Xmx768m', '-XX:+UseParallelGC', '-XX:TieredStopAtLevel=1'],
    '-XX:+ExitOnOutOfMemoryError',
    `-javaagent:${jammJarFile}`,
    `-Dcassandra.config=${pathToFileURL(join(dir, 'cassandra.yaml')).href}`,
    `-Dcassandra.storagedir=${dir}`,
    `-Dcassandra.logdir=${dir}`,
    '-Dcassandra.jmx.local.port=0',
    '-Djdk.attach.allowAttachSelf=true',
    ...FAST_START,
    ...EXPORTED_PACKAGES.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
    ...OPENED_PACKAGES.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
    ...['-cp', `${join(dir, 'conf')}:${join(jarsDir, '*')}`],
    'org.apache.cassandra.service.CassandraDaemon',
  ];
}

/** A single node need not wait for others. */
const FAST_START = [
  '-Dcassandra-foreground=yes',
  '-Dcassandra.superuser_setup_delay_ms=0',
  '-Dcassandra.ring_delay_ms=100',
  '-Dcassandra.skip_wait_for_gossip_to_settle=0',
  '-Dcassandra.shutdown_announce_in_ms=0',
];

const EXPORTED_PACKAGES = [
  'java.base/jdk.internal.misc',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
  'java.management.rmi/com.sun.jmx.remote.internal.rmi',
  'java.rmi/sun.rmi.registry',
  'java.rmi/sun.rmi.server',
  'java.sql/java.sql',
];

const OPENED_PACKAGES = [
  'java.base/java.lang.module',
  'java.base/jdk.internal.loader',
  'java.base/jdk.internal.ref',
  'java.base/jdk.internal.reflect',
  'java.base/jdk.internal.math',
  'java.base/jdk.internal.module',
  'java.base/jdk.internal.util.jar',
  'java.base/sun.nio.ch',
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.reflect',
  'java.base/java.util',
  'java.base/java.nio',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'jdk.management/com.sun.management.internal',
];

async function writeConfig(options: JvmCassandraOptions): Promise<void> {
  await mkdir(join(options.dir, 'conf'), { recursive: true });
  await writeFile(join(options.dir, 'cassandra.yaml'), cassandraYaml(options));
  await writeFile(join(options.dir, 'conf', 'logback.xml'), LOGBACK_XML);
}

async function jammJar(jarsDir: string): Promise<string> {
  const jar = (await readdir(jarsDir)).find((file) => /^jamm-.*\.jar$/.test(file));
  if (jar !== undefined) return join(jarsDir, jar);
  throw new Error(`There is no jamm-*.jar in ${jarsDir}. Delete that folder and run this again.`);
}

// Without it Cassandra logs at DEBUG.
const LOGBACK_XML = `<configuration>
  <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%date{ISO8601} %-5level %msg \\(%logger{0}\\)%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="console"/></root>
</configuration>
`;
