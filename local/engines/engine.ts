import { logCause } from '../../cli/log-cause';

/** The two servers that the local run and the integration tests stand on. */
export const ENGINE_NAMES = ['kafka', 'cassandra'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Remedy for an engine's port in use. */
export const PORT_REMEDIES: Readonly<Record<EngineName, string>> = {
  kafka: 'choose another port with --kafka-port',
  cassandra: 'choose another port with --cassandra-port',
};

/** An end that nobody asked for. */
export interface EngineDeath {
  readonly name: EngineName;
  /** For people: `exit code 1`, `signal SIGKILL`. */
  readonly how: string;
  /** The last lines of its log; empty if it wrote none. */
  readonly lastLogLines: string;
}

/**
 * One server that can be stopped and started again: same port, same data.
 *
 * Everything but `start` may be called at any time, also while it starts.
 */
export interface Engine {
  readonly name: EngineName;
  /** `host:port` of the client port; stays the same over restarts. */
  readonly endpoint: string;
  /** What runs now: `pid 123` or `container candlestream-1a2b3c4d-kafka-1`; undefined while it is down. */
  readonly runsAs: string | undefined;
  /** The server's own process id if it is a process of this machine and runs now. */
  readonly pid: number | undefined;
  /**
   * Resolves when the engine ends without `stop` or `kill` having been called. It is the same
   * promise over asked-for restarts; after a death, `start` makes a new one.
   */
  readonly died: Promise<EngineDeath>;
  /**
   * Starts it and resolves once it answers a client.
   *
   * @throws EngineStartError if it ends or stays silent; nothing is left running then
   */
  start(): Promise<void>;
  /** Ends it in order, and by force if it does not end in time. No error if it is down. */
  stop(): Promise<void>;
  /** Ends it at once (SIGKILL), as a crash would; `died` does not resolve. No error if it is down. */
  kill(): Promise<void>;
}

/** Both engines of a run. */
export interface EnginePair {
  readonly kafka: Engine;
  readonly cassandra: Engine;
  /** Removes everything that engines which have ended leave beside their data. */
  tidy(): Promise<void>;
}

/** An engine ended or stayed silent while it was being started. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError';
  readonly engine: EngineName;

  constructor(engine: EngineName, reason: string, lastLogLines: string, cause?: unknown) {
    super(withLog(engine, lastLogLines, `${engine} did not start: ${reason}`), { cause });
    this.engine = engine;
  }
}

/** An engine ended by itself while it was needed. */
export class EngineDiedError extends Error {
  override readonly name = 'EngineDiedError';

  constructor({ name, how, lastLogLines }: EngineDeath) {
    super(
      `${withLog(name, lastLogLines, `${name} ended by itself (${how})`)}\n` +
        'The rest of the run is stopped, and the data stays. Type "npm start" to go on from it.',
    );
  }
}

/** The log first and the cause last: it must be on the screen. */
function withLog(name: EngineName, lastLogLines: string, failure: string): string {
  if (lastLogLines === '') return `${failure}.`;
  const cause = logCause(lastLogLines);
  const because = cause === undefined ? '' : `: ${cause}`;
  return `The last lines of ${name}'s log:\n${lastLogLines}\n\n${failure}${because}.`;
}

/** A program that the engines need is missing, or its version does not work. */
export class MissingProgramError extends Error {
  override readonly name = 'MissingProgramError';
}
